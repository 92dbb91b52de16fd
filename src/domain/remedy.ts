import { composeGeneration, projectPaths } from "./compose-project.ts";
import type { Strategy } from "./policy.ts";
import { isReplica } from "./subject.ts";
import { swarmPlaceOf } from "./swarm.ts";
import type { Judgement, NewestImage } from "./verdict.ts";

type Remediable = Pick<Judgement, "container" | "project" | "service" | "replicas"> & Target;

/** What should run, where that is known. */
interface Target {
  readonly strategy: Strategy;
  readonly newest?: NewestImage;
}

/** The command that ends the divergence, to be typed on the host (for a Swarm task: on a manager), or null where none
 *  can be named: only the services of Compose and Swarm have one, and no label may pass for an option. */
export function remedyFor(judgement: Remediable): string | null {
  const swarm = swarmPlaceOf(judgement.container.labels);
  return swarm === null ? composeRemedy(judgement) : swarmRemedy(swarm.service, judgement);
}

/** Never by its container: Swarm would start another one beside it. A tag that did not move makes Swarm do nothing
 *  unless it is forced; another tag has to be named, which Swarm must not look up in a registry. */
export function swarmRemedy(service: string, { strategy, newest }: Target): string | null {
  if (service.startsWith("-")) return null;
  const how =
    strategy === "newest-tag" && newest !== undefined
      ? ["--no-resolve-image", "--image", newest.tag]
      : ["--force"];
  return ["docker", "service", "update", ...how, service].map(quote).join(" ");
}

function composeRemedy({ container, project, service, replicas }: Remediable): string | null {
  return project === null || service === null
    ? null
    : recreateCommand(container.labels, { project, service, replicas });
}

/** A Compose service as it runs. */
export interface RunningService {
  readonly project: string;
  readonly service: string;
  /** How many containers it has. */
  readonly replicas: number;
}

/** Recreates one service; no label may pass for an option. It names the files, because a project's name alone finds them
 *  only from inside its directory, and the scale, because `up` would go back to what the files say. */
export function recreateCommand(
  labels: Labels,
  { project, service, replicas }: RunningService,
): string | null {
  // A project that was read from standard input cannot be named again.
  const isFromStdin = projectPaths(labels).files.includes("-");
  if (service.startsWith("-") || !isReplica(labels) || isFromStdin) return null;
  const program = composeGeneration(labels) === 1 ? ["docker-compose"] : ["docker", "compose"];
  const words = [...program, ...filesOf(labels), "-p", project];
  const scale = replicas > 1 ? ["--scale", `${service}=${replicas}`] : [];
  return [...words, "up", "-d", "--no-deps", "--force-recreate", ...scale, service]
    .map(quote)
    .join(" ");
}

/** Without its environment file, Compose would recreate the service with blank variables. */
function filesOf(labels: Labels): string[] {
  const { directory, files, envFiles } = projectPaths(labels);
  const elsewhere = files[0] !== undefined && directory && folderOf(files[0]) !== directory;
  return [
    ...files.flatMap((path) => ["-f", path]),
    ...(elsewhere ? ["--project-directory", directory] : []),
    ...envFiles.flatMap((path) => ["--env-file", path]),
  ];
}

type Labels = Readonly<Record<string, string>>;

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

const SAFE = /^[\w@%+=:,./-]+$/;

/** For a POSIX shell. Labels are anybody's text: nothing in them may become a second command. */
export function quote(word: string): string {
  return SAFE.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
