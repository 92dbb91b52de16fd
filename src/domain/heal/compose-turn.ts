import type { Sighting } from "./recovery.ts";

/** How far a heal through Compose had come, by its journal. */
export const COMPOSE_PHASES = [
  /** Opened; Compose was not started. */
  "open",
  /** Compose's start was intended. It may still run. */
  "composing",
  /** What it made was on trial. */
  "proving",
  /** The way back was begun. */
  "bringing-back",
] as const;
export type ComposePhase = (typeof COMPOSE_PHASES)[number];

/** What is there of one container of the service: by inspect of the recorded one, and of all that carry its number. */
export interface ReplicaWorld {
  readonly old: Sighting;
  /** The old one runs under its name as it did when the heal was opened. */
  readonly oldIsUntouched: boolean;
  /** The old one ran the newest image already. */
  readonly wasFresh: boolean;
  /** Made in its place, on the newest image. */
  readonly successor: Sighting;
  /** One on an image that is neither the old nor the newest runs in its place: somebody else's deploy. */
  readonly strangerRuns: boolean;
}

export type ReplicaTurn =
  | "untouched"
  | "replaced"
  /** The old one is gone, and what was made in its place does not run. */
  | "unfinished"
  /** The old one is there, touched. */
  | "half-way"
  | "taken-over"
  | "gone";

export function replicaTurn(world: ReplicaWorld): ReplicaTurn {
  const { old, successor } = world;
  if (world.strangerRuns) return "taken-over";
  if (world.oldIsUntouched && successor !== "running") return "untouched";
  // Both run where the engine was restarted in between: the proven one stays.
  if (old === "running") return "half-way";
  if (successor === "running") return "replaced";
  if (old !== "absent") return "half-way";
  return successor === "absent" ? "gone" : "unfinished";
}

/** What becomes of the whole service: its containers come from one image and one definition, so they stay or go
 *  together. */
export type ServiceTurn =
  /** Nothing that ran was touched. */
  | "discard"
  | "prove"
  | "bring-back"
  /** Others run it by now, or have removed it: what a person took away is not brought back. */
  | "leave"
  | "lost";

export function serviceTurn(replicas: readonly ReplicaWorld[]): ServiceTurn {
  const turns = replicas.map((world) => ({ turn: replicaTurn(world), wasFresh: world.wasFresh }));
  const ours = turns.filter(({ turn }) => turn !== "taken-over" && turn !== "gone");
  if (ours.length === 0) return turns.some(({ turn }) => turn === "taken-over") ? "leave" : "lost";
  if (ours.every(({ turn }) => turn === "untouched")) return "discard";
  const isDone = ({ turn, wasFresh }: (typeof ours)[number]): boolean =>
    turn === "replaced" || turn === "unfinished" || (turn === "untouched" && wasFresh);
  return ours.every(isDone) ? "prove" : "bring-back";
}
