/** How a request to the engine ended, for counting: `failed` is also an answer such as 404. */
export type CallEnd = "ok" | "failed";

const PLAIN = ["version", "info", "events", "containers", "images", "nodes", "tasks"];
const OF_ONE = ["containers", "images", "networks", "volumes", "services"];
const OF_ALL = ["json", "create"];
const VERBS = ["json", "start", "stop", "rename", "update", "logs", "connect"];

/** A request's path without what it is about, one of a few dozen at the most: `/containers/{id}/json`. */
export function endpointOf(path: string): string {
  const [, kind = "", ...rest] = path.split("/");
  if (rest.length === 0) return PLAIN.includes(kind) ? `/${kind}` : "other";
  const last = rest.at(-1) ?? "";
  if (!OF_ONE.includes(kind)) return "other";
  if (rest.length === 1) return OF_ALL.includes(last) ? `/${kind}/${last}` : `/${kind}/{id}`;
  return VERBS.includes(last) ? `/${kind}/{id}/${last}` : `/${kind}/{id}`;
}
