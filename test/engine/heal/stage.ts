import { expect } from "vitest";
import type { HealRecord } from "../../../src/domain/heal/record.ts";
import { connectHealEngine } from "../../../src/engine/connect.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { ContainerDefinition } from "../../harness/container-definition.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { healRecord } from "../../harness/heal/heal-record.ts";
import { buildImage, tagImage, untagImage, type BuildOptions } from "../../harness/images.ts";
import { eventually } from "../../harness/wait.ts";
import { runDependent, seesParent, type DependentKind } from "./dependent.ts";

const NEVER = new AbortController().signal;

/** A stale container with data in a volume, what hangs on it, and everything to heal it with. */
export interface HealStage {
  readonly name: string;
  readonly engine: EngineConnection;
  readonly healEngine: HealEngine;
  readonly images: StageImages;
  /** Opened anew for each heal. */
  record(): Promise<HealRecord>;
  /** All containers that have to do with the name, running or not. */
  present(): Promise<Present[]>;
  clear(): Promise<void>;
}

export interface Present {
  readonly name: string;
  readonly state: string;
  readonly image: string;
}

export interface StageOptions {
  readonly restart?: ContainerDefinition["restart"];
  /** Of the new image; default: like the old one, it serves. */
  readonly newImage?: Partial<BuildOptions>;
  /** Of both images. */
  readonly image?: Partial<BuildOptions>;
  readonly container?: Partial<ContainerDefinition>;
  readonly dependents?: readonly DependentKind[];
}

/** In the engine's own network, where a container starts in half the time. */
export const QUICKLY: StageOptions = { container: { networkMode: "host" } };

/** Two versions of an image, which many stages share; tags of their own keep them while no stage uses them. */
export interface StageImages {
  readonly old: string;
  readonly new: string;
}

/** Serves its /marker on port 8080 and ends at once on SIGTERM. */
export const SERVING = [
  "sh",
  "-c",
  "trap 'exit 0' TERM INT; httpd -p 8080 -h /; sleep 2147483 & wait $!",
] as const;

export async function stageImages(
  engine: EngineConnection,
  { image = {}, newImage = {}, dependents = [] }: StageOptions = {},
): Promise<StageImages> {
  const name = uniqueName("heal-images");
  // Images of its own: another test may remove them.
  const both = { cmd: SERVING, labels: { images: name }, ...image };
  // What hangs on it looks for the file.
  const content = (marker: string): Pick<BuildOptions, "marker" | "files"> =>
    dependents.length === 0 ? { marker } : { files: { marker } };
  return {
    old: await buildImage(engine, { ...both, tag: `${name}:1`, ...content("1") }),
    new: await buildImage(engine, { ...both, ...newImage, tag: `${name}:2`, ...content("2") }),
  };
}

export async function healStage(
  engine: EngineConnection,
  images: StageImages,
  options: StageOptions = {},
): Promise<HealStage> {
  const { restart, container = {}, dependents = [] } = options;
  const name = uniqueName("heal");
  const address = { kind: "unix", path: engine.socketPath } as const;
  const healEngine = await connectHealEngine({ address, timeout: 15_000, name: null }, NEVER);
  await tagImage(engine, images.old, name);
  await runContainer(engine, {
    name,
    image: name,
    compose: { project: name, service: "web" },
    volumes: ["/data"],
    restart,
    // Whose IPC namespace is joined has to say beforehand that it may be.
    ...(dependents.includes("ipc") && { createOptions: { HostConfig: { IpcMode: "shareable" } } }),
    ...container,
  });
  await execIn(engine, name, ["sh", "-c", "echo precious > /data/file"]);
  for (const kind of dependents) await runDependent(engine, name, kind, images.old, restart);
  await tagImage(engine, images.new, name);
  return {
    name,
    engine,
    healEngine,
    images,
    record: () =>
      healRecord(healEngine, {
        name,
        others: dependents.map((kind) => `${name}.${kind}`),
        tag: `${name}:latest`,
        newImage: images.new,
      }),
    present: () => present(engine, name),
    clear: async () => {
      // Podman removes none on which others hang: those that are left go in the next round.
      await eventually(`nothing is left of ${name}`, async () => {
        const all = await present(engine, name);
        for (const one of all)
          await removeContainer(engine, one.name, { volumes: true }).catch(() => undefined);
        return all.length === 0;
      });
      await untagImage(engine, name).catch(() => undefined);
    },
  };
}

/** What every heal promises, however it went: one container of that name runs, old or new, with its data, and so does
 *  everything that hangs on it, joined to it. */
export async function expectServing(
  stage: HealStage,
  { dependents = [] }: StageOptions,
  when: string,
  which: readonly (keyof StageImages)[] = ["old", "new"],
): Promise<void> {
  const { name, engine, images } = stage;
  const found = await stage.present();
  const states = found.map((one) => `${one.name} ${one.state}`);
  const names = [name, ...dependents.map((kind) => `${name}.${kind}`)].sort();
  expect(states, when).toEqual(names.map((one) => `${one} running`));
  const image = found.find((one) => one.name === name)?.image ?? "";
  expect(
    which.map((one) => images[one]),
    when,
  ).toContain(image);
  expect(await dataOf(engine, name), when).toBe("precious");
  const marker = image === images.new ? "2" : "1";
  for (const kind of dependents)
    await eventually(`${when}: ${name}.${kind} sees ${name} of version ${marker}`, () =>
      seesParent(engine, name, kind, marker),
    );
}

export async function dataOf(engine: EngineConnection, name: string): Promise<string> {
  return (await execIn(engine, name, ["cat", "/data/file"])).trim();
}

/** Of the name, with a suffix after a dot, or with a prefix of Compose's. */
async function present(engine: EngineConnection, name: string): Promise<Present[]> {
  const all = await engine.docker.listContainers({ all: true });
  return all
    .map(({ Names, ImageID, State }) => ({
      // A linked container has more names, each below the one that links it.
      name: (Names.find((one) => one.lastIndexOf("/") === 0) ?? "").slice(1),
      state: State,
      image: ImageID,
    }))
    .filter(
      ({ name: one }) => one === name || one.startsWith(`${name}.`) || one.endsWith(`_${name}`),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
