import type { EpochMs, ImageId, SubjectKey } from "./ids.ts";
import { SWARM } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import type { Diverged } from "./verdict.ts";

/** Subjects of Swarm services that are being replaced: another task of theirs was started on the newest image within
 *  the grace. Swarm's update may be on its way to them; or that task was started anew because it failed, and should show
 *  first that the image holds. Two containers for one slot say nothing here, because Swarm keeps ended ones. */
export function swarmUpdatesUnderWay(
  containers: readonly ObservedContainer[],
  diverged: readonly Diverged[],
  now: EpochMs,
): ReadonlySet<SubjectKey> {
  const among = diverged.filter(({ container }) => serviceOf(container) !== undefined);
  if (among.length === 0) return new Set();
  const latest = latestTasks(containers);
  const isYoung = ({ container, newest, graceEndsAt, divergedSince }: Diverged): boolean => {
    const startedAt = latest.get(key(serviceOf(container), newest.id));
    return startedAt !== undefined && now - startedAt < graceEndsAt - divergedSince;
  };
  return new Set(among.filter(isYoung).map(({ subject }) => subject));
}

/** When the youngest container of a service on an image was created. */
function latestTasks(containers: readonly ObservedContainer[]): ReadonlyMap<string, EpochMs> {
  const latest = new Map<string, EpochMs>();
  for (const container of containers) {
    const service = serviceOf(container);
    if (service === undefined) continue;
    const of = key(service, container.imageId);
    latest.set(of, Math.max(latest.get(of) ?? 0, container.createdAt));
  }
  return latest;
}

function serviceOf({ labels }: ObservedContainer): string | undefined {
  return labels[SWARM.serviceName];
}

function key(service: string | undefined, image: ImageId): string {
  return `${service ?? ""} ${image}`;
}
