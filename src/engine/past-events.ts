import type { EpochMs } from "../domain/ids.ts";

/** The time of the last event in the answer of a request for past ones: one JSON object after the other. The client
 *  library parses a single one, and hands over all else as a buffer. */
export function lastTime(answer: unknown): EpochMs | null {
  const text = Buffer.isBuffer(answer) ? answer.toString("utf8") : JSON.stringify(answer ?? "");
  const times = [...text.matchAll(/"timeNano":(\d+)/g)].map(([, nano]) => Number(nano) / 1e6);
  return times.length === 0 ? null : Math.round(Math.max(...times));
}
