import type { ImageFact, ImageStore, ObservedContainer } from "./observation.ts";
import type { ImageId } from "./ids.ts";

/** Whether two images are the same content; `unknown` where the engine cannot tell any more. */
export type Identity = "same" | "different" | "unknown";

/** What is known of an image that is compared. */
export interface Comparable {
  readonly id: ImageId;
  readonly fact: ImageFact | null;
}

/** The one place that decides what "the same image" means. Equal IDs are the same. On the classic store an ID is the
 *  digest of the config, so that different IDs are different content. On the containerd store a fully cached rebuild
 *  with provenance gets a new ID: there the platform manifest that the container runs decides, or else the config. */
export function identify(
  running: Comparable & Pick<ObservedContainer, "manifestDigest">,
  newest: Comparable,
  store: ImageStore,
): Identity {
  if (running.id === newest.id) return "same";
  if (store === "classic") return "different";
  const byManifest = compareManifests(running.manifestDigest, newest);
  if (byManifest === "same") return "same";
  const byContent = compareContent(running.fact, newest.fact);
  return byContent === "unknown" ? byManifest : byContent;
}

function compareManifests(manifest: string | null, newest: Comparable): Identity {
  const manifests = newest.fact?.manifests ?? [];
  if (manifest === null) return "unknown";
  if (manifest === newest.id || manifests.includes(manifest)) return "same";
  return manifests.length > 0 ? "different" : "unknown";
}

function compareContent(running: ImageFact | null, newest: ImageFact | null): Identity {
  const a = running?.contentKey ?? null;
  const b = newest?.contentKey ?? null;
  if (a === null || b === null) return "unknown";
  return a === b ? "same" : "different";
}
