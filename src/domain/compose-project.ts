import { COMPOSE } from "./labels.ts";
import { cleaned } from "./replacement/container-path.ts";
import { isReplica } from "./subject.ts";

type Labels = Readonly<Record<string, string>>;

/** Compose 1.x and all that came after it: they give images and containers other names, and hash otherwise. */
export type ComposeGeneration = 1 | 2;

/** What a container's labels say of the project that it was made from. All paths are absolute. */
export interface ComposeProject {
  readonly generation: ComposeGeneration;
  /** Of the Compose that made it, such as `2.40.3`. */
  readonly version: string;
  readonly project: string;
  readonly service: string;
  /** What relative paths in the files are relative to. */
  readonly directory: string;
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  /** Between the parts of its containers' names; `_` also where 2.x was told `--compatibility`. */
  readonly separator: "-" | "_";
}

export type ComposeProjectAnswer =
  | { readonly kind: "project"; readonly project: ComposeProject }
  | { readonly kind: "refused"; readonly reason: string };

/** Compose's own patterns, but for a leading dash, which would make an option of a name. */
const PROJECT = /^[a-z0-9][a-z0-9_-]*$/;
const SERVICE = /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]*$/;

/** The project, or why it cannot be named again. Labels are anybody's text. */
export function composeProjectOf(labels: Labels, containerName: string): ComposeProjectAnswer {
  const project = labels[COMPOSE.project] ?? "";
  const service = labels[COMPOSE.service] ?? "";
  const { directory, files, envFiles } = projectPaths(labels);
  if (!isReplica(labels) || !PROJECT.test(project) || !SERVICE.test(service))
    return refused("it is not a container of a Compose service");
  if (files.includes("-"))
    return refused("its project was read from standard input, which cannot be read again");
  if (directory === null || files.length === 0)
    return refused("its labels do not say which files it was made from");
  const strange = [directory, ...files, ...envFiles].find((path) => !path.startsWith("/"));
  if (strange !== undefined) return refused(`its project names ${strange}, which is no local path`);
  const generation = composeGeneration(labels);
  const isUnderscored = containerName === [project, service, labels[COMPOSE.number]].join("_");
  return {
    kind: "project",
    project: {
      generation,
      version: labels[COMPOSE.version] ?? "",
      project,
      service,
      directory,
      files,
      envFiles,
      separator: generation === 1 || isUnderscored ? "_" : "-",
    },
  };
}

function refused(reason: string): ComposeProjectAnswer {
  return { kind: "refused", reason };
}

export function composeGeneration(labels: Labels): ComposeGeneration {
  return labels[COMPOSE.version]?.startsWith("1.") === true ? 1 : 2;
}

export interface ProjectPaths {
  readonly directory: string | null;
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
}

/** Absolute as far as the labels tell; `-` stays what it is. */
export function projectPaths(labels: Labels): ProjectPaths {
  const directory = nonEmpty(labels[COMPOSE.workingDir]);
  const files = listed(labels[COMPOSE.configFiles]);
  const start = directory === null ? null : launchFolder(directory, files[0] ?? "");
  const absolute = (path: string): string =>
    path.startsWith("/") || path === "-" || /^\w+:/.test(path) || start === null
      ? path
      : cleaned(`${start}/${path}`);
  return {
    directory,
    files: files.map(absolute),
    envFiles: listed(labels[COMPOSE.environmentFile]).map(absolute),
  };
}

/** Where Compose 1.x was called, which its relative paths are relative to. The project's directory is that of the first
 *  file unless somebody named another one, in which case the two are taken to be the same. */
function launchFolder(directory: string, firstFile: string): string {
  if (firstFile.startsWith("/")) return directory;
  const steps = firstFile.split("/").filter((step) => step !== "" && step !== ".");
  const folders = steps.slice(0, -1);
  const down = folders.filter((step) => step !== "..");
  const up = folders.length - down.length;
  const tail = down.map((step) => `/${step}`).join("");
  if (!directory.endsWith(tail)) return directory;
  // It was called from a folder below, whose name nothing tells. `..` leads out of any.
  return directory.slice(0, directory.length - tail.length) + "/unknown".repeat(up);
}

function nonEmpty(label: string | undefined): string | null {
  return label === undefined || label === "" ? null : label;
}

function listed(label: string | undefined): string[] {
  return (label ?? "").split(",").filter((file) => file !== "");
}
