import type { SwarmReading } from "../../domain/heal/swarm-watch.ts";
import type { SwarmTask } from "../../domain/heal/swarm-service.ts";
import type { SeenTask } from "../../domain/heal/swarm-standing.ts";
import { imageId, type ContainerId, type ImageId } from "../../domain/ids.ts";
import { textAt } from "../../domain/replacement/read.ts";
import type { SwarmParts } from "./lease.ts";

/** Which image a container runs never changes: one inspect each. */
export type ImagesSeen = Map<ContainerId, ImageId>;

type Eyes = Pick<SwarmParts, "engine" | "swarm">;

/** A service and its tasks as they are now. */
export async function lookAtService(
  serviceId: string,
  eyes: Eyes,
  seen: ImagesSeen,
  signal: AbortSignal,
): Promise<SwarmReading> {
  const service = await eyes.swarm.service(serviceId, signal);
  if (service === null) return { service, tasks: [] };
  const tasks: SeenTask[] = [];
  for (const task of await eyes.swarm.tasks(serviceId, signal))
    tasks.push({ ...task, image: await imageOf(task, eyes, seen, signal) });
  return { service, tasks };
}

/** null for a container of another node, or one that was removed. */
async function imageOf(
  { containerId }: SwarmTask,
  { engine }: Eyes,
  seen: ImagesSeen,
  signal: AbortSignal,
): Promise<ImageId | null> {
  if (containerId === null) return null;
  const known = seen.get(containerId);
  if (known !== undefined) return known;
  const inspect = await engine.inspect(containerId, signal);
  if (inspect === null) return null;
  const image = imageId(textAt(inspect, "Image"));
  seen.set(containerId, image);
  return image;
}
