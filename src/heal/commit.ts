import { messageOf, StalewatchError } from "../domain/error.ts";
import { healEnd, type HealEnd, type HealRecord } from "../domain/heal/record.ts";
import type { Milliseconds } from "../domain/ids.ts";
import { unexpectedDifferences } from "../domain/replacement/difference.ts";
import { textAt, textsAt } from "../domain/replacement/read.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import type { Acts } from "./acts.ts";
import { replacedSources } from "./create-replacement.ts";
import { awaitDeploy, keepVigil } from "./deploy.ts";
import { closed, enterIfPossible } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { changesMeanwhile } from "./meanwhile.ts";
import { replacementOf } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { strandedBy } from "./stranded.ts";
import { prepareSwap, refusalOf, removeOld, swap } from "./take-over.ts";
import { rollBack } from "./way-back.ts";

const calls = new AbortController().signal;

/** Forward only, as long as the engine and other people let it. The old container goes first: until it is gone,
 *  everything that hung on it is there to go back with it; from then on nothing of it is needed. `downtime` is null where
 *  another process began. */
export async function commit(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  downtime: Milliseconds | null,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { record, dependents } = lease;
  enterIfPossible(lease, "committing");
  parts.progress?.({ container: record.container, step: "swap" });
  await awaitDeploy(lease, parts, acts);
  const refusals = await eachOf([lease, ...dependents], (member) => prepareSwap(member, acts));
  const reason = refusals.join("; ");
  if (reason !== "" && (await acts.look(record.oldId)) !== null)
    return rollBack(lease, parts, acts, { reason, quarantine: false }, signal);
  const changes = await changesMeanwhile(lease, parts.engine);
  const left = new Map([[lease, await swap(lease, acts)]]);
  const stuck = await eachOf(dependents, async (child) => {
    left.set(child, await swap(child, acts));
  });
  // Podman removes none on which others hang: what was left for that goes after them.
  for (const [member, told] of [...left].toReversed())
    if (told.length > 0) left.set(member, await removeOld(member.record, acts));
  await keepVigil(lease, parts, acts);
  const differences = await differencesOf(lease, parts.engine);
  const warnings = [
    ...refusals,
    ...changes,
    ...[...left.values()].flat(),
    ...stuck,
    ...differences,
    ...(await strandedBy([record, ...dependents.map((child) => child.record)], parts.engine)),
    ...(await cleanUp(record, parts)),
  ];
  return closed(lease, await healed(lease, parts, acts, { downtime, warnings }));
}

/** Those that hang on each other go on without one that is refused. Returns the refusals. */
async function eachOf(
  members: readonly HealLease[],
  act: (member: HealLease) => Promise<void>,
): Promise<readonly string[]> {
  const refusals: string[] = [];
  for (const member of members) {
    const refusal = await refusalOf(member, () => act(member));
    if (refusal !== null) refusals.push(refusal);
  }
  return refusals;
}

/** What somebody did to it in the meantime is not hidden. */
async function healed(
  lease: HealLease,
  { engine }: HealParts,
  acts: Acts,
  { downtime, warnings }: Pick<HealEnd, "downtime" | "warnings">,
): Promise<HealEnd> {
  const { affected, newImage } = lease.record;
  const { tag } = affected.newest;
  const replacement = await acts.look(replacementOf(lease));
  if (replacement === null) throw new StalewatchError("HEAL_STEP", "somebody removed it");
  const newest = await engine.inspectImage(newImage.reference, calls);
  const outdated = newest !== null && textAt(newest, "Id") !== newImage.id;
  const detail = outdated ? `runs what ${tag} meant before` : `runs ${tag} as built last`;
  const down = "it was healed, and has been stopped or has exited since";
  const moved = `${tag} has come to mean yet another image since the heal began`;
  const first = [
    ...(replacement.sighting === "running" ? [] : [down]),
    ...(outdated ? [moved] : []),
  ];
  return healEnd("healed", detail, { downtime, outdated, warnings: [...first, ...warnings] });
}

/** What differs between old and new though it should not. Never the heal's failure: it is told. */
async function differencesOf(lease: HealLease, engine: HealEngine): Promise<string[]> {
  const found: string[] = [];
  for (const { record, replacementId } of [lease, ...lease.dependents]) {
    const inspect = replacementId === null ? null : await engine.inspect(replacementId, calls);
    if (inspect === null) continue;
    const { old, oldImageConfig, newImage, container } = record;
    const sentences = unexpectedDifferences({
      old,
      oldImage: oldImageConfig,
      newImage,
      apiVersion: engine.identity.apiVersion,
      temporaryName: record.replacement.name,
      replaced: successors(lease),
      replacement: inspect,
      sources: await replacedSources(old, inspect, engine),
    });
    found.push(...sentences.map((sentence) => `${container}: ${sentence}`));
  }
  return found;
}

function successors(lease: HealLease): ReadonlyMap<string, ReturnType<typeof replacementOf>> {
  const members = [lease, ...lease.dependents];
  return new Map(
    members.flatMap((member) => {
      const id = replacementOf(member);
      return [[member.record.oldId, id] as const, [member.record.container, id] as const];
    }),
  );
}

/** Only the replaced image, and only if no tag names it; the engine itself refuses while a container uses it. */
async function cleanUp(
  { cleanup, oldImage, container }: HealRecord,
  { engine, progress }: HealParts,
): Promise<string[]> {
  if (!cleanup) return [];
  try {
    const image = await engine.inspectImage(oldImage, calls);
    if (image === null || textsAt(image, "RepoTags").length > 0) return [];
    progress?.({ container, step: "cleanup" });
    await engine.removeImage(oldImage, calls);
    return [];
  } catch (error) {
    return [`the replaced image was kept: ${messageOf(error)}`];
  }
}
