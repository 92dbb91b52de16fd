import { serviceTurn } from "../../domain/heal/compose-turn.ts";
import type { HealEnd } from "../../domain/heal/record.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import type { Acts } from "../acts.ts";
import { bringBack } from "./bring-back.ts";
import type { CommandEnd } from "./commands.ts";
import { closed, composeEnd } from "./end.ts";
import { prove } from "./prove.ts";
import type { ComposeLease, ComposeParts } from "./record.ts";
import { reasonIn } from "./words.ts";
import { finishRemovals, observe, type ReplicaSight } from "./world.ts";

/** What a heal through Compose works with from Compose's end on. */
export interface Conclusion {
  readonly lease: ComposeLease;
  readonly parts: ComposeParts;
  /** Not cut off by `signal`. */
  readonly acts: Acts;
  readonly signal: AbortSignal;
  /** null where it was cut off: nobody knows then what Compose said. */
  readonly compose: CommandEnd | null;
  /** By what, as a sentence. */
  readonly cutOff: string;
}

/** From what Compose has left behind to the end: the world decides, not what Compose says of it. */
export async function conclude(conclusion: Conclusion): Promise<HealEnd> {
  const { lease, parts, acts, compose, cutOff } = conclusion;
  await finishRemovals(lease.record, parts.engine, acts);
  const sights = await observeCalm(conclusion);
  const reason = compose === null ? cutOff : failureOf(compose);
  const failure = { reason, quarantine: compose !== null };
  // A way back that was begun is gone to its end.
  if (sights.some(({ restored }) => restored !== null)) return bringBack(conclusion, failure);
  switch (serviceTurn(sights.map(({ world }) => world))) {
    case "discard":
      await removeUnstarted(sights, acts);
      return closed(
        lease,
        composeEnd(compose === null ? "discarded" : "refused", reason, { compose }),
      );
    case "leave":
      return closed(lease, composeEnd("left", "another deploy took over", { compose }));
    case "lost":
      return closed(lease, composeEnd("lost", "its containers were removed", { compose }));
    case "bring-back":
      return bringBack(conclusion, failure);
    case "prove":
      return compose === null || haveStarted(sights) || !canGoBack(sights)
        ? prove(conclusion, sights)
        : bringBack(conclusion, failure);
  }
}

/** How long an engine may take to show what it was told to do. */
const CALM: Milliseconds = 1000;
const AGAIN: Milliseconds = 100;

/** A Compose that was killed may have told the engine something that does not show yet: what seems untouched, or has no
 *  new container, is looked at for a moment longer. */
async function observeCalm({
  lease,
  parts,
  acts,
  compose,
}: Conclusion): Promise<readonly ReplicaSight[]> {
  const { clock, engine } = parts;
  const wasKilled = (compose?.exitCode ?? null) === null;
  const deadline = clock.now() + (wasKilled ? CALM : 0);
  for (;;) {
    const sights = await observe(lease.record, engine, acts);
    const mayMore = sights.every(
      ({ turn, successors }) => turn === "untouched" || successors.length === 0,
    );
    if (!mayMore || clock.now() >= deadline) return sights;
    await clock.sleep(AGAIN, new AbortController().signal);
  }
}

function failureOf(compose: CommandEnd): string {
  const { exitCode } = compose;
  if (exitCode === null) return "Compose was ended before it had finished";
  return exitCode === 0 ? "Compose did not recreate it" : `Compose failed: ${reasonIn(compose)}`;
}

/** A container that was never started cannot be judged by how it runs: Compose's words say why it was not. */
function haveStarted(sights: readonly ReplicaSight[]): boolean {
  return sights.every(({ world, turn }) => turn !== "unfinished" || world.successor !== "created");
}

/** What Compose has made is all that there is, where the old container is gone and its image with it. */
function canGoBack(sights: readonly ReplicaSight[]): boolean {
  return sights.every(({ old, replica }) => old !== null || replica.wayBack.kind === "definition");
}

/** What Compose had made and not started, beside those that run on as they did. */
async function removeUnstarted(sights: readonly ReplicaSight[], acts: Acts): Promise<void> {
  for (const { successors } of sights)
    for (const { id } of successors) await acts.ensureRemoved(id, { volumes: true });
}
