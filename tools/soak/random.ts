/** The same numbers for the same seed: a soak that failed can be run again. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  between(low: number, high: number): number;
  oneOf<T>(all: readonly [T, ...T[]]): T;
  /** A generator of its own, so that what one part draws moves nothing of another's. */
  fork(): Random;
}

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    oneOf: (all) => all[Math.floor(next() * all.length)] ?? all[0],
    fork: () => randomFrom(Math.floor(next() * 2 ** 32)),
  };
}
