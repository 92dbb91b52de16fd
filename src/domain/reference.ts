/** How the engine reads image names, after github.com/distribution/reference: familiar names get their registry,
 *  `library/` and `:latest`, so that two spellings of one image compare equal. */
export type Reference =
  | {
      readonly kind: "tag";
      /** With registry and, on Docker Hub, `library/`: `docker.io/library/web`. */
      readonly repository: string;
      readonly tag: string;
    }
  | { readonly kind: "digest"; readonly repository: string; readonly digest: string }
  /** A full image ID, with or without `sha256:`. Short ones look like names: see `idPrefix`. */
  | { readonly kind: "id"; readonly hex: string }
  | { readonly kind: "invalid" };

type TagReference = Extract<Reference, { kind: "tag" }>;

const DEFAULT_REGISTRY = "docker.io";
const INVALID: Reference = { kind: "invalid" };
const FULL_ID = /^(?:sha256:)?([0-9a-f]{64})$/;
const ID_PREFIX = /^(?:sha256:)?([0-9a-f]{4,64})$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const REGISTRY =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
/** The engine's limit for registry and path together. */
const LONGEST_NAME = 255;

export function parseReference(text: string): Reference {
  const id = FULL_ID.exec(text);
  if (id?.[1] !== undefined) return { kind: "id", hex: id[1] };
  const at = text.indexOf("@");
  const named = at < 0 ? text : text.slice(0, at);
  const { name, tag } = splitTag(named);
  const repository = normaliseName(name);
  if (repository === null || !TAG.test(tag)) return INVALID;
  if (at < 0) return { kind: "tag", repository, tag };
  const digest = text.slice(at + 1);
  return DIGEST.test(digest) ? { kind: "digest", repository, digest } : INVALID;
}

/** The hex digits when the text could be an ID or the beginning of one, as the engine accepts it; else null. */
export function idPrefix(text: string): string | null {
  return ID_PREFIX.exec(text)?.[1] ?? null;
}

/** One string per tag of one repository: the key under which local images are indexed. */
export function tagKey(reference: TagReference): string {
  return `${reference.repository}:${reference.tag}`;
}

/** The short form people type, always with its tag: `docker.io/library/web` + `latest` → `web:latest`. */
export function familiarName(reference: TagReference): string {
  return `${familiarRepository(reference.repository)}:${reference.tag}`;
}

/** As the engine does it: of Docker Hub's names only `library/NAME` loses its first part, `library/a/b` does not. */
function familiarRepository(repository: string): string {
  const path = repository.startsWith("docker.io/") ? repository.slice(10) : repository;
  return /^library\/[^/]+$/.test(path) ? path.slice(8) : path;
}

/** A colon before the last slash belongs to a registry's port, not to a tag. */
function splitTag(named: string): { name: string; tag: string } {
  const colon = named.lastIndexOf(":");
  if (colon <= named.lastIndexOf("/")) return { name: named, tag: "latest" };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1) };
}

function normaliseName(name: string): string | null {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const registry = isRegistry(first) ? first : DEFAULT_REGISTRY;
  const path = isRegistry(first) ? name.slice(slash + 1) : name;
  if (registry.length + 1 + path.length > LONGEST_NAME || !REGISTRY.test(registry)) return null;
  if (!path.split("/").every((component) => PATH_COMPONENT.test(component))) return null;
  const hub = registry === "index.docker.io" ? DEFAULT_REGISTRY : registry;
  return hub === DEFAULT_REGISTRY && !path.includes("/")
    ? `${hub}/library/${path}`
    : `${hub}/${path}`;
}

/** The engine's rule: a first component is a registry if it has a dot, a port or a capital, or is `localhost`. */
function isRegistry(first: string): boolean {
  return /[.:A-Z]/.test(first) || first === "localhost" || first.startsWith("[");
}
