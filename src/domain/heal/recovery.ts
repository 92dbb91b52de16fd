/** How far a heal had come, by its journal. */
export const HEAL_PHASES = [
  /** Opened; the replacement may have been created. Nothing that ran was touched. */
  "open",
  /** The old container's stop was intended. */
  "stopping",
  /** It had stopped. */
  "stopped",
  /** The replacement's start was intended; the gate may have been under way. */
  "started",
  /** The gate was passed: from here on it goes forward only. */
  "passed",
  /** The swap of names and policies was begun. */
  "committing",
  /** The way back was begun. */
  "rolling-back",
] as const;
export type HealPhase = (typeof HEAL_PHASES)[number];

export type Sighting = "absent" | "created" | "running" | "exited";

/** What is there now, by inspect of the recorded IDs, and of NAME. */
export interface HealWorld {
  readonly old: Sighting;
  readonly replacement: Sighting;
  /** A container that is neither ours and has the old one's name. */
  readonly stranger: { readonly running: boolean; readonly sameSubject: boolean } | null;
  /** The old container is not as the journal left it, though we had not touched it: stopped, started anew, renamed. */
  readonly oldTouched: boolean;
}

export type Recovery =
  /** Remove the replacement, leave the rest as it is. */
  | { readonly do: "discard"; readonly why: string }
  /** Finish the old one's stop, remove the replacement, give the old one its name and policy back, start it, gate it. */
  | { readonly do: "roll-back"; readonly why: string }
  /** Remove the replacement; the old one runs, those that share its namespaces are restarted. */
  | { readonly do: "keep-old"; readonly why: string }
  /** Start the replacement if it is down, gate it: then commit, or roll back. */
  | { readonly do: "gate"; readonly why: string }
  /** There is no way back: start and gate the replacement, and name it; if it fails, leave it and tell. */
  | { readonly do: "adopt"; readonly why: string }
  | { readonly do: "commit"; readonly why: string }
  /** Somebody else's container has the name: touch neither it nor, while it runs, anything that competes with it. */
  | {
      readonly do: "stand-aside";
      /** `stranger`: it does not run, and is the last that is left of the service. */
      readonly start: "nothing" | "old" | "replacement" | "stranger";
      readonly why: string;
    }
  /** Nothing is left to do anything with. */
  | { readonly do: "close"; readonly lost: boolean; readonly why: string };

/** What to do with a heal that was cut off. Observes, never guesses: the journal says what was intended, the world what
 *  became of it. */
export function recoveryFor(phase: HealPhase, world: HealWorld): Recovery {
  if (world.stranger !== null) return besideStranger(world, world.stranger, phase);
  if (world.old === "absent" && world.replacement === "absent") return nothingIsLeft(phase);
  if (phase === "open" && world.oldTouched)
    return { do: "discard", why: "somebody changed the old container before the heal touched it" };
  switch (phase) {
    case "open":
      return world.old === "absent"
        ? adopt()
        : { do: "discard", why: "nothing had been stopped yet" };
    case "stopping":
    case "stopped":
    case "started":
      return beforeTheGate(phase, world);
    case "passed":
    case "committing":
      return afterTheGate(world);
    case "rolling-back":
      return world.old === "absent"
        ? adopt()
        : { do: "roll-back", why: "the way back was cut off" };
  }
}

function nothingIsLeft(phase: HealPhase): Recovery {
  return phase === "committing"
    ? { do: "close", lost: false, why: "it had been healed, and somebody removed it at once" }
    : { do: "close", lost: true, why: "both the old container and its replacement are gone" };
}

function adopt(): Recovery {
  return { do: "adopt", why: "the old container is gone, and the replacement is there" };
}

function beforeTheGate(phase: "stopping" | "stopped" | "started", world: HealWorld): Recovery {
  const { old, replacement } = world;
  if (old === "absent") return adopt();
  if (phase === "stopping")
    return { do: "roll-back", why: "cut off while the old container stopped" };
  if (old === "running" && replacement !== "running")
    return { do: "keep-old", why: "the engine started the old container again" };
  if (phase === "stopped")
    return { do: "roll-back", why: "cut off before the replacement was started" };
  if (replacement === "absent") return { do: "roll-back", why: "the replacement is gone" };
  if (old === "running") return { do: "roll-back", why: "both run" };
  return replacement === "running"
    ? { do: "gate", why: "cut off while the replacement was on trial" }
    : { do: "gate", why: "both are down, as after a restart of the engine" };
}

function afterTheGate({ old, replacement }: HealWorld): Recovery {
  if (replacement === "absent")
    return { do: "roll-back", why: "the replacement that had passed is gone" };
  if (replacement !== "running" && old !== "absent")
    return { do: "gate", why: "the replacement that had passed is down" };
  return { do: "commit", why: "the replacement has passed" };
}

/** Beside a container of somebody else's that has the name. In the swap all that hangs on the replacement has followed
 *  it: where it runs, it goes on. */
export function besideStranger(
  { old, replacement }: Pick<HealWorld, "old" | "replacement">,
  { running, sameSubject }: NonNullable<HealWorld["stranger"]>,
  phase: HealPhase,
): Extract<Recovery, { do: "stand-aside" }> {
  const why = "another container has the name by now";
  if (running && sameSubject) return { do: "stand-aside", start: "nothing", why };
  if (phase === "committing" && replacement === "running")
    return { do: "stand-aside", start: "replacement", why };
  const last = sameSubject ? "stranger" : "nothing";
  const start = old !== "absent" ? "old" : replacement !== "absent" ? "replacement" : last;
  return { do: "stand-aside", start, why };
}
