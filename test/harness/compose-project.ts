import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUpAtExit } from "./at-exit.ts";
import { type ImageContent, writeBuildContext } from "./build-context.ts";
import { dockerfileOf, type ImageDefinition } from "./dockerfile.ts";
import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { removeLabelled } from "./remove-labelled.ts";

type Keys = Readonly<Record<string, unknown>>;

export interface ServiceDefinition {
  /** What is built for it. Without it `keys` names an image. */
  readonly build?: (ImageDefinition & ImageContent) | undefined;
  /** Anything else, as in a Compose file. */
  readonly keys?: Keys | undefined;
}

export interface ProjectDefinition {
  /** Lower case. Its folder is called so, and with it the project. */
  readonly name: string;
  readonly services: Readonly<Record<string, ServiceDefinition>>;
  /** Anything else at the top level: `volumes`, `networks`, `configs`. */
  readonly keys?: Keys | undefined;
}

/** A Compose file with its build contexts in a temporary folder. */
export interface ComposeProject {
  readonly name: string;
  readonly folder: string;
  /** Writes all anew: what a build then makes, and what an `up` then wants. */
  write(services: ProjectDefinition["services"]): Promise<void>;
  /** Removes what was made under its name, and the folder. */
  remove(): Promise<void>;
}

export async function makeProject(
  engine: EngineConnection,
  definition: ProjectDefinition,
): Promise<ComposeProject> {
  // Nobody else may write there: a Compose file decides what runs as root.
  const place = mkdtempSync(join(realpathSync(tmpdir()), "stalewatch-project-"));
  const folder = join(place, definition.name);
  mkdirSync(folder, { mode: 0o755 });
  const discard = (): void => {
    rmSync(place, { recursive: true, force: true });
  };
  const takeBack = cleanUpAtExit(discard);
  const write = (services: ProjectDefinition["services"]): Promise<void> =>
    writeProject(engine, folder, { ...definition, services });
  await write(definition.services);
  return {
    name: definition.name,
    folder,
    write,
    remove: async () => {
      await removeLabelled(engine.docker, definition.name, "com.docker.compose.project");
      discard();
      takeBack();
    },
  };
}

async function writeProject(
  engine: EngineConnection,
  folder: string,
  { services, keys }: ProjectDefinition,
): Promise<void> {
  const marks = { [TEST_LABEL]: engine.runId };
  for (const [service, { build }] of Object.entries(services)) {
    if (build === undefined) continue;
    await writeBuildContext(join(folder, service), dockerfileOf(build, marks), build.files ?? {});
  }
  const file = {
    ...keys,
    ...markedResources(keys, marks),
    services: servicesOf(services, marks),
  };
  // JSON is YAML.
  writeFileSync(join(folder, "compose.yaml"), JSON.stringify(file, null, 2));
}

function servicesOf(services: ProjectDefinition["services"], marks: Keys): Keys {
  return mapValues(services, ({ build, keys }, service) => ({
    ...(build === undefined ? {} : { build: `./${service}` }),
    ...keys,
    labels: { ...(keys?.["labels"] as Keys | undefined), ...marks },
  }));
}

/** What the tests find again to remove it, should the project's own removal not come to it. */
function markedResources(keys: Keys | undefined, marks: Keys): Keys {
  const marked = (resources: unknown): Keys =>
    mapValues(resources as Keys, (resource) => ({ ...(resource as Keys | null), labels: marks }));
  return {
    networks: marked({ default: null, ...(keys?.["networks"] as Keys | undefined) }),
    volumes: marked(keys?.["volumes"] ?? {}),
  };
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value, key)]),
  );
}
