import type { Milliseconds } from "../domain/ids.ts";

/** A signal that aborts so much later than another: what is nearly through may come to its end. */
export function lingering(signal: AbortSignal, length: Milliseconds): Lingering {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => over.abort(signal.reason), length);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    signal: over.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

export interface Lingering extends Disposable {
  readonly signal: AbortSignal;
}
