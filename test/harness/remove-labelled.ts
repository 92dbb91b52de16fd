import type Docker from "dockerode";
import { TEST_LABEL } from "./engine.ts";

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Removes what carries a label, with the anonymous volumes of its containers. Default: a run's label. */
export async function removeLabelled(
  docker: Docker,
  value: string,
  label = TEST_LABEL,
): Promise<void> {
  const filters = { label: [`${label}=${value}`] };
  // Asked again of every single one: should an engine ignore the filter, nothing else may go.
  const isOurs = (it: { Labels?: Labels }): boolean => it.Labels?.[label] === value;

  const containers = await docker.listContainers({ all: true, filters });
  for (const { Id } of containers.filter(isOurs)) {
    await unlessGone(docker.getContainer(Id).remove({ force: true, v: true }));
  }
  for (const { Id } of (await docker.listNetworks({ filters })).filter(isOurs)) {
    await unlessGone(docker.getNetwork(Id).remove());
  }
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes.filter(isOurs)) {
    await unlessGone(docker.getVolume(Name).remove());
  }
  await removeImages(docker, async () => {
    const images = await docker.listImages({ all: true, filters });
    return images.filter(isOurs).map(({ Id }) => Id);
  });
}

/** The layers of a build are images too, each held by the next: the last ones go first. */
async function removeImages(docker: Docker, list: () => Promise<string[]>): Promise<void> {
  let left = await list();
  for (;;) {
    for (const id of left) {
      await unlessHeld(docker.getImage(id).remove({ force: true }));
    }
    const still = await list();
    if (still.length === 0 || still.length >= left.length) return;
    left = still;
  }
}

export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && "statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (statusOf(error) !== 404) throw error;
  });
}

async function unlessHeld(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  });
}
