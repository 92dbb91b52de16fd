import { readFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { expect } from "vitest";
import {
  pathPattern,
  readEndpoints,
  type Endpoint,
  type EndpointPart,
} from "../../tools/endpoints.ts";
import type { EngineConnection } from "../harness/engine.ts";
import type { Scene } from "./scene.ts";

const LIST = join(import.meta.dirname, "../../deploy/endpoints.txt");
const ENDPOINTS = readEndpoints(readFileSync(LIST, "utf8"));

/** A socket that passes on to a real engine only what is allowed. */
interface AllowlistProxy {
  readonly host: string;
  /** Those that were asked for so far. */
  readonly used: ReadonlySet<Endpoint>;
  /** What was asked for and not passed on: `POST /v1.41/containers/create`. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** The scene's engine, as far as these parts of the list let it be asked. */
export async function behindProxy(
  scene: Scene,
  parts: readonly EndpointPart[],
): Promise<AllowlistProxy & { expectAllUsed(part: EndpointPart): void }> {
  const allowed = ENDPOINTS.filter(({ part }) => parts.includes(part));
  const proxy = await allowOnly(allowed, scene.engine, scene.file("engine.sock"));
  return {
    ...proxy,
    expectAllUsed: (part) => {
      expect(proxy.refused).toEqual([]);
      const unused = allowed.filter((one) => one.part === part && !proxy.used.has(one));
      expect(unused, "endpoints that nobody asked for").toEqual([]);
    },
  };
}

async function allowOnly(
  endpoints: readonly Endpoint[],
  engine: EngineConnection,
  path: string,
): Promise<AllowlistProxy> {
  const used = new Set<Endpoint>();
  const refused: string[] = [];
  const known = endpoints.map((endpoint) => ({
    endpoint,
    pattern: new RegExp(`^${pathPattern([endpoint])}$`),
  }));
  const server = createServer((asked, response) => {
    const [place = ""] = (asked.url ?? "").split("?");
    const found = known.filter(
      ({ endpoint, pattern }) => endpoint.method === asked.method && pattern.test(place),
    );
    for (const { endpoint } of found) used.add(endpoint);
    if (found.length > 0) {
      relay(engine, asked, response).catch(() => response.destroy());
      return;
    }
    refused.push(`${String(asked.method)} ${place}`);
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    used,
    refused,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Both ways as it comes: an event stream has no end. */
async function relay(
  { socketPath }: EngineConnection,
  asked: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url: path, headers } = asked;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    // A connection of its own: what is destroyed when the answer is over must not be another one's by then.
    const onwards = request({ socketPath, method, path, headers, agent: false }, resolve);
    onwards.on("error", reject);
    response.on("close", () => onwards.destroy());
    asked.pipe(onwards);
  });
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  response.flushHeaders();
  await pipeline(answer, response);
}
