import { formatSpan } from "./duration.ts";
import { shortId, type EpochMs, type ImageId } from "./ids.ts";
import type { ImageIndex } from "./image-index.ts";
import { COMPOSE } from "./labels.ts";
import {
  isAnonymousVolume,
  isSane,
  type LocalImage,
  type ObservedContainer,
} from "./observation.ts";
import type { Warning } from "./verdict.ts";

/** Compose and heals carry anonymous volumes over, so that after a recreate, too, they cover what the new image has
 *  at that path. One that the container has had since before the newest image was built is older than that image. */
export function volumeWarnings(
  container: ObservedContainer,
  newest: { readonly createdAt: EpochMs },
): Warning[] {
  if (container.createdAt >= newest.createdAt) return [];
  return container.mounts.filter(isAnonymousVolume).map((mount) => ({
    code: "volume-shadows-image",
    message:
      `an anonymous volume older than the newest image covers ${mount.destination}: ` +
      "files there may stay old even after a recreate",
  }));
}

/** The blind spot of every comparison by tag: an image that says it was built for this very service, later, under a
 *  name that the container does not follow. The running and the newest image are what the judgement speaks of already. Times that
 *  cannot be believed give no order. */
export function elsewhereWarnings(
  container: ObservedContainer,
  index: ImageIndex,
  newest: ImageId | null,
  builtAt: EpochMs | null,
  now: EpochMs,
): readonly Warning[] {
  const services = index.byService.get(container.labels[COMPOSE.project] ?? "");
  const candidates = services?.get(container.labels[COMPOSE.service] ?? "");
  if (candidates === undefined || !isSane(builtAt, now)) return NO_WARNINGS;
  const later = candidates.filter(
    ({ id, createdAt }) =>
      createdAt > builtAt && createdAt <= now && id !== container.imageId && id !== newest,
  );
  const latest = later.reduce<LocalImage | null>(laterOf, null);
  if (latest === null) return NO_WARNINGS;
  const name = latest.tags[0] ?? shortId(latest.id);
  const message =
    `${name} was built for this service ${formatSpan(latest.createdAt - builtAt)} later, ` +
    "under a name that this container does not follow";
  return [{ code: "newer-build-elsewhere", message }];
}

const NO_WARNINGS: readonly Warning[] = [];

/** The later built one, ties by ID, so that the order of the engine's list does not matter. */
function laterOf(best: LocalImage | null, image: LocalImage): LocalImage {
  if (best === null || image.createdAt > best.createdAt) return image;
  return image.createdAt === best.createdAt && image.id < best.id ? image : best;
}

export const IDENTITY_UNKNOWN: Warning = {
  code: "identity-unknown",
  message:
    "the engine has forgotten the running image, so it cannot be told whether the newest one differs in content",
};

export const DEPLOY_CUT_OFF: Warning = {
  code: "deploy-cut-off",
  message:
    "two containers stand for this service for longer than the grace: a deploy was cut off, or is stuck",
};
