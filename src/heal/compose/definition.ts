import { yamlValues } from "../../config/yaml-text.ts";
import { definitionCommand } from "../../domain/heal/compose-command.ts";
import { serviceDefinition, type ServiceDefinition } from "../../domain/heal/compose-definition.ts";
import type { Json } from "../../domain/replacement/json.ts";
import { ask, type IntactParts, type IntactQuestion } from "./question.ts";
import { reasonIn } from "./words.ts";

export type DefinitionAnswer =
  | {
      readonly kind: "definition";
      readonly definition: ServiceDefinition;
      /** The whole of it, as Compose printed it. May hold secrets. */
      readonly text: string;
    }
  | { readonly kind: "none"; readonly reason: string };

/** The service's definition as Compose reads it now. */
export async function readDefinition(
  { project, program }: IntactQuestion,
  { commands }: IntactParts,
  signal: AbortSignal,
): Promise<DefinitionAnswer> {
  const end = await ask(definitionCommand(program, project), commands, signal);
  if (end.exitCode !== 0) return none(`Compose cannot read the project's files: ${reasonIn(end)}`);
  const { stdout: text } = end;
  const document = project.generation === 1 ? await yamlValues(text) : parsedJson(text);
  const definition = serviceDefinition(document, project);
  return definition === null
    ? none(`the project's files have no service ${project.service} any more`)
    : { kind: "definition", definition, text };
}

function none(reason: string): DefinitionAnswer {
  return { kind: "none", reason };
}

function parsedJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
