import { expect } from "vitest";
import { engineId, imageId } from "../../../src/domain/ids.ts";
import type { HealRecord } from "../../../src/domain/heal/record.ts";
import { temporaryName } from "../../../src/domain/heal/temporary-names.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { replacementFor } from "../../../src/domain/replacement/replacement.ts";
import { subjectOf } from "../../../src/domain/subject.ts";
import { connectHealEngine } from "../../../src/engine/connect.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import { lookAt } from "../../../src/heal/look.ts";
import type { ContainerDefinition } from "../../harness/container-definition.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { buildImage, tagImage, untagImage } from "../../harness/images.ts";

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

/** Two versions of an image, which many stages share; tags of their own keep them while no stage uses them. */
export interface StageImages {
  readonly old: string;
  readonly new: string;
}

export async function stageImages(
  engine: EngineConnection,
  { newCommand }: StageOptions,
): Promise<StageImages> {
  const cmd = newCommand === undefined ? {} : { cmd: newCommand };
  const name = uniqueName("heal-images");
  return {
    old: await buildImage(engine, { tag: `${name}:1`, marker: "1" }),
    new: await buildImage(engine, { tag: `${name}:2`, marker: "2", ...cmd }),
  };
}

export async function healStage(
  engine: EngineConnection,
  images: StageImages,
  options: StageOptions = {},
): Promise<HealStage> {
  const name = uniqueName("heal");
  const address = { kind: "unix", path: engine.socketPath } as const;
  const healEngine = await connectHealEngine({ address, timeout: 15_000, name: null }, NEVER);
  await tagImage(engine, images.old, name);
  const oldConfig = await configOf(healEngine, images.old);
  await runContainer(engine, {
    name,
    image: name,
    compose: { project: name, service: "web" },
    volumes: ["/data"],
    restart: options.restart,
  });
  await execIn(engine, name, ["sh", "-c", "echo precious > /data/file"]);
  await tagImage(engine, images.new, name);
  return {
    name,
    healEngine,
    oldImage: images.old,
    newImage: images.new,
    record: () => recordOf({ engine, healEngine, name, newImage: images.new, oldConfig }),
    present: () => present(engine, name),
    data: async () => (await execIn(engine, name, ["cat", "/data/file"])).trim(),
    clear: async () => {
      for (const one of await present(engine, name))
        await removeContainer(engine, one.name, { volumes: true });
      await untagImage(engine, name);
    },
  };
}

/** The one thing that every heal promises, however it went. */
export async function expectOneServing(stage: HealStage, when: string): Promise<void> {
  const present = await stage.present();
  expect(present, when).toEqual([
    { name: stage.name, state: "running", image: expect.any(String) as string },
  ]);
  expect([stage.oldImage, stage.newImage]).toContain(present[0]?.image);
  expect(await stage.data(), when).toBe("precious");
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
  const image = {
    id: imageId(newImage),
    reference: name,
    config: await configOf(healEngine, newImage),
  };
  const answer = replacementFor({
    old,
    oldImage: oldConfig,
    newImage: image,
    apiVersion: healEngine.identity.apiVersion,
    temporaryName: temporaryName(name, id),
    replaced: new Map(),
  });
  if (answer.kind !== "replacement") throw new Error(answer.reason);
  return {
    id,
    method: "engine",
    engine: engineId(engine.id),
    subject: subjectOf(look),
    container: name,
    affected: {
      container: name,
      project: name,
      service: "web",
      reference: `${name}:latest`,
      running: { id: imageId(look.imageId), createdAt: null },
      newest: { id: imageId(newImage), tag: `${name}:latest`, createdAt: 0, revision: null },
    },
    divergedSince: Date.now(),
    remedy: null,
    by: "daemon",
    oldId: look.id,
    oldStartedAt: look.gate.startedAt,
    old,
    oldImage: imageId(look.imageId),
    oldImageConfig: oldConfig,
    newImage: image,
    replacement: answer.replacement,
    dependents: [],
    cleanup: false,
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
