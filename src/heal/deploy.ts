import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { ContainerId, Milliseconds } from "../domain/ids.ts";
import { isReplica, subjectOf } from "../domain/subject.ts";
import { stopPatience, type Acts } from "./acts.ts";
import type { HealLease } from "./journal.ts";
import { lookAt, type Look } from "./look.ts";
import type { HealParts } from "./parts.ts";
import { startPatiently } from "./restart.ts";

/** How long a deploy may take from the creation of its container to the start. Until then, ours would compete with it. */
export const DEPLOY_PATIENCE: Milliseconds = 15_000;
/** How long Compose may take from its look at what there is to the first thing that shows. */
export const VIGIL: Milliseconds = 2000;
const AGAIN: Milliseconds = 250;
/** By how much the engine's clock may be behind ours. */
export const CLOCKS_APART: Milliseconds = 5000;
const never = new AbortController().signal;

/** What Compose has made to put it in the place of one of ours, and has not put there yet. Its name for it is that one's
 *  short ID and NAME. */
async function halfDeployed(lease: HealLease, acts: Acts): Promise<Look | null> {
  const { container, oldId, subject } = lease.record;
  const ours = [oldId, lease.replacementId].filter((id) => id !== null);
  for (const id of ours) {
    const name = makeshiftName(id, container);
    const found = await acts.look(name);
    if (found?.name !== name || ours.includes(found.id)) continue;
    if (subjectOf(found) === subject) return found;
  }
  return null;
}

/** What Compose calls one of the two while a container takes the place of this one: 2.x the new one, 1.x this one itself. */
export function makeshiftName(id: ContainerId, container: string): string {
  return `${id.slice(0, 12)}_${container}`;
}

export function isOfCompose({ record }: HealLease): boolean {
  return isReplica(lookAt(record.old).labels);
}

/** Waits for the end of a deploy that has begun. It may have been cut off: then no longer than it would take. */
export async function awaitDeploy(
  lease: HealLease,
  { clock }: HealParts,
  acts: Acts,
): Promise<void> {
  if (!isOfCompose(lease)) return;
  const deadline = clock.now() + DEPLOY_PATIENCE;
  while (clock.now() < deadline && (await halfDeployed(lease, acts)) !== null)
    await clock.sleep(AGAIN, never);
}

/** Stays a moment longer: a Compose that looked before the swap acts on what it saw then, and may take the new container
 *  for one too many. */
export async function keepVigil(lease: HealLease, parts: HealParts, acts: Acts): Promise<void> {
  if (!isOfCompose(lease) || lease.replacementId === null) return;
  const { clock, vigil = VIGIL } = parts;
  const { container } = lease.record;
  for (const began = clock.now(); ;) {
    // A Compose that ends ours has something else in mind, which takes longer to show.
    const isServed = (await acts.look(container))?.sighting === "running";
    const patience = isServed || vigil === 0 ? vigil : DEPLOY_PATIENCE;
    if (clock.now() >= began + patience) break;
    if (!isServed && (await halfDeployed(lease, acts)) !== null) break;
    await clock.sleep(AGAIN, never);
  }
  await awaitDeploy(lease, parts, acts);
  await startAgain(lease, lease.replacementId, parts, acts);
}

/** A deploy has stopped ours, and broken off before it had started its own. */
async function startAgain(
  lease: HealLease,
  id: ContainerId,
  { clock }: HealParts,
  acts: Acts,
): Promise<void> {
  const isDown = (await acts.look(id))?.sighting === "exited";
  if (isDown && (await halfDeployed(lease, acts)) !== null) await startPatiently(id, acts, clock);
}

/** Whether a deploy has taken ours for the one to keep, though nothing was meant to come of it: a Compose that finds one
 *  container too many ends the old one and starts ours. Without ours it would leave nothing behind. */
export async function isKeptByDeploy(
  lease: HealLease,
  { clock, engine, vigil = VIGIL }: HealParts,
  acts: Acts,
): Promise<boolean> {
  const { replacementId, record } = lease;
  if (!isOfCompose(lease) || replacementId === null) return false;
  const told = (): Promise<boolean> =>
    engine.wasToldToEnd(record.oldId, record.openedAt - CLOCKS_APART, never);
  let deadline = clock.now() + vigil;
  let isEnding = false;
  for (;;) {
    const ours = await acts.look(replacementId);
    if (ours?.sighting !== "created") return ours !== null;
    const isRunning = (await acts.look(record.oldId))?.sighting === "running";
    if (!isEnding && isRunning && (await told())) {
      isEnding = true;
      deadline += stopPatience(record.old);
    }
    if (clock.now() >= deadline) return false;
    await clock.sleep(AGAIN, never);
  }
}

/** Nothing else of the service is left, and a deploy has broken off with its container made and not started: it is what
 *  they wanted to run. null where there is none. */
export async function finishDeploy(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
): Promise<HealEnd | null> {
  if (!isOfCompose(lease)) return null;
  await awaitDeploy(lease, parts, acts);
  const made = await halfDeployed(lease, acts);
  if (made === null) return null;
  const start = await startPatiently(made.id, acts, parts.clock);
  const broke = "Compose was at work as well, and broke off with nothing running";
  if (start.kind === "refused")
    return healEnd("lost", `${broke}; what it had made does not start: ${start.reason}`);
  const { container } = lease.record;
  await acts.ensureName(made.id, container);
  return healEnd("left", `${broke}; what it had made runs now, as ${container}`);
}
