import type { ServiceDefinition } from "../../domain/heal/compose-definition.ts";
import { blankVariables } from "../../domain/heal/compose-files.ts";
import { textAt } from "../../domain/replacement/read.ts";
import { readDefinition } from "./definition.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { IntactParts, IntactQuestion } from "./question.ts";
import { isSameHash } from "./same-hash.ts";
import { changedResource } from "./same-resources.ts";

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
  if (read.kind === "none") return { kind: "changed", reason: read.reason };
  const { definition, text } = read;
  const reason =
    (await otherDefinition(question, { definition, text }, parts, signal)) ??
    (await otherImage(question, definition, parts, signal)) ??
    (await otherResource(definition, parts, signal));
  return reason === null
    ? { kind: "intact", image: definition.image }
    : { kind: "changed", reason };
}

const CHANGED = "the project's files are not what the container was made from";
const UNTELLABLE =
  "it shares another container's namespace, whose ID is part of its hash: whether the project's files changed cannot be told";

function otherDefinition(
  question: IntactQuestion,
  { definition, text }: { readonly definition: ServiceDefinition; readonly text: string },
  parts: IntactParts,
  signal: AbortSignal,
): Promise<string | null> | string | null {
  if (question.project.generation === 1) return unsetVariables(question);
  return definition.sharesNamespace ? UNTELLABLE : otherHash(question, text, parts, signal);
}

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
  question: IntactQuestion,
  definition: string,
  parts: IntactParts,
  signal: AbortSignal,
): Promise<string | null> {
  if (await isSameHash(question, definition, parts, signal)) return null;
  const { project, program, files } = question;
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

async function otherResource(
  { resources }: ServiceDefinition,
  { engine }: IntactParts,
  signal: AbortSignal,
): Promise<string | null> {
  const changed = await changedResource(resources, engine, signal);
  if (changed === null) return null;
  return `${CHANGED}: ${changed.kind} ${changed.name} is defined otherwise, so that Compose would replace it`;
}
