import type { JsonObject } from "./json.ts";
import { pick } from "./read.ts";

const COMPOSE_PREFIX = "com.docker.compose.";
/** On every container of Compose, of any version; never on an image that it builds. */
const COMPOSE_CONTAINER = "com.docker.compose.container-number";
/** ID of the image that a container was created from: Compose 2.x recreates at the next `up` what has another. */
const COMPOSE_IMAGE = "com.docker.compose.image";
/** ID of the container that was replaced by this one: it would name one that has long gone. */
const COMPOSE_REPLACE = "com.docker.compose.replace";

/** The labels for the replacement. `own` are those that differ from the old image's. Compose 2.x stamps project and
 *  service on the images that it builds, so on its containers they are no image's defaults: without them a container
 *  would drop out of its project as soon as another builder makes the new image. Where all of them are the image's,
 *  number included, somebody committed a container of Compose as that image and ran it: this one is not Compose's. */
export function replacementLabels(
  labels: JsonObject,
  own: JsonObject,
  newImage: string,
): JsonObject {
  const isOfCompose = (key: string): boolean => key.startsWith(COMPOSE_PREFIX);
  const isContainerOfCompose = COMPOSE_CONTAINER in labels && Object.keys(own).some(isOfCompose);
  const compose = isContainerOfCompose ? pick(labels, isOfCompose) : {};
  const kept = pick({ ...own, ...compose }, (key) => key !== COMPOSE_REPLACE);
  return COMPOSE_IMAGE in kept ? { ...kept, [COMPOSE_IMAGE]: newImage } : kept;
}
