/**
 * What must be undone when this process ends without `close()`: on Ctrl-C, on SIGTERM, at exit.
 * The work is synchronous, because at exit nothing else runs any more.
 */
const pending = new Set<() => void>();
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Registers a clean-up; returns how to take it back, once it has been done in good order. */
export function cleanUpAtExit(cleanUp: () => void): () => void {
  if (pending.size === 0) listen();
  pending.add(cleanUp);
  return () => {
    if (pending.delete(cleanUp) && pending.size === 0) stopListening();
  };
}

function listen(): void {
  process.on("exit", cleanUpAll);
  // First in line: a listener that was added with `once` has left the count when its turn is over.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

function stopListening(): void {
  process.off("exit", cleanUpAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  // Where somebody else listens too (the test runner, the test), they decide how this process
  // ends, and may still need the engine on the way there: "exit" follows.
  if (process.listenerCount(signal) > 1) return;
  cleanUpAll();
  stopListening();
  process.kill(process.pid, signal);
}

function cleanUpAll(): void {
  for (const cleanUp of pending) {
    pending.delete(cleanUp);
    try {
      cleanUp();
    } catch (error) {
      process.stderr.write(`the test harness could not clean up: ${String(error)}\n`);
    }
  }
}

/** Waits without the event loop. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
