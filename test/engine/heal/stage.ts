import { engineId, imageId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { replacementFor } from "../../../src/domain/replacement/replacement.ts";
import { subjectOf } from "../../../src/domain/subject.ts";
import { connectHealEngine } from "../../../src/engine/connect.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { HealRecord } from "../../../src/heal/journal.ts";
import { lookAt } from "../../../src/heal/look.ts";
import type { ContainerDefinition } from "../../harness/container-definition.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { buildImage } from "../../harness/images.ts";

const NEVER = new AbortController().signal;

/** One stale container with data in a volume, and everything to heal it with. */
export interface HealStage {
  readonly name: string;
  readonly healEngine: HealEngine;
  readonly oldImage: string;
  readonly newImage: string;
  /** Opened anew for each heal. */
  record(): Promise<HealRecord>;
  /** All containers that have to do with the name, running or not. */
  present(): Promise<{ readonly name: string; readonly image: string; readonly state: string }[]>;
  data(): Promise<string>;
  clear(): Promise<void>;
}

export interface StageOptions {
  readonly restart?: ContainerDefinition["restart"];
  /** Of the new image; default: like the old one, it waits. */
  readonly newCommand?: readonly string[];
}

export async function healStage(
  engine: EngineConnection,
  options: StageOptions = {},
): Promise<HealStage> {
  const name = uniqueName("heal");
  const address = { kind: "unix", path: engine.socketPath } as const;
  const healEngine = await connectHealEngine({ address, timeout: 15_000, name: null }, NEVER);
  const oldImage = await buildImage(engine, { tag: name, marker: `${name} 1` });
  const oldConfig = await configOf(healEngine, oldImage);
  const definition: ContainerDefinition = {
    name,
    image: name,
    compose: { project: name, service: "web" },
    volumes: ["/data"],
    restart: options.restart,
  };
  await runContainer(engine, definition);
  await execIn(engine, name, ["sh", "-c", "echo precious > /data/file"]);
  const newImage = await buildImage(engine, {
    tag: name,
    marker: `${name} 2`,
    ...(options.newCommand && { cmd: options.newCommand }),
  });
  return {
    name,
    healEngine,
    oldImage,
    newImage,
    record: () => recordOf({ engine, healEngine, name, newImage, oldConfig }),
    present: () => present(engine, name),
    data: async () => (await execIn(engine, name, ["cat", "/data/file"])).trim(),
    clear: async () => {
      for (const one of await present(engine, name))
        await removeContainer(engine, one.name, { volumes: true });
    },
  };
}

async function configOf(healEngine: HealEngine, image: string): Promise<JsonObject> {
  const inspect = await healEngine.inspectImage(image, NEVER);
  return inspect?.["Config"] as JsonObject;
}

interface RecordInput {
  readonly engine: EngineConnection;
  readonly healEngine: HealEngine;
  readonly name: string;
  readonly newImage: string;
  readonly oldConfig: JsonObject;
}

async function recordOf({
  engine,
  healEngine,
  name,
  newImage,
  oldConfig,
}: RecordInput): Promise<HealRecord> {
  const id = uniqueName("h").slice(-8);
  const old = await healEngine.inspect(name, NEVER);
  if (old === null) throw new Error(`${name} is not there`);
  const look = lookAt(old);
  const answer = replacementFor({
    old,
    oldImage: oldConfig,
    newImage: {
      id: imageId(newImage),
      reference: name,
      config: await configOf(healEngine, newImage),
    },
    apiVersion: healEngine.identity.apiVersion,
    temporaryName: `${name}.stalewatch-${id}-new`,
    replaced: new Map(),
  });
  if (answer.kind !== "replacement") throw new Error(answer.reason);
  return {
    id,
    engine: engineId(engine.id),
    subject: subjectOf(look),
    container: name,
    oldId: look.id,
    oldStartedAt: look.gate.startedAt,
    old,
    oldImage: imageId(look.imageId),
    newImage: imageId(newImage),
    replacement: answer.replacement,
    openedAt: Date.now(),
  };
}

async function present(engine: EngineConnection, name: string): ReturnType<HealStage["present"]> {
  const all = await engine.docker.listContainers({ all: true });
  return all
    .map(({ Names, ImageID, State }) => ({
      name: (Names[0] ?? "").slice(1),
      image: ImageID,
      state: State,
    }))
    .filter((one) => one.name.startsWith(name));
}
