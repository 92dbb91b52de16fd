import type Docker from "dockerode";
import {
  containerId,
  type ContainerId,
  type EpochMs,
  type ImageId,
  type Milliseconds,
} from "../domain/ids.ts";
import type { EngineIdentity } from "../domain/observation.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { statusOf, type CallTarget } from "./call.ts";
import { engineTime } from "./events.ts";
import type { HealEngine } from "./heal-engine.ts";
import { listed } from "./list.ts";
import { demultiplexed } from "./log-stream.ts";
import { hasEndingSignal, lastTime } from "./past-events.ts";
import { requestEngine, type EngineRequest } from "./request.ts";
import { record } from "./wire.ts";

/** The heal's side of an engine, over the same connection as the scan's. */
export function healEngine(
  docker: Docker,
  target: CallTarget,
  identity: EngineIdentity,
): HealEngine {
  const ask = (
    request: EngineRequest,
    signal: AbortSignal,
    patience: Milliseconds = 0,
  ): Promise<unknown> =>
    requestEngine(docker, { ...target, timeout: target.timeout + patience }, request, signal);
  const look = async (
    path: string,
    key: string,
    signal: AbortSignal,
  ): Promise<JsonObject | null> => {
    try {
      return record(`GET ${path}`, key, await ask({ method: "GET", path }, signal)) as JsonObject;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  };
  const act = async (
    id: ContainerId,
    verb: string,
    more: Omit<EngineRequest, "method" | "path">,
    signal: AbortSignal,
    patience?: Milliseconds,
  ): Promise<void> => {
    await ask({ method: "POST", path: `/containers/${id}/${verb}`, ...more }, signal, patience);
  };
  const past = (
    id: ContainerId,
    event: string,
    since: EpochMs,
    signal: AbortSignal,
  ): Promise<unknown> => {
    const filters = { type: ["container"], container: [id], event: [event] };
    const span = { since: engineTime(since), until: engineTime(Date.now()) };
    const query = { ...span, filters: JSON.stringify(filters) };
    return ask({ method: "GET", path: "/events", query }, signal);
  };
  const network: HealEngine["inspectNetwork"] = (name, signal) =>
    look(`/networks/${encodeURIComponent(name)}`, "Id", signal);
  const volume: HealEngine["inspectVolume"] = (name, signal) =>
    look(`/volumes/${encodeURIComponent(name)}`, "Name", signal);
  return {
    identity,
    inspect: (idOrName, signal) =>
      look(`/containers/${encodeURIComponent(idOrName)}/json`, "Id", signal),
    inspectImage: (image, signal) => look(`/images/${image}/json`, "Id", signal),
    async list({ labels = [], beginnings = [], states = [] }, signal) {
      const filters = { label: labels, name: beginnings.map(beginningPattern), status: states };
      const query = { all: true, filters: JSON.stringify(filters) };
      const path = "/containers/json";
      const found = await listed(path, () => ask({ method: "GET", path, query }, signal));
      return found.map(({ Id }) => containerId(String(Id)));
    },
    inspectNetwork: network,
    inspectVolume: volume,
    hasVolume: async (name, signal) => (await volume(name, signal)) !== null,
    async create(name, body, signal) {
      const request = {
        method: "POST",
        path: "/containers/create",
        query: { name },
        body,
      } as const;
      const answer = record("POST /containers/create", "Id", await ask(request, signal));
      return containerId(String(answer["Id"]));
    },
    async connectNetwork(network, id, endpoint, signal) {
      const path = `/networks/${encodeURIComponent(network)}/connect`;
      await ask(
        { method: "POST", path, body: { Container: id, EndpointConfig: endpoint } },
        signal,
      );
    },
    stop: (id, patience, signal) => act(id, "stop", {}, signal, patience),
    start: (id, signal) => act(id, "start", {}, signal),
    rename: (id, name, signal) => act(id, "rename", { query: { name } }, signal),
    setRestartPolicy: (id, policy, signal) =>
      act(id, "update", { body: { RestartPolicy: policy } }, signal),
    async remove(id, { volumes }, signal) {
      await ask({ method: "DELETE", path: `/containers/${id}`, query: { v: volumes } }, signal);
    },
    async removeImage(id: ImageId, signal) {
      await ask({ method: "DELETE", path: `/images/${id}`, query: { noprune: true } }, signal);
    },
    exitedAt: async (id, since, signal) => lastTime(await past(id, "die", since, signal)),
    wasToldToEnd: async (id, since, signal) =>
      hasEndingSignal(await past(id, "kill", since, signal)),
    async logs(id, lines, signal) {
      const query = { stdout: true, stderr: true, tail: lines };
      const answer = await ask({ method: "GET", path: `/containers/${id}/logs`, query }, signal);
      return demultiplexed(answer);
    },
  };
}

/** As the engine matches names: by a regular expression, with the leading slash or without. */
function beginningPattern(beginning: string): string {
  return `^/?${beginning.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`;
}
