import { composeProjectOf, type ComposeProject } from "../../domain/compose-project.ts";
import {
  upCommand,
  type ComposeCommand,
  type ComposeProgram,
} from "../../domain/heal/compose-command.ts";
import type { HealCase } from "../../domain/heal/record.ts";
import type { ImageId } from "../../domain/ids.ts";
import { COMPOSE } from "../../domain/labels.ts";
import type { JsonObject } from "../../domain/replacement/json.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import { isAtLeast } from "../../domain/replacement/api-version.ts";
import { lookAt } from "../look.ts";
import type { ComposeCommands } from "./commands.ts";
import { intactDefinition } from "./intact.ts";
import type { ComposePrograms } from "./programs.ts";
import { projectFiles } from "./project-files.ts";
import type { ComposeHealRecord, ComposeReplica } from "./record.ts";
import { replicasOf } from "./replicas.ts";

export interface ComposeRequest {
  /** ID of the heal. */
  readonly heal: string;
  /** Inspect of the container that the heal is for, raw. */
  readonly container: JsonObject;
  readonly newImage: ImageId;
  /** `Config` of an image by its ID, as remembered; null when it was never seen. */
  readonly imageConfig: (id: ImageId) => JsonObject | null;
  /** Recreate also what is fresh. */
  readonly force: boolean;
  /** Names of the containers that join its namespaces, mount its volumes or link to it: Compose, told to recreate this
   *  service alone, would leave them with what is gone. */
  readonly dependents: readonly string[];
}

export interface ComposePlanParts {
  readonly engine: HealEngine;
  readonly commands: ComposeCommands;
  readonly programs: ComposePrograms;
  /** `heal.composeRoots` */
  readonly roots: readonly string[];
}

export interface PlannedCompose {
  readonly kind: "planned";
  readonly project: ComposeProject;
  readonly command: ComposeCommand;
  /** By this name Compose finds the newest image. */
  readonly image: string;
  readonly newImage: ImageId;
  readonly replicas: readonly ComposeReplica[];
  /** What cannot be undone, one sentence each. */
  readonly warnings: readonly string[];
}

export type ComposePlan = PlannedCompose | { readonly kind: "refused"; readonly reason: string };

/** It fails where there is an old container, when it has renamed that already. */
const NO_RECREATE =
  "Compose 1.x cannot recreate a container on Engine 25 and newer: it reads a field of images that these have dropped";

/** What Compose will be told, or why it will be told nothing. Changes nothing. It is as good as the files are old: plan
 *  right before the heal is opened. */
export async function planCompose(
  request: ComposeRequest,
  parts: ComposePlanParts,
  signal: AbortSignal,
): Promise<ComposePlan> {
  const look = lookAt(request.container);
  const refuse = (reason: string): ComposePlan => ({ kind: "refused", reason });
  const answer = composeProjectOf(look.labels, look.name);
  if (answer.kind === "refused") return refuse(answer.reason);
  const { project } = answer;
  const replicas = await replicasOf(project, request, parts.engine, signal);
  if (typeof replicas === "string") return refuse(replicas);
  const program = await parts.programs.find(project.generation, signal);
  if (program.kind === "none") return refuse(program.reason);
  if (project.generation === 1 && isAtLeast(parts.engine.identity.apiVersion, "1.44"))
    return refuse(NO_RECREATE);
  const files = await projectFiles(project, parts.roots);
  if (files.kind === "refused") return refuse(files.reason);
  const question = {
    project,
    program: program.program,
    files: files.files,
    hashes: replicas.map(({ old }) => lookAt(old).labels[COMPOSE.configHash] ?? ""),
    newImage: request.newImage,
  };
  const intact = await intactDefinition(question, parts, signal);
  if (intact.kind === "changed") return refuse(intact.reason);
  const { image } = intact;
  return { ...planned(request, project, replicas, question.program), image };
}

export function composeRecord(heal: HealCase, planned: PlannedCompose): ComposeHealRecord {
  const { project, command, image, newImage, replicas } = planned;
  const siblings = replicas.map(({ subject }) => subject).filter((one) => one !== heal.subject);
  return { ...heal, siblings, method: "compose", project, command, image, newImage, replicas };
}

/** All that are stale go by force: what Compose thinks of it does not matter then. With fresh ones among them it decides
 *  itself, so that those are left alone. */
function planned(
  { newImage, force }: ComposeRequest,
  project: ComposeProject,
  replicas: readonly ComposeReplica[],
  program: ComposeProgram,
): Omit<PlannedCompose, "image"> {
  const allStale = replicas.every(({ imageId }) => imageId !== newImage);
  return {
    kind: "planned",
    project,
    newImage,
    command: upCommand(program, project, {
      scale: replicas.length,
      force: force || allStale,
    }),
    replicas,
    warnings: replicas.flatMap(({ name, wayBack }) =>
      wayBack.kind === "none"
        ? [`if the new one fails, ${name} cannot be brought back: ${wayBack.reason}`]
        : [],
    ),
  };
}
