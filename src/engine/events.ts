import type { IncomingMessage } from "node:http";
import type Docker from "dockerode";
import { FOLLOWED_ACTIONS, type EngineEvent } from "../domain/engine-event.ts";
import type { EpochMs } from "../domain/ids.ts";
import { engineError, type CallTarget } from "./call.ts";
import { linesOf } from "./event-lines.ts";
import { readEvent } from "./event-wire.ts";
import { openEngineStream } from "./request.ts";

/** What an engine tells from now on. */
export interface EventStream {
  /** By the engine's clock, to the second; null where it does not say. */
  readonly openedAt: EpochMs | null;
  /** Ends when the engine ends it. Throws as calls do, when it breaks off, says nonsense, or the signal aborts. */
  readonly events: AsyncIterable<EngineEvent>;
}

/** Engines pass over actions that they do not know. Health checks alone would be an event every few seconds for each
 *  container: the engine leaves them out. */
const FILTERS = JSON.stringify({
  type: Object.keys(FOLLOWED_ACTIONS),
  event: [...new Set(Object.values(FOLLOWED_ACTIONS).flat())],
});
const UNREADABLE: EngineEvent = { kind: "unreadable", at: null };

/** With `since`, in the engine's time, first what it still remembers from then on. */
export async function openEvents(
  docker: Docker,
  target: CallTarget,
  since: EpochMs | null,
  signal: AbortSignal,
): Promise<EventStream> {
  const query = { filters: FILTERS, ...(since !== null && { since: engineTime(since) }) };
  const request = { method: "GET", path: "/events", query } as const;
  const answer = await openEngineStream(docker, target, request, signal);
  const openedAt = Date.parse(answer.headers.date ?? "");
  return {
    openedAt: Number.isNaN(openedAt) ? null : openedAt,
    events: eventsIn(answer, target, signal),
  };
}

async function* eventsIn(
  answer: IncomingMessage,
  target: CallTarget,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  try {
    for await (const line of linesOf(answer)) {
      const event = line === null ? UNREADABLE : readEvent(line);
      if (event !== null) yield event;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw engineError("GET /events", target, error);
  }
}

/** As the engine takes times: seconds, with a fraction. */
export function engineTime(time: EpochMs): string {
  return (time / 1000).toFixed(3);
}
