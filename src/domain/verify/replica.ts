import { causeOf, explain } from "../explain.ts";
import type { GateReading } from "../heal/gate.ts";
import { formatDuration } from "../duration.ts";
import type { EpochMs, Milliseconds } from "../ids.ts";
import type { ObservedContainer } from "../observation.ts";
import { isDiverged, type Judgement } from "../verdict.ts";

/** What an inspect says of a container that a deploy made. */
export interface ReplicaReading extends GateReading {
  /** Finer than the list, which counts whole seconds. */
  readonly createdAt: EpochMs;
}

/** One of the containers that Compose or Swarm keeps for a service. */
export interface Replica {
  readonly container: ObservedContainer;
  /** null: it was gone when it was inspected. */
  readonly reading: ReplicaReading | null;
  /** null: it does not run, so it was not judged. */
  readonly judgement: Judgement | null;
  /** Another container stands for the same replica. */
  readonly isDoubled: boolean;
  /** Its service does its work and ends. */
  readonly isJob: boolean;
}

/** What a replica must be. All times are the engine's. */
export interface Demands {
  /** Created at this time or later. */
  readonly since: EpochMs;
  /** How long it must have run since its last start: a crash loop is healthy for a moment in every round. */
  readonly settle: Milliseconds;
}

/** In the order in which one is named when several hold. */
export const VERIFY_FAULTS = [
  "missing",
  "too-few",
  "too-many",
  "deploy-under-way",
  "not-recreated",
  "not-running",
  "not-newest",
  "not-judged",
  "not-healthy",
  "not-proven",
] as const;

export interface VerifyFault {
  readonly code: (typeof VERIFY_FAULTS)[number];
  /** Goes on where the container's or service's name ends, without ages: it stays the same while it holds. */
  readonly text: string;
  /** No waiting mends it. */
  readonly isFinal: boolean;
}

/** What a replica lacks, or null if it is as it must be. */
export function replicaFault(
  replica: Replica,
  { since, settle }: Demands,
  now: EpochMs,
): VerifyFault | null {
  const { reading } = replica;
  if (replica.isDoubled)
    return open("deploy-under-way", "is being replaced: another container stands for it, too");
  if (reading === null) return open("missing", "is gone");
  if (reading.createdAt < since)
    return open("not-recreated", `was created ${iso(reading.createdAt)}, before ${iso(since)}`);
  const isDone = replica.isJob && reading.status === "exited" && reading.exitCode === 0;
  const fault = (isDone ? null : runningFault(reading)) ?? freshnessFault(replica.judgement, now);
  return fault ?? (isDone ? null : healthFault(reading, settle, now));
}

function iso(time: EpochMs): string {
  return new Date(time).toISOString();
}

function open(code: VerifyFault["code"], text: string): VerifyFault {
  return { code, text, isFinal: false };
}

function runningFault({ status, exitCode, oomKilled }: ReplicaReading): VerifyFault | null {
  switch (status) {
    case "running":
      return null;
    case "created":
      return open("not-running", "was created, but never started");
    case "restarting":
      return open("not-running", `exited with code ${exitCode}, and is started again and again`);
    case "paused":
      return open("not-running", "is paused");
    default:
      return { code: "not-running", text: endText(exitCode, oomKilled), isFinal: true };
  }
}

function endText(exitCode: number, oomKilled: boolean): string {
  const why = oomKilled ? ", killed because it ran out of memory" : "";
  return `exited with code ${exitCode}${why}`;
}

function freshnessFault(judgement: Judgement | null, now: EpochMs): VerifyFault | null {
  if (judgement === null) return open("not-running", "does not run");
  if (judgement.verdict === "fresh") return null;
  if (isDiverged(judgement))
    return open("not-newest", `does not run its newest image: ${causeOf(judgement)}`);
  const text = `cannot be judged: ${explain(judgement, now)}`;
  return { code: "not-judged", text, isFinal: true };
}

function healthFault(
  { health, startedAt }: ReplicaReading,
  settle: Milliseconds,
  now: EpochMs,
): VerifyFault | null {
  if (health === "starting") return open("not-healthy", "is not healthy yet");
  if (health === "unhealthy") return open("not-healthy", "is unhealthy");
  return now - Date.parse(startedAt) >= settle
    ? null
    : open("not-proven", `has not run for ${formatDuration(settle)} without a restart yet`);
}
