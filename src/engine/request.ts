import type Docker from "dockerode";
import type { Json } from "../domain/replacement/json.ts";
import { callEngine, type CallTarget } from "./call.ts";
import { endpointOf, type CallEnd } from "./endpoint.ts";

export type Query = Readonly<Record<string, boolean | number | string>>;

export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Without the version and the query. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON, raw. */
  readonly body?: Json;
}

/** All that an engine answers well with; 304 says that it was so already. */
const GOOD = { 200: true, 201: true, 204: true, 304: true } as const;
const BAD = { 404: "not found", 409: "conflict", 500: "server error" } as const;

/** One request through the library's transport. Its own methods drop the signal or the query of some requests, and put
 *  bodies together field by field. */
export async function requestEngine(
  docker: Docker,
  target: CallTarget,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<unknown> {
  let end: CallEnd = "failed";
  try {
    const answer = await dial(docker, target, request, signal);
    end = "ok";
    return answer;
  } finally {
    target.onCall?.(endpointOf(request.path), end);
  }
}

function dial(
  docker: Docker,
  target: CallTarget,
  { method, path, query = {}, body = {} }: EngineRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const modem = docker.modem as Modem;
  return callEngine(`${method} ${path}`, target, signal, (abortSignal) => {
    const options = {
      path: Object.keys(query).length > 0 ? `${path}?` : path,
      method,
      options: { _query: query, _body: body },
      abortSignal,
      statusCodes: { ...GOOD, ...BAD },
    };
    return new Promise((resolve, reject) => {
      modem.dial(options, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
  });
}

interface Modem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void;
}
