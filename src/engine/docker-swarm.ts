import type Docker from "dockerode";
import { statusOf, type CallTarget } from "./call.ts";
import { requestEngine, type EngineRequest } from "./request.ts";
import type { SwarmEngine } from "./swarm-engine.ts";
import { readNode, readPeer, readService, readTask, swarmRows } from "./swarm-wire.ts";
import { record } from "./wire.ts";

/** The swarm's side of an engine, over the same connection as the scan's. */
export function swarmEngine(docker: Docker, target: CallTarget): SwarmEngine {
  const ask = (request: EngineRequest, signal: AbortSignal): Promise<unknown> =>
    requestEngine(docker, target, request, signal);
  const list = async (path: string, filters: object, signal: AbortSignal) => {
    const query = { filters: JSON.stringify(filters) };
    return swarmRows(`GET ${path}`, await ask({ method: "GET", path, query }, signal));
  };
  return {
    async node(signal) {
      return readNode(
        record("GET /info", "ID", await ask({ method: "GET", path: "/info" }, signal)),
      );
    },
    async peers(signal) {
      return (await list("/nodes", {}, signal)).map(readPeer);
    },
    async service(idOrName, signal) {
      const path = `/services/${encodeURIComponent(idOrName)}`;
      try {
        return readService(record(`GET ${path}`, "ID", await ask({ method: "GET", path }, signal)));
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw error;
      }
    },
    async tasks(serviceId, signal) {
      return (await list("/tasks", { service: [serviceId] }, signal)).map(readTask);
    },
    async update(serviceId, version, spec, signal) {
      const path = `/services/${encodeURIComponent(serviceId)}/update`;
      await ask({ method: "POST", path, query: { version }, body: spec }, signal);
    },
  };
}
