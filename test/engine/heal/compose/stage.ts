import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HealCase } from "../../../../src/domain/heal/record.ts";
import { engineId, imageId, type ImageId } from "../../../../src/domain/ids.ts";
import { subjectOf } from "../../../../src/domain/subject.ts";
import { connectHealEngine } from "../../../../src/engine/connect.ts";
import type { HealEngine } from "../../../../src/engine/heal-engine.ts";
import { composeCommands, type ComposeCommands } from "../../../../src/heal/compose/commands.ts";
import { composeEnvironment } from "../../../../src/heal/compose/environment.ts";
import { composeRecord, planCompose, type ComposePlan } from "../../../../src/heal/compose/plan.ts";
import { composePrograms } from "../../../../src/heal/compose/programs.ts";
import type { ComposeHealRecord } from "../../../../src/heal/compose/record.ts";
import { lookAt, type Look } from "../../../../src/heal/look.ts";
import type { Compose } from "../../../harness/compose.ts";
import {
  makeProject,
  type ComposeProject,
  type ProjectDefinition,
} from "../../../harness/compose-project.ts";
import { searchPath } from "../../../harness/command.ts";
import type { ImageDefinition } from "../../../harness/dockerfile.ts";
import type { EngineConnection } from "../../../harness/engine.ts";
import { uniqueName } from "../../../harness/engines-in-tests.ts";
import { execIn } from "../../../harness/exec-in.ts";
import { buildImage, tagImage } from "../../../harness/images.ts";

const NEVER = new AbortController().signal;

export interface Present {
  readonly name: string;
  readonly image: string;
  readonly state: string;
}

/** A Compose project whose service `web` runs stale, with data in an anonymous volume. */
export interface ComposeStage {
  readonly project: ComposeProject;
  /** The container of `web`, and of which there is only one. */
  readonly container: string;
  readonly healEngine: HealEngine;
  readonly commands: ComposeCommands;
  readonly oldImage: ImageId;
  readonly newImage: ImageId;
  plan(options?: PlanOptions): Promise<ComposePlan>;
  /** Of a plan that must not be refused. */
  record(options?: PlanOptions): Promise<ComposeHealRecord>;
  /** All containers of the service, in any state, by name. */
  present(): Promise<readonly Present[]>;
  /** What lies in the volume of a container. */
  data(container?: string): Promise<string>;
  /** Stale anew, whatever became of it; without another build. */
  reset(): Promise<void>;
  clear(): Promise<void>;
}

export interface PlanOptions {
  readonly container?: string;
  readonly force?: boolean;
  readonly roots?: readonly string[];
  readonly dependents?: readonly string[];
}

export interface StageOptions {
  /** Of the new image; default: like the old one, it waits. */
  readonly newImage?: ImageDefinition;
  /** More keys of `web`. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** Of the project. */
  readonly projectKeys?: ProjectDefinition["keys"];
  readonly otherServices?: ProjectDefinition["services"];
  readonly scale?: number;
  /** By another tag, without which the containerd store forgets it as soon as its own moves. */
  readonly keepsOldImage?: boolean;
  /** To be made in the project's folder. */
  readonly folders?: readonly string[];
  /** To be written there, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What `.env` says. */
  readonly env?: string;
  /** The Compose that the heal finds; default: the one that made the container. */
  readonly programsOf?: Compose;
}

export async function composeStage(
  engine: EngineConnection,
  compose: Compose,
  options: StageOptions = {},
): Promise<ComposeStage> {
  const { keys, otherServices, scale = 1 } = options;
  const name = uniqueName("shop");
  const separator = compose.line === "1.29" ? "_" : "-";
  const tag = [name, "web"].join(separator);
  const content = (marker: string, image?: ImageDefinition) => ({
    ...image,
    // Of this stage alone: what one removes is no other's.
    marker: `${name} ${marker}`,
    volumes: ["/data"],
  });
  const services = (marker: string, image?: ImageDefinition): ProjectDefinition["services"] => ({
    ...otherServices,
    web: { build: content(marker, image), ...(keys && { keys }) },
  });
  const project = await makeProject(engine, {
    name,
    services: services("1"),
    ...(options.projectKeys && { keys: options.projectKeys }),
  });
  const files = { ...options.files, ...(options.env !== undefined && { ".env": options.env }) };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project.folder, file), text);
  for (const folder of options.folders ?? []) mkdirSync(join(project.folder, folder));
  const address = { kind: "unix", path: engine.socketPath } as const;
  const healEngine = await connectHealEngine({ address, timeout: 15_000, name: null }, NEVER);
  // As Compose would, with less ado; but for the containerd store, where its images go with their tag, and these do not.
  const build = async (marker: string, image?: ImageDefinition): Promise<ImageId> => {
    if (engine.store === "classic")
      return imageId(await buildImage(engine, { tag, ...content(marker, image) }));
    await compose.run(project, "build", "web");
    return imageId((await engine.docker.getImage(tag).inspect()).Id);
  };
  const oldImage = await build("1");
  await compose.run(project, "up", "-d", "--scale", `web=${String(scale)}`, "web");
  const container = [name, "web", "1"].join(separator);
  const putData = (): Promise<string> =>
    execIn(engine, container, ["sh", "-c", "echo precious > /data/file"]);
  await putData();
  if (options.keepsOldImage === true) await tagImage(engine, oldImage, `${name}-old`);
  await project.write(services("2", options.newImage));
  const newImage = await build("2", options.newImage);
  const environment = composeEnvironment(address, {
    PATH: `${(options.programsOf ?? compose).bin}:${searchPath()}`,
    HOME: "/nonexistent",
  });
  if (environment.kind === "refused") throw new Error(environment.reason);
  const commands = composeCommands(environment.environment);
  const programs = composePrograms(commands);

  const plan = async (heal: string, more: PlanOptions): Promise<ComposePlan> => {
    const inspect = await healEngine.inspect(more.container ?? container, NEVER);
    if (inspect === null) throw new Error("it is not there");
    return planCompose(
      {
        heal,
        container: inspect,
        newImage,
        imageConfig: () => null,
        force: more.force ?? false,
        dependents: more.dependents ?? [],
      },
      {
        engine: healEngine,
        commands,
        programs,
        roots: more.roots ?? [dirname(project.folder)],
      },
      NEVER,
    );
  };

  return {
    project,
    container,
    healEngine,
    commands,
    oldImage,
    newImage,
    plan: (more = {}) => plan("h0", more),
    async record(more = {}) {
      const id = randomBytes(3).toString("hex");
      const planned = await plan(id, more);
      if (planned.kind === "refused") throw new Error(planned.reason);
      const inspect = await healEngine.inspect(more.container ?? container, NEVER);
      const heal = caseFor(lookAt(inspect ?? {}), { id, engine, newImage });
      return composeRecord(heal, planned);
    },
    present: () => present(engine, name),
    data: async (of = container) => (await execIn(engine, of, ["cat", "/data/file"])).trim(),
    async reset() {
      await tagImage(engine, oldImage, tag);
      await compose.run(project, "up", "-d", "--no-build", "--force-recreate", "-V", "web");
      await putData();
      await tagImage(engine, newImage, tag);
    },
    clear: () => project.remove(),
  };
}

function caseFor(
  look: Look,
  more: { readonly id: string; readonly engine: EngineConnection; readonly newImage: ImageId },
): HealCase {
  const { id, engine, newImage } = more;
  return {
    id,
    engine: engineId(engine.id),
    subject: subjectOf(look),
    container: look.name,
    affected: {
      container: look.name,
      project: null,
      service: "web",
      reference: null,
      running: { id: imageId(look.imageId), createdAt: null },
      newest: { id: newImage, tag: "", createdAt: 0, revision: null },
    },
    divergedSince: 0,
    remedy: null,
    by: "daemon",
    openedAt: 0,
  };
}

async function present(engine: EngineConnection, name: string): Promise<readonly Present[]> {
  const filters = {
    label: [`com.docker.compose.project=${name}`, "com.docker.compose.service=web"],
  };
  const all = await engine.docker.listContainers({ all: true, filters });
  const inspects = await Promise.all(
    all.map(({ Id }) =>
      engine.docker
        .getContainer(Id)
        .inspect()
        .catch(() => null),
    ),
  );
  return inspects
    .flatMap((inspect) =>
      inspect === null
        ? []
        : [{ name: inspect.Name.slice(1), image: inspect.Image, state: inspect.State.Status }],
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
