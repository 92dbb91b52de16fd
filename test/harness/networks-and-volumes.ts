import type { NetworkCreateOptions, VolumeCreateOptions } from "dockerode";
import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { HarnessError } from "./harness-error.ts";

/** Creates a volume with the run's label. Nothing to do where this run has made it before. */
export async function createVolume(
  engine: EngineConnection,
  name: string,
  options: Pick<VolumeCreateOptions, "DriverOpts"> = {},
): Promise<void> {
  await engine.docker.createVolume({
    ...options,
    Name: name,
    Labels: { [TEST_LABEL]: engine.runId },
  });
  // The engine answers the same for a volume that somebody else has made.
  const volume = await engine.docker.getVolume(name).inspect();
  // Not as typed: without any label the engine gives null.
  const labels = volume.Labels as Record<string, string> | null;
  if (labels?.[TEST_LABEL] === engine.runId) return;
  throw new HarnessError(`a volume named ${name} was there before, which tests may not touch`);
}

/** Creates a bridge network with the run's label; returns its ID. */
export async function createNetwork(
  engine: EngineConnection,
  name: string,
  options: Omit<NetworkCreateOptions, "Name"> = {},
): Promise<string> {
  const network = await engine.docker.createNetwork({
    Driver: "bridge",
    ...options,
    Name: name,
    Labels: { ...options.Labels, [TEST_LABEL]: engine.runId },
  });
  return network.id;
}

/** Nothing to do where it is gone already. */
export async function removeNetwork(engine: EngineConnection, name: string): Promise<void> {
  try {
    await engine.docker.getNetwork(name).remove();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}
