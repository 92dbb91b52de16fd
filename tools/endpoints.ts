/** Which part of stalewatch asks for it: see deploy/endpoints.txt. */
export const ENDPOINT_PARTS = ["alert", "heal", "swarm"] as const;
export type EndpointPart = (typeof ENDPOINT_PARTS)[number];

/** One line of deploy/endpoints.txt. */
export interface Endpoint {
  readonly part: EndpointPart;
  readonly method: string;
  /** `/containers/{id}/json`. */
  readonly path: string;
}

export function readEndpoints(text: string): readonly Endpoint[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [part = "", method = "", path = ""] = line.split(/\s+/);
      const known = ENDPOINT_PARTS.find((one) => one === part);
      if (known === undefined) throw new Error(`deploy/endpoints.txt has no such part: ${line}`);
      return { part: known, method, path };
    });
}

/** A regular expression for the paths of these endpoints, with or without the version of the API before them. The same in
 *  JavaScript and Go. */
export function pathPattern(endpoints: readonly Endpoint[]): string {
  return `(/v1\\.[0-9]+)?(${endpoints.map(({ path }) => onePattern(path)).join("|")})`;
}

function onePattern(path: string): string {
  return path.replaceAll("{id}", "[^/]+").replaceAll("{ref}", ".+");
}

/** The arguments of wollomatic/socket-proxy that let these through and nothing else. */
export function proxyArguments(endpoints: readonly Endpoint[]): readonly string[] {
  const byMethod = Map.groupBy(endpoints, ({ method }) => method);
  return Array.from(byMethod, ([method, some]) => `-allow${method}=${pathPattern(some)}`);
}
