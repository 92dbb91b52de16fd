import type Docker from "dockerode";
import type { JsonObject } from "../../src/domain/replacement/json.ts";
import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { statusOf } from "./remove-labelled.ts";
import { eventually } from "./wait.ts";

/** A Swarm service in few words; everything else is as Swarm has it by default. */
export interface ServiceDefinition {
  readonly name: string;
  readonly image: string;
  /** How many tasks; "global": one a node. */
  readonly tasks: number | "global";
  /** Instead of the image's command. */
  readonly command?: readonly string[] | undefined;
  /** On the tasks' containers. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What Swarm does when an update fails: it stands still unless told otherwise. */
  readonly onFailure?: "pause" | "rollback" | "continue" | undefined;
  /** Fields of the definition, and of its containers', that the words above have no name for. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  readonly container?: Readonly<Record<string, unknown>> | undefined;
}

const MILLISECOND = 1_000_000;

/** Makes the engine the only node of a swarm. */
export async function startSwarm({ docker }: EngineConnection): Promise<void> {
  await docker.swarmInit({ ListenAddr: "127.0.0.1:2377", AdvertiseAddr: "127.0.0.1" });
}

/** Creates a service and waits until all its tasks run; returns its ID. */
export async function createService(
  engine: EngineConnection,
  definition: ServiceDefinition,
): Promise<string> {
  const spec = specOf(definition, engine.runId) as unknown as Docker.CreateServiceOptions;
  const { id } = await engine.docker.createService(spec);
  const wanted = definition.tasks === "global" ? 1 : definition.tasks;
  await eventually(`the tasks of ${definition.name} run`, async () => {
    const tasks = await tasksOf(engine, definition.name);
    return tasks.filter(({ state }) => state === "running").length === wanted;
  });
  return id;
}

function specOf(definition: ServiceDefinition, runId: string): object {
  const { name, image, tasks, command, labels, onFailure = "pause" } = definition;
  const update = { Parallelism: 1, FailureAction: onFailure, Monitor: 1000 * MILLISECOND };
  return {
    Name: name,
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Labels: { [TEST_LABEL]: runId, ...labels },
        ...(command && { Command: command }),
        ...definition.container,
      },
      RestartPolicy: { Condition: "any", Delay: 200 * MILLISECOND },
    },
    Mode: tasks === "global" ? { Global: {} } : { Replicated: { Replicas: tasks } },
    UpdateConfig: update,
    RollbackConfig: { ...update, FailureAction: "pause" },
    ...definition.more,
  };
}

/** The containers of a service's tasks, in any state, by name. */
export async function tasksOf(
  { docker }: EngineConnection,
  service: string,
): Promise<{ readonly name: string; readonly image: string; readonly state: string }[]> {
  const filters = { label: [`com.docker.swarm.service.name=${service}`] };
  const containers = await docker.listContainers({ all: true, filters });
  return containers
    .map(({ Names, ImageID, State }) => ({
      name: (Names[0] ?? "").slice(1),
      image: ImageID,
      state: State,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The definition of a service, raw. */
export async function definitionOf(engine: EngineConnection, name: string): Promise<JsonObject> {
  return (await inspect(engine, name)).Spec;
}

/** What a person does with `docker service update` or `scale`. */
export async function changeService(
  engine: EngineConnection,
  name: string,
  how: (spec: JsonObject) => JsonObject,
): Promise<void> {
  // Swarm itself may write to it in between; whoever reads and writes, reads again then.
  await eventually(`${name} is changed`, async () => {
    const { Spec, Version } = await inspect(engine, name);
    try {
      await engine.docker.getService(name).update({ version: Version.Index, ...how(Spec) });
      return true;
    } catch (error) {
      if (String(error).includes("update out of sequence")) return false;
      throw error;
    }
  });
}

interface Inspected {
  readonly Spec: JsonObject;
  readonly Version: { readonly Index: number };
}

async function inspect({ docker }: EngineConnection, name: string): Promise<Inspected> {
  const answer: unknown = await docker.getService(name).inspect();
  return answer as Inspected;
}

/** Also where it is gone already. Its containers follow by and by. */
export async function removeService({ docker }: EngineConnection, name: string): Promise<void> {
  const removal: Promise<unknown> = docker.getService(name).remove();
  await removal.catch((error: unknown) => {
    if (statusOf(error) !== 404) throw error;
  });
}
