/** Lets at most so many through at the same time, in the order in which they came. */
export interface Turnstile {
  /** Rejects at the abort while it still waits; work that has begun looks at the signal itself. */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function turnstile(atOnce: number): Turnstile {
  const waiting = new Set<() => void>();
  let inside = 0;
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) inside -= 1;
    else next();
  };
  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (inside < atOnce) {
      inside += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const settle = (end: () => void) => (): void => {
        waiting.delete(onTurn);
        signal.removeEventListener("abort", onAbort);
        end();
      };
      const onTurn = settle(resolve);
      const onAbort = settle(() => reject(signal.reason as Error));
      waiting.add(onTurn);
      signal.addEventListener("abort", onAbort);
    });
  };
  return {
    async pass(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
