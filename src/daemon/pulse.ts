import { formatSpan } from "../domain/duration.ts";
import { messageOf } from "../domain/error.ts";
import type { EpochMs } from "../domain/ids.ts";
import { STUCK_AFTER } from "../domain/outage.ts";
import { heartbeat, type HeartbeatEvent } from "../notify/heartbeat.ts";
import type { HttpClient } from "../notify/http/exchange.ts";
import type { State } from "../state/state.ts";

/** Tells a dead man's switch of every scan. */
export interface Pulse {
  begin(): void;
  /** `scanned`: the scan finished. */
  end(scanned: boolean): void;
  settled(): Promise<void>;
}

export interface PulseParts {
  /** null: there is no switch. */
  readonly url: string | null;
  readonly outbox: Pick<State, "waiting" | "deadLetters">;
  readonly now: () => EpochMs;
  readonly log: (event: HeartbeatEvent) => void;
  readonly http?: HttpClient;
}

/** Neither waits for the other side nor ever throws: no scan is later, or fails, for its sake. */
export function pulse({ url, outbox, now, log, http }: PulseParts, signal: AbortSignal): Pulse {
  if (url === null) return SILENT;
  const beat = heartbeat({ url, log, ...(http && { http }) }, signal);
  return {
    begin: () => {
      beat.send({ kind: "start" });
    },
    end: (scanned) => {
      const trouble = scanned
        ? deliveryTrouble(outbox, now())
        : "the scan failed: the log says why";
      beat.send(trouble === null ? { kind: "success" } : { kind: "fail", text: trouble });
    },
    settled: () => beat.settled(),
  };
}

const SILENT: Pulse = {
  begin: () => undefined,
  end: () => undefined,
  settled: () => Promise.resolve(),
};

/** Why alerts do not reach people although the scans go well; null if they do. */
export function deliveryTrouble(outbox: PulseParts["outbox"], now: EpochMs): string | null {
  try {
    const { count, oldest } = outbox.waiting();
    if (oldest !== null && now - oldest > STUCK_AFTER)
      return `${count} ${count === 1 ? "message waits" : "messages wait"} to be delivered, the oldest for ${formatSpan(now - oldest)}`;
    const given = outbox.deadLetters(now - STUCK_AFTER).length;
    return given === 0
      ? null
      : `${given} ${given === 1 ? "message was" : "messages were"} given up within the last hour`;
  } catch (error) {
    return `the state cannot be read: ${messageOf(error)}`;
  }
}
