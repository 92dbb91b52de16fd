import { messageOf } from "../domain/error.ts";
import type { DependentSeed, HealRecord } from "../domain/heal/record.ts";
import { asideName } from "../domain/heal/temporary-names.ts";
import { imageId, type ContainerId } from "../domain/ids.ts";
import type { Replacement } from "../domain/replacement/replacement.ts";
import { statusOf } from "../engine/call.ts";
import type { Acts } from "./acts.ts";
import { ensureConnected } from "./connect.ts";
import { lookAt, type Look } from "./look.ts";
import type { HealParts } from "./parts.ts";
import { restartDependents, startPatiently } from "./restart.ts";
import { isRestoredBy, wayBackOf } from "./restored.ts";

/** What was made in the place of the old container on a way back that was begun, or null. */
export async function restoredOf(
  { id, container }: Pick<HealRecord, "id" | "container">,
  acts: Acts,
): Promise<Look | null> {
  for (const name of [asideName(container, id), container]) {
    const found = await acts.look(name);
    if (found !== null && isRestoredBy(found, { id })) return found;
  }
  return null;
}

/** The old container, or what was made in its place. */
export async function oldOrRestored(record: HealRecord, acts: Acts): Promise<Look | null> {
  return (await acts.look(record.oldId)) ?? (await restoredOf(record, acts));
}

export type ServedAnew =
  | {
      readonly kind: "serves";
      readonly id: ContainerId;
      /** What does not serve of that which hangs on it, one phrase each. */
      readonly faults: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: string };

/** Where the engine never starts the old container again, another one of its definition serves in its place, and of each
 *  that was bound to that one. Goes on where it was cut off. The old ones go when theirs run; where the engine refuses, all
 *  is as it was. */
export async function serveAnew(
  record: HealRecord,
  parts: HealParts,
  acts: Acts,
): Promise<ServedAnew> {
  const replaced = new Map<string, ContainerId>();
  const main = await made(record, replaced, parts, acts);
  if (typeof main === "string") return { kind: "refused", reason: main };
  await handOverPolicy(main, acts);
  const start = await startPatiently(main.id, acts, parts.clock);
  if (start.kind === "refused") {
    await takeBack(main, acts);
    return start;
  }
  replaced.set(record.oldId, main.id).set(record.container, main.id);
  const faults: string[] = [];
  for (const seed of record.dependents)
    faults.push(...(await serveDependent(seed, record, replaced, parts, acts)));
  // After those that hang on it: Podman removes none before.
  await takeOver(main, acts);
  return { kind: "serves", id: main.id, faults };
}

/** A container of the old definition, and what it is to have in the end. */
interface Made {
  readonly id: ContainerId;
  readonly name: string;
  readonly oldId: ContainerId;
  /** What it was created without; null where it has it. */
  readonly restartPolicy: Replacement["restartPolicy"];
}

/** By its tie alone it would go on looking for the one that is gone. What it has mounted is its own. */
async function serveDependent(
  { old, oldImageConfig, tie }: DependentSeed,
  { id }: HealRecord,
  replaced: Map<string, ContainerId>,
  parts: HealParts,
  acts: Acts,
): Promise<readonly string[]> {
  const { id: oldId, name, imageId: image } = lookAt(old);
  const part = { id, container: name, oldId, old, oldImage: imageId(image), oldImageConfig };
  const isThere = (await acts.look(oldId)) !== null;
  if (tie === "volumes-from" || (!isThere && (await restoredOf(part, acts)) === null))
    return restartDependents([{ id: oldId, name, tie }], acts, parts.clock);
  await acts.ensureStopped(oldId);
  const one = await made(part, replaced, parts, acts);
  if (typeof one === "string") return [`${name}, which hangs on it, is down: ${one}`];
  await handOverPolicy(one, acts);
  const faults = await restartDependents([{ id: one.id, name, tie }], acts, parts.clock);
  if (faults.length > 0) {
    await takeBack(one, acts);
    return faults;
  }
  replaced.set(oldId, one.id).set(name, one.id);
  await takeOver(one, acts);
  return [];
}

/** Made, or found as made before; or why it cannot be. */
async function made(
  record: Pick<HealRecord, "id" | "container" | "oldId" | "old" | "oldImage" | "oldImageConfig">,
  replaced: ReadonlyMap<string, ContainerId>,
  { engine }: HealParts,
  acts: Acts,
): Promise<Made | string> {
  const { id: heal, container, oldId, old, oldImage, oldImageConfig } = record;
  const calls = new AbortController().signal;
  const found = await restoredOf(record, acts);
  const wayBack = wayBackOf({
    old,
    oldImage,
    oldConfig: oldImageConfig,
    imageIsThere: found !== null || (await engine.inspectImage(oldImage, calls)) !== null,
    heal,
    apiVersion: engine.identity.apiVersion,
    replaced,
  });
  if (wayBack.kind === "none") return wayBack.reason;
  const { name, create, connect, restartPolicy } = wayBack.replacement;
  try {
    const id = found?.id ?? (await engine.create(name, create, calls));
    await ensureConnected(id, connect, engine);
    return { id, name: container, oldId, restartPolicy };
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return messageOf(error);
  }
}

/** From now on an engine that starts again brings up this one, and not the old one beside it. */
async function handOverPolicy({ id, oldId, restartPolicy }: Made, acts: Acts): Promise<void> {
  if (restartPolicy === null) return;
  if ((await acts.look(oldId)) !== null) await acts.ensureRestartPolicy(oldId, { Name: "no" });
  await acts.ensureRestartPolicy(id, restartPolicy);
}

/** Without the old one it is all that there is. */
async function takeBack({ id, oldId, restartPolicy }: Made, acts: Acts): Promise<void> {
  if ((await acts.look(oldId)) === null) return;
  await acts.ensureRemoved(id, { volumes: true });
  if (restartPolicy !== null) await acts.ensureRestartPolicy(oldId, restartPolicy);
}

/** The old one goes, the name comes. Its volumes are the other one's by now. */
async function takeOver({ id, name, oldId }: Made, acts: Acts): Promise<void> {
  await acts.ensureStopped(oldId);
  await acts.ensureRemoved(oldId, { volumes: false });
  await acts.ensureName(id, name);
}
