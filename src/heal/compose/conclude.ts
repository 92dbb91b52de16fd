import { serviceTurn } from "../../domain/heal/compose-turn.ts";
import type { Acts } from "../acts.ts";
import { bringBack } from "./bring-back.ts";
import type { CommandEnd } from "./commands.ts";
import { closed, composeEnd } from "./end.ts";
import { prove } from "./prove.ts";
import type { ComposeHealEnd, ComposeLease, ComposeParts } from "./record.ts";
import { observe, type ReplicaSight } from "./world.ts";

/** What a heal through Compose works with from Compose's end on. */
export interface Conclusion {
  readonly lease: ComposeLease;
  readonly parts: ComposeParts;
  /** Not cut off by `signal`. */
  readonly acts: Acts;
  readonly signal: AbortSignal;
  /** null where an earlier process had started it. */
  readonly compose: CommandEnd | null;
}

/** From what Compose has left behind to the end: the world decides, not what Compose says of it. */
export async function conclude(conclusion: Conclusion): Promise<ComposeHealEnd> {
  const { lease, parts, acts, compose } = conclusion;
  const sights = await observe(lease.record, parts.engine, acts);
  const why = compose === null ? "it was cut off" : failureOf(compose);
  switch (serviceTurn(sights.map(({ world }) => world))) {
    case "discard":
      await removeUnstarted(sights, acts);
      return closed(lease, composeEnd("discarded", why, { compose }));
    case "leave":
      return closed(lease, composeEnd("left", "another deploy took over", { compose }));
    case "lost":
      return closed(lease, composeEnd("lost", "its containers were removed", { compose }));
    case "bring-back":
      return bringBack(conclusion, { reason: why, quarantine: compose !== null });
    case "prove":
      return hasStarted(sights) || compose === null
        ? prove(conclusion, sights)
        : bringBack(conclusion, { reason: why, quarantine: true });
  }
}

function failureOf({ exitCode, stderr, stdout }: CommandEnd): string {
  if (exitCode === null) return "Compose was ended before it had finished";
  const said = (stderr.trim() || stdout.trim()).split("\n").at(-1)?.trim() ?? "";
  if (exitCode !== 0) return `Compose failed: ${said || `exit code ${exitCode}`}`;
  return "Compose did not recreate it";
}

/** A container that was never started cannot be judged by how it runs: Compose's words say why it was not. */
function hasStarted(sights: readonly ReplicaSight[]): boolean {
  return sights.every(({ world, turn }) => turn !== "unfinished" || world.successor !== "created");
}

/** What Compose had made and not started, beside those that run on as they did. */
async function removeUnstarted(sights: readonly ReplicaSight[], acts: Acts): Promise<void> {
  for (const { successors } of sights)
    for (const { id } of successors) await acts.ensureRemoved(id, { volumes: true });
}
