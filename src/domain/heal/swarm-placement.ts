import type { JsonObject } from "../replacement/json.ts";
import { objectAt, textsAt } from "../replacement/read.ts";
import type { SwarmPeer } from "./swarm-service.ts";

/** The nodes on which Swarm may start tasks of a service, by its placement constraints. Resources and platforms are not
 *  looked at: rather one node too many than one that is overlooked. */
export function nodesFor(spec: JsonObject, peers: readonly SwarmPeer[]): readonly SwarmPeer[] {
  const placement = objectAt(objectAt(spec, "TaskTemplate"), "Placement");
  const constraints = textsAt(placement, "Constraints");
  return peers.filter((peer) => peer.isOpen && constraints.every((one) => allows(one, peer)));
}

const CONSTRAINT = /^\s*(?<key>[\w.-]+)\s*(?<operator>==|!=)\s*(?<value>.*?)\s*$/;

/** As Swarm compares: without regard to case, and a label that is missing is an empty one. What cannot be decided here,
 *  such as an address, rules nothing out. */
function allows(constraint: string, { facts }: SwarmPeer): boolean {
  const { key = "", operator, value = "" } = CONSTRAINT.exec(constraint)?.groups ?? {};
  const isLabel = /^(?:node|engine)\.labels\./.test(key);
  const fact = facts.get(key) ?? (isLabel ? "" : null);
  if (fact === null) return true;
  const same = fact.toLowerCase() === value.toLowerCase();
  return operator === "!=" ? !same : same;
}
