import { messageOf } from "../domain/error.ts";
import type { HealOutcome } from "../domain/heal/record.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { mountDifferences } from "../domain/replacement/mount-difference.ts";
import { textAt } from "../domain/replacement/read.ts";
import { volumeSources } from "../domain/replacement/volumes.ts";
import { statusOf } from "../engine/call.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import type { Acts } from "./acts.ts";
import { missingBindSource } from "./bind-sources.ts";
import { ensureConnected } from "./connect.ts";
import type { HealLease } from "./journal.ts";
import { isUntouched, REMOVED, replacementOf } from "./member.ts";
import { otherReplacement } from "./other-heal.ts";
import type { HealParts } from "./parts.ts";

/** Why a heal ends before anything that ran was touched. */
export interface Withdrawal {
  readonly outcome: Extract<HealOutcome, "discarded" | "refused">;
  readonly reason: string;
}

/** Creates the replacement while the old one serves. A full disk, a taken name, a vanished image or bind source show
 *  here. null when all is well. */
export async function createReplacement(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
): Promise<Withdrawal | null> {
  const { record } = lease;
  parts.progress?.({ container: record.container, step: "create" });
  try {
    const missing = await missingBindSource(record, parts.engine);
    if (missing !== null) return { outcome: "refused", reason: missing };
    const id = await create(lease, parts, acts);
    const replacement = await acts.look(id);
    if (replacement?.imageId !== record.newImage.id) return changed(MOVED_AGAIN);
    return await otherVolumes(lease, parts);
  } catch (error) {
    if (statusOf(error) === null) throw error;
    const id = lease.replacementId;
    if (id !== null && (await acts.look(id)) === null) return changed(REMOVED);
    return { outcome: "refused", reason: `its replacement cannot be created: ${messageOf(error)}` };
  }
}

/** `--volumes-from` is by name: another container may have that by now, and other data. */
async function otherVolumes(
  { record }: HealLease,
  { engine }: HealParts,
): Promise<Withdrawal | null> {
  const { old, newImage, replacement } = record;
  if (volumeSources(old).length === 0) return null;
  const inspect = await engine.inspect(replacement.name, new AbortController().signal);
  const sources = await replacedSources(old, replacement.create, engine);
  const [difference] = mountDifferences(old, inspect ?? {}, newImage.config, sources);
  return difference === undefined ? null : { outcome: "refused", reason: difference };
}

/** Inspects of the replacements that `made` has volumes of where `old` has those of the containers before them: whatever
 *  their new images declare comes with them. */
export async function replacedSources(
  old: JsonObject,
  made: JsonObject,
  engine: HealEngine,
): Promise<readonly JsonObject[]> {
  const before = new Set(volumeSources(old));
  const sources: JsonObject[] = [];
  for (const source of volumeSources(made)) {
    if (before.has(source)) continue;
    const inspect = await engine.inspect(source, new AbortController().signal);
    if (inspect !== null) sources.push(inspect);
  }
  return sources;
}

const MOVED_AGAIN = "its tag means yet another image by now";

/** Whether all is still as it was judged, right before the first thing that cannot be taken back unseen. */
export async function lookAgain(
  { record }: HealLease,
  { engine }: HealParts,
  acts: Acts,
): Promise<Withdrawal | null> {
  const { newImage, container, oldId } = record;
  const newest = await engine.inspectImage(newImage.reference, new AbortController().signal);
  if (newest === null || textAt(newest, "Id") !== newImage.id) return changed(MOVED_AGAIN);
  // First: when its replacement does not wait any more, the old one has been stopped.
  const other = await otherReplacement(record, engine);
  if (other !== null) return changed(`another heal is under way: ${other} is there`);
  const old = await acts.look(oldId);
  if (old === null) return changed("it was removed by somebody else");
  if (old.name !== container) return changed(`it was renamed to ${old.name}`);
  return isUntouched(old, record)
    ? null
    : changed("it was stopped, paused or restarted by somebody else");
}

function changed(reason: string): Withdrawal {
  return { outcome: "discarded", reason };
}

/** An answer may have been lost: what has the temporary name is ours. */
async function create(lease: HealLease, parts: HealParts, acts: Acts): Promise<ContainerId> {
  const { replacement } = lease.record;
  const calls = new AbortController().signal;
  const id = await parts.engine
    .create(replacement.name, replacement.create, calls)
    .catch(async (error: unknown) => {
      const found = await acts.look(replacement.name);
      if (found === null) throw error;
      return found.id;
    });
  lease.created(id);
  await connectAll(lease, parts);
  return id;
}

/** Connects the further networks, where the API takes only one at create: those that it is not in yet. */
export function connectAll(lease: HealLease, { engine }: HealParts): Promise<void> {
  return ensureConnected(replacementOf(lease), lease.record.replacement.connect, engine);
}
