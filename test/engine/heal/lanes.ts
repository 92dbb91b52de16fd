/** Stages at once: enough that the engine's waits overlap. */
const LANES = 4;

/** Does all of it, a few at a time, and gives the results in order. */
export async function inLanes<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = [...all.entries()];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results.set(next[0], await work(next[1]));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return all.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}

/** What a lane works on, step after step. */
export interface Ground<T> {
  readonly open: () => Promise<T>;
  /** Before the next step. */
  readonly reset: (ground: T) => Promise<void>;
  readonly close: (ground: T) => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** Goes through n = 0, 1, 2, … until there is no n-th step, and gives the names of those that there are. */
export function atEveryStep(step: (n: number) => Promise<string | null>): Promise<string[]> {
  return atEveryStepOn(LANES, { open: nothing, reset: nothing, close: nothing }, step);
}

/** The same, so many at a time, where each lane has something that all its steps are taken on. */
export async function atEveryStepOn<T>(
  lanes: number,
  { open, reset, close }: Ground<T>,
  step: (n: number, ground: T) => Promise<string | null>,
): Promise<string[]> {
  const points = new Map<number, string>();
  let next = 0;
  let through = false;
  const lane = async (): Promise<void> => {
    const ground = await open();
    try {
      while (!through) {
        const n = next++;
        const point = await step(n, ground);
        if (point === null) through = true;
        else points.set(n, point);
        if (!through) await reset(ground);
      }
    } finally {
      await close(ground);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return [...points].sort(([a], [b]) => a - b).map(([, point]) => point);
}
