import { composeLabels } from "./compose-labels.ts";
import { type ContainerDefinition, createBody } from "./container-definition.ts";
import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { createVolume } from "./networks-and-volumes.ts";
import { statusOf } from "./remove-labelled.ts";
import { eventually } from "./wait.ts";

/** Creates and starts a container, as `docker run -d` or Compose would; returns its ID. */
export async function runContainer(
  engine: EngineConnection,
  definition: ContainerDefinition,
): Promise<string> {
  const id = await createContainer(engine, definition);
  await engine.docker.getContainer(id).start();
  return id;
}

export async function createContainer(
  engine: EngineConnection,
  definition: ContainerDefinition,
): Promise<string> {
  // The engine would create a named volume on its own, but without the label that removes it.
  for (const volume of namedVolumes(definition)) await createVolume(engine, volume);
  const marks = { [TEST_LABEL]: engine.runId, ...(await composeMarks(engine, definition)) };
  const container = await engine.docker.createContainer(createBody(definition, marks));
  return container.id;
}

async function composeMarks(
  engine: EngineConnection,
  definition: ContainerDefinition,
): Promise<Record<string, string>> {
  if (definition.compose === undefined) return {};
  const { Id } = await engine.docker.getImage(definition.image).inspect();
  return composeLabels(definition.compose, Id, definition);
}

/** Stop, remove, run the same definition again, as a person would; returns the new ID. */
export async function recreateContainer(
  engine: EngineConnection,
  definition: ContainerDefinition,
): Promise<string> {
  await unlessSo(engine.docker.getContainer(definition.name).stop(), 304);
  await removeContainer(engine, definition.name);
  return runContainer(engine, definition);
}

/** As `docker rm -f`: the anonymous volumes stay unless `volumes` says otherwise. */
export async function removeContainer(
  engine: EngineConnection,
  idOrName: string,
  options: { readonly volumes?: boolean | undefined } = {},
): Promise<void> {
  const container = engine.docker.getContainer(idOrName);
  // 404 and 409: an auto-remove has been faster, or is at it; the name is free only after it.
  await unlessSo(container.remove({ force: true, v: options.volumes ?? false }), 404, 409);
  await eventually(`${idOrName} is gone`, () => isGone(container.inspect()));
}

async function isGone(inspection: Promise<unknown>): Promise<boolean> {
  try {
    await inspection;
    return false;
  } catch (error) {
    if (statusOf(error) === 404) return true;
    throw error;
  }
}

async function unlessSo(request: Promise<unknown>, ...statuses: number[]): Promise<void> {
  await request.catch((error: unknown) => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  });
}

function namedVolumes({ binds = [] }: ContainerDefinition): string[] {
  return binds.filter((bind) => !bind.startsWith("/")).map((bind) => bind.split(":")[0] ?? "");
}
