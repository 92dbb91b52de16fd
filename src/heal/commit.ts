import { messageOf } from "../domain/error.ts";
import { healEnd, type HealEnd, type HealRecord } from "../domain/heal/record.ts";
import { asideName } from "../domain/heal/temporary-names.ts";
import type { Milliseconds } from "../domain/ids.ts";
import { unexpectedDifferences } from "../domain/replacement/difference.ts";
import { textsAt } from "../domain/replacement/read.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import type { Acts } from "./acts.ts";
import { closed, enterIfPossible } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf } from "./member.ts";
import type { HealParts } from "./parts.ts";

const calls = new AbortController().signal;

/** Forward only. `downtime` is null where another process began. */
export async function commit(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  downtime: Milliseconds | null,
): Promise<HealEnd> {
  enterIfPossible(lease, "committing");
  parts.progress?.({ container: lease.record.container, step: "swap" });
  for (const member of [lease, ...lease.dependents]) await takeOver(member, acts);
  for (const member of [...lease.dependents.toReversed(), lease])
    await acts.ensureRemoved(member.record.oldId, { volumes: false });
  const warnings = [
    ...(await differences(lease, parts.engine)),
    ...(await cleanUp(lease.record, parts)),
  ];
  const detail = `runs ${lease.record.affected.newest.tag} as built last`;
  return closed(lease, healEnd("healed", detail, { downtime, warnings }));
}

/** The old one must not come back at the next start of the engine before it is gone, and never holds the name that the
 *  new one needs: policy first, then names. */
async function takeOver(lease: HealLease, acts: Acts): Promise<void> {
  const { record } = lease;
  const newId = replacementOf(lease);
  if ((await acts.look(record.oldId)) !== null) {
    await acts.ensureStopped(record.oldId);
    await acts.ensureRestartPolicy(record.oldId, { Name: "no" });
    await acts.ensureName(record.oldId, asideName(record.container, record.id));
  }
  await acts.ensureStarted(newId);
  if (record.replacement.restartPolicy !== null)
    await acts.ensureRestartPolicy(newId, record.replacement.restartPolicy);
  await acts.ensureName(newId, record.container);
}

/** What differs between old and new though it should not. Never the heal's failure: it is told. */
async function differences(lease: HealLease, engine: HealEngine): Promise<string[]> {
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
