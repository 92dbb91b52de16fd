import { request } from "node:http";
import { text } from "node:stream/consumers";
import type { Json, JsonObject } from "../../../src/domain/replacement/json.ts";
import type { EngineConnection } from "../../harness/engine.ts";

/** One call to the engine with plain JSON both ways: a client library might drop fields that it does not know. */
export async function call(
  engine: EngineConnection,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: JsonObject,
): Promise<Json> {
  const sent = request({
    socketPath: engine.socketPath,
    path: `/v${engine.apiVersion}${path}`,
    method,
    agent: false,
    headers: { "content-type": "application/json" },
  });
  const answer = new Promise<{ status: number; said: string }>((resolve, reject) => {
    sent.on("error", reject).on("response", (response) => {
      const status = response.statusCode ?? 0;
      text(response).then((said) => resolve({ status, said }), reject);
    });
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const { status, said } = await answer;
  if (status >= 400) throw new Error(`${method} ${path}: ${String(status)} ${said.trim()}`);
  return said.trim() === "" ? null : (JSON.parse(said) as Json);
}

export async function callForObject(...question: Parameters<typeof call>): Promise<JsonObject> {
  const answer = await call(...question);
  if (typeof answer === "object" && answer !== null && !Array.isArray(answer))
    return answer as JsonObject;
  throw new TypeError(`${question[1]} ${question[2]} gave no object`);
}

export function inspect(engine: EngineConnection, container: string): Promise<JsonObject> {
  return callForObject(engine, "GET", `/containers/${container}/json`);
}

export async function create(
  engine: EngineConnection,
  name: string,
  body: JsonObject,
): Promise<string> {
  const path = `/containers/create?name=${encodeURIComponent(name)}`;
  const { Id } = await callForObject(engine, "POST", path, body);
  return String(Id);
}

export function connect(
  engine: EngineConnection,
  network: string,
  container: string,
  endpoint: JsonObject,
): Promise<Json> {
  const body = { Container: container, EndpointConfig: endpoint };
  return call(engine, "POST", `/networks/${encodeURIComponent(network)}/connect`, body);
}
