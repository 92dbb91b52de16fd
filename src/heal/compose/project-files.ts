import { readFile, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { yamlValues } from "../../config/yaml-text.ts";
import type { ComposeProject } from "../../domain/compose-project.ts";
import { drawnInBy, variablesSetIn } from "../../domain/heal/compose-files.ts";
import type { Json } from "../../domain/replacement/json.ts";
import { trustedPath } from "./trusted-path.ts";

/** A project's files as they are written. */
export interface ProjectFiles {
  readonly documents: readonly Json[];
  /** Variables that its environment files set. */
  readonly variables: ReadonlySet<string>;
}

export type FilesAnswer =
  | { readonly kind: "files"; readonly files: ProjectFiles }
  | { readonly kind: "refused"; readonly reason: string };

/** Reads the files that make a project, each of which must lie in one of the roots and be nobody else's to change. */
export async function projectFiles(
  project: ComposeProject,
  roots: readonly string[],
): Promise<FilesAnswer> {
  const gate = await gateTo(roots);
  const environment = await environmentFiles(project);
  const doubt =
    (await gate(project.directory, "folder")) ??
    (await firstDoubt([...project.files, ...environment], gate));
  if (doubt !== null) return { kind: "refused", reason: doubt };
  const documents = await Promise.all(project.files.map(readYaml));
  // The hash that 2.x is held to covers what its files draw in.
  const drawn = project.generation === 1 ? await drawnIn(documents, project.directory, gate) : [];
  if (typeof drawn === "string") return { kind: "refused", reason: drawn };
  const texts = await Promise.all(environment.map((path) => readFile(path, "utf8")));
  const variables = new Set(texts.flatMap(variablesSetIn));
  return { kind: "files", files: { documents: [...documents, ...drawn], variables } };
}

/** Why a path is not let through, or null. */
type Gate = (path: string, kind: "file" | "folder") => Promise<string | null>;

async function gateTo(roots: readonly string[]): Promise<Gate> {
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  return async (path, kind) => {
    const answer = await trustedPath(path, kind);
    if (answer.kind !== "trusted") return answer.reason;
    const isInside = real.some((root) => root !== null && `${answer.path}/`.startsWith(`${root}/`));
    return isInside ? null : `${path} is not inside heal.composeRoots`;
  };
}

async function firstDoubt(paths: readonly string[], gate: Gate): Promise<string | null> {
  for (const path of paths) {
    const doubt = await gate(path, "file");
    if (doubt !== null) return doubt;
  }
  return null;
}

/** `.env` of the project's directory, which may be absent, unless others were named. */
async function environmentFiles({ envFiles, directory }: ComposeProject): Promise<string[]> {
  if (envFiles.length > 0) return [...envFiles];
  const standard = join(directory, ".env");
  return (await trustedPath(standard, "file")).kind === "absent" ? [] : [standard];
}

async function readYaml(path: string): Promise<Json> {
  return yamlValues(await readFile(path, "utf8"));
}

/** Further Compose files that these draw in, directly or not, or why one of the files drawn in is not let through. */
async function drawnIn(
  documents: readonly Json[],
  base: string,
  gate: Gate,
): Promise<Json[] | string> {
  const found = new Map<string, Json>();
  const pending = documents.map((document) => ({ document, base }));
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { extended, environment } = drawnInBy(next.document);
    const variable = [...extended, ...environment].find((path) => path.includes("$"));
    if (variable !== undefined) return `its project names a file by a variable: ${variable}`;
    const from = next.base;
    const files = extended.map((path) => resolve(from, path));
    const others = environment.map((path) => resolve(from, path));
    const doubt = await firstDoubt([...files, ...others], gate);
    if (doubt !== null) return doubt;
    for (const path of files.filter((file) => !found.has(file))) {
      const document = await readYaml(path);
      found.set(path, document);
      pending.push({ document, base: dirname(path) });
    }
  }
  return [...found.values()];
}
