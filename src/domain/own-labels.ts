import type { ImageId } from "./ids.ts";
import { COMPOSE, SWARM } from "./labels.ts";
import type { Memory } from "./memory.ts";
import type { ObservedContainer, Snapshot } from "./observation.ts";

type Labels = ObservedContainer["labels"];

/** Those by which a program marks the containers that it creates are on an image only after a `docker commit`, and what
 *  somebody runs from that is not that program's. Where the program itself creates a container from such an image, at
 *  least one of its labels has another value: Compose 2.x names the image's ID in one, 1.x mixes it into the config's
 *  hash, and the name of a Swarm task is never used again. */
const MARKS = [
  { prefix: "com.docker.compose.", onContainersOnly: COMPOSE.number },
  { prefix: "com.docker.swarm.", onContainersOnly: SWARM.taskName },
] as const;

/** What is judged, without the marks of a program that a container has from its image only. Doing it again changes
 *  nothing. */
export function withOwnLabels<T extends { readonly snapshot: Snapshot; readonly memory: Memory }>(
  input: T,
): T {
  const { snapshot, memory } = input;
  const committed = committedImages(snapshot, memory);
  if (committed.size === 0) return input;
  const containers = snapshot.containers.map((one) =>
    withoutInherited(one, committed.get(one.imageId)),
  );
  return { ...input, snapshot: { ...snapshot, containers } };
}

/** The labels of those few images: listed ones, and those that only memory still knows. */
function committedImages({ images }: Snapshot, memory: Memory): ReadonlyMap<ImageId, Labels> {
  const found = new Map<ImageId, Labels>();
  for (const known of [memory.images.values(), images])
    for (const { id, labels } of known)
      if (MARKS.some(({ onContainersOnly }) => labels[onContainersOnly] !== undefined))
        found.set(id, labels);
  return found;
}

/** The very same container where it has nothing that its image brought. */
function withoutInherited(
  container: ObservedContainer,
  image: Labels | undefined,
): ObservedContainer {
  if (image === undefined) return container;
  const dropped = inheritedOf(container.labels, image);
  if (dropped.length === 0) return container;
  const own = Object.entries(container.labels).filter(([key]) => !dropped.includes(key));
  return { ...container, labels: Object.fromEntries(own) };
}

function inheritedOf(labels: Labels, image: Labels): readonly string[] {
  const isInherited = (key: string): boolean =>
    labels[key] !== undefined && labels[key] === image[key];
  return MARKS.filter(({ onContainersOnly }) => isInherited(onContainersOnly)).flatMap(
    ({ prefix }) => {
      const ofProgram = Object.keys(labels).filter((key) => key.startsWith(prefix));
      return ofProgram.every(isInherited) ? ofProgram : [];
    },
  );
}
