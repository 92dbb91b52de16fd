import type { EpochMs } from "../domain/ids.ts";

/** The time of the last event in the answer of a request for past ones. */
export function lastTime(answer: unknown): EpochMs | null {
  const times = [...textOf(answer).matchAll(/"timeNano":(\d+)/g)].map(
    ([, nano]) => Number(nano) / 1e6,
  );
  return times.length === 0 ? null : Math.round(Math.max(...times));
}

/** SIGHUP, SIGUSR1, SIGUSR2 and SIGWINCH: servers reload, rotate their logs or are told of a window. */
const HARMLESS: ReadonlySet<string> = new Set(["1", "10", "12", "28"]);

/** Whether one of the signals in such an answer is sent to end something. */
export function hasEndingSignal(answer: unknown): boolean {
  const signals = [...textOf(answer).matchAll(/"signal":"(\d+)"/g)].map(
    ([, number = ""]) => number,
  );
  return signals.some((number) => !HARMLESS.has(number));
}

/** One JSON object after the other. The client library parses a single one, and hands over all else as a buffer. */
function textOf(answer: unknown): string {
  return Buffer.isBuffer(answer) ? answer.toString("utf8") : JSON.stringify(answer ?? "");
}
