import type { JsonObject } from "./json.ts";
import { isPodmans } from "./podman.ts";
import { objectAt, textAt } from "./read.ts";
import { repointed, type Replaced } from "./repoint.ts";
import { anonymousVolumes, boundAgain } from "./volumes.ts";

const NO_RESTART: JsonObject = { Name: "no", MaximumRetryCount: 0 };

/** The whole HostConfig as it was given, but for what names other containers and for the anonymous volumes. Raw, so
 *  that settings of engines newer than this program survive. */
export function replacementHostConfig(
  inspect: JsonObject,
  mode: string,
  replaced: Replaced,
  isDeferred: boolean,
): JsonObject {
  const host = objectAt(inspect, "HostConfig");
  return {
    ...host,
    ...(isDeferred ? { RestartPolicy: NO_RESTART } : {}),
    ...(mode === "" ? {} : { NetworkMode: mode }),
    ...repointed(host, replaced),
    ...boundAgain(host, anonymousVolumes(inspect)),
  };
}

/** What brings up a container that was stopped by hand when the engine starts: `always`, and `on-failure` where the stop
 *  made it exit with an error. `unless-stopped` does not. */
const REVIVING: ReadonlySet<string> = new Set(["always", "on-failure"]);

/** The policy that the replacement must not have before the heal is committed: after a restart of the engine old and new
 *  would both come up, two writers on one volume. Null for any other, and on Podman, which cannot change a policy and
 *  starts nothing by itself: a unit of systemd does, at boot. */
export function deferredRestartPolicy(inspect: JsonObject): JsonObject | null {
  if (isPodmans(inspect)) return null;
  const policy = objectAt(objectAt(inspect, "HostConfig"), "RestartPolicy");
  return REVIVING.has(textAt(policy, "Name")) ? policy : null;
}
