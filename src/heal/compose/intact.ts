import { createHash } from "node:crypto";
import { yamlValues } from "../../config/yaml-text.ts";
import type { ComposeProject } from "../../domain/compose-project.ts";
import {
  definitionCommand,
  hashCommand,
  type ComposeCommand,
  type ComposeProgram,
} from "../../domain/heal/compose-command.ts";
import {
  hashedText,
  printedHash,
  serviceDefinition,
  type ComposeResource,
  type ServiceDefinition,
} from "../../domain/heal/compose-definition.ts";
import { blankVariables } from "../../domain/heal/compose-files.ts";
import type { ImageId, Milliseconds } from "../../domain/ids.ts";
import { COMPOSE } from "../../domain/labels.ts";
import type { Json, JsonObject } from "../../domain/replacement/json.ts";
import { objectAt, textAt } from "../../domain/replacement/read.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { CommandEnd, ComposeCommands } from "./commands.ts";
import type { ProjectFiles } from "./project-files.ts";
import { reasonIn } from "./words.ts";

export interface IntactQuestion {
  readonly project: ComposeProject;
  readonly program: ComposeProgram;
  readonly files: ProjectFiles;
  /** What the service's containers say they were made from: the hash of its definition. */
  readonly hashes: readonly string[];
  readonly newImage: ImageId;
}

export interface IntactParts {
  readonly engine: HealEngine;
  readonly commands: ComposeCommands;
}

const PATIENCE: Milliseconds = 60_000;

export type IntactAnswer =
  | {
      readonly kind: "intact";
      /** By this name Compose finds the newest image. */
      readonly image: string;
    }
  | { readonly kind: "changed"; readonly reason: string };

/** Whether Compose would make of the project's files what the container is, on its newest image. */
export async function intactDefinition(
  question: IntactQuestion,
  parts: IntactParts,
  signal: AbortSignal,
): Promise<IntactAnswer> {
  const read = await readDefinition(question, parts, signal);
  if (typeof read === "string") return { kind: "changed", reason: read };
  const reason =
    (await (question.project.generation === 1
      ? unsetVariables(question)
      : otherHash(question, read, parts, signal))) ??
    (await otherImage(question, read, parts, signal)) ??
    (await otherResource(read, parts, signal));
  return reason === null ? { kind: "intact", image: read.image } : { kind: "changed", reason };
}

/** The definition, or in words why there is none. */
async function readDefinition(
  { project, program }: IntactQuestion,
  { commands }: IntactParts,
  signal: AbortSignal,
): Promise<ServiceDefinition | string> {
  const end = await ask(definitionCommand(program, project), commands, signal);
  if (end.exitCode !== 0) return `Compose cannot read the project's files: ${reasonIn(end)}`;
  const document = project.generation === 1 ? await yamlValues(end.stdout) : parsedJson(end.stdout);
  const definition = serviceDefinition(document, project);
  return definition ?? `the project's files have no service ${project.service} any more`;
}

function ask(
  command: ComposeCommand,
  commands: ComposeCommands,
  signal: AbortSignal,
): Promise<CommandEnd> {
  return commands.run(command, { patience: PATIENCE }, signal);
}

function parsedJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

const CHANGED = "the project's files are not what the container was made from";

/** The hash of 1.x holds the image too, so it says nothing here. A blank where a value was is what a missing `.env`
 *  makes; 1.x only warns of it. */
function unsetVariables({ files }: IntactQuestion): string | null {
  const blank = blanksIn(files);
  return blank.length === 0 ? null : `${CHANGED}: ${notSet(blank)}`;
}

function blanksIn({ documents, variables }: ProjectFiles): readonly string[] {
  return blankVariables(documents, new Set([...variables, "PATH", "HOME"]));
}

function notSet(names: readonly string[]): string {
  return `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not set in its environment file`;
}

async function otherHash(
  { project, program, files, hashes }: IntactQuestion,
  { sharesNamespace }: ServiceDefinition,
  { commands }: IntactParts,
  signal: AbortSignal,
): Promise<string | null> {
  if (sharesNamespace)
    return "it shares another container's namespace, whose ID is part of its hash: whether the project's files changed cannot be told";
  const end = await ask(hashCommand(program, project), commands, signal);
  const hash = printedHash(end.stdout, project.service);
  if (hash === null) return `Compose gives no hash for ${project.service}: ${reasonIn(end)}`;
  if (hashes.every((one) => one === hash)) return null;
  const blank = blanksIn(files);
  if (blank.length > 0) return `${CHANGED}: ${notSet(blank)}`;
  return program.version.startsWith(project.version)
    ? CHANGED
    : `${CHANGED}, or Compose ${program.version} hashes them otherwise than ${project.version} did`;
}

async function otherImage(
  { newImage }: IntactQuestion,
  { image }: ServiceDefinition,
  { engine }: IntactParts,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await engine.inspectImage(image, signal);
  if (found !== null && textAt(found, "Id") === newImage) return null;
  return `the project's files say image ${image}, which is not the newest image`;
}

/** Compose 2.x from about 2.30 on takes down a whole network whose definition changed, and asks to empty a volume. */
async function otherResource(
  { resources }: ServiceDefinition,
  { engine }: IntactParts,
  signal: AbortSignal,
): Promise<string | null> {
  for (const resource of resources) {
    const found = await inspected(resource, engine, signal);
    const hash = textAt(objectAt(found, "Labels"), COMPOSE.configHash);
    if (hash === "" || hash === sha256(hashedText(resource))) continue;
    return `${CHANGED}: ${resource.kind} ${resource.name} is defined otherwise, so that Compose would replace it`;
  }
  return null;
}

async function inspected(
  { kind, name }: ComposeResource,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<JsonObject> {
  const found =
    kind === "network" ? engine.inspectNetwork(name, signal) : engine.inspectVolume(name, signal);
  return (await found) ?? {};
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
