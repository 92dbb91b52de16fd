/** Whether everything there is is tried, which takes hours; else a sample that is always the same. */
export const EXHAUSTIVE = process.env["STALEWATCH_TEST_EXHAUSTIVE"] === "1";

/** Pairs of a step below `a` and one below `b`: `count` of them, spread over all of `a`; or every single one. Unit tests
 *  go through all of them on the model of an engine. */
export function sampled(
  a: number,
  b: number,
  count: number,
): readonly (readonly [number, number])[] {
  if (EXHAUSTIVE)
    return Array.from({ length: a * b }, (_, index) => [Math.floor(index / b), index % b] as const);
  const random = generator(a * 1000 + b);
  const stride = a / count;
  return Array.from({ length: count }, (_, index) => {
    const n = Math.floor(index * stride + random() * stride);
    return [n, Math.floor(random() * b)] as const;
  });
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
