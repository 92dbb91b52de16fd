import type { ComposeProject } from "../compose-project.ts";
import type { Json, JsonObject } from "../replacement/json.ts";
import { isObject, objectAt, textAt } from "../replacement/read.ts";

/** A network or volume of a service, as its project defines it. */
export interface ComposeResource {
  readonly kind: "network" | "volume";
  /** As the engine knows it. */
  readonly name: string;
  readonly definition: JsonObject;
}

/** One service with all variables filled in. */
export interface ServiceDefinition {
  /** By this name Compose finds the image. */
  readonly image: string;
  /** Those that Compose looks after itself. */
  readonly resources: readonly ComposeResource[];
  readonly sharesNamespace: boolean;
}

/** Reads what `config` printed; null where it has no such service. */
export function serviceDefinition(
  document: Json,
  project: ComposeProject,
): ServiceDefinition | null {
  if (!isObject(document)) return null;
  const service = objectAt(document, "services")[project.service];
  if (!isObject(service)) return null;
  return {
    image: textAt(service, "image") || [project.project, project.service].join(project.separator),
    resources: [
      ...resourcesOf("network", objectAt(document, "networks")),
      ...resourcesOf("volume", objectAt(document, "volumes")),
    ],
    sharesNamespace: ["network_mode", "ipc", "pid"].some((key) =>
      /^(?:service|container):/.test(textAt(service, key)),
    ),
  };
}

function resourcesOf(kind: ComposeResource["kind"], resources: JsonObject): ComposeResource[] {
  return Object.values(resources).flatMap((definition) =>
    isObject(definition) && definition["external"] !== true && textAt(definition, "name") !== ""
      ? [{ kind, name: textAt(definition, "name"), definition }]
      : [],
  );
}

/** The text whose SHA-256 Compose 2.x writes on a network or volume that it makes: the definition as Go prints it. */
export function hashedText({ kind, definition }: ComposeResource): string {
  const { name = "", driver = "local", ...others } = definition;
  const hashed = kind === "volume" ? { name, driver, ...others } : definition;
  return JSON.stringify(hashed).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The hash in what `config --hash SERVICE` printed: `web 0caaf544…`. */
export function printedHash(output: string, service: string): string | null {
  const line = output.split("\n").find((one) => one.startsWith(`${service} `));
  return line?.slice(service.length + 1).trim() ?? null;
}
