import type { IncomingMessage } from "node:http";
import { addAbortSignal } from "node:stream";
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
  return counted(target, request, () =>
    callEngine(`${request.method} ${request.path}`, target, signal, (either) =>
      dial(docker, request, { abortSignal: either }),
    ),
  );
}

/** Tells whoever counts how it ended. */
async function counted<T>(
  { onCall }: CallTarget,
  { path }: EngineRequest,
  work: () => Promise<T>,
): Promise<T> {
  let end: CallEnd = "failed";
  try {
    const answer = await work();
    end = "ok";
    return answer;
  } finally {
    onCall?.(endpointOf(path), end);
  }
}

/** One request whose answer has no end. The deadline is for its beginning; it goes on until the signal aborts. */
export function openEngineStream(
  docker: Docker,
  target: CallTarget,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const life = new AbortController();
  const end = (): void => {
    life.abort(signal.reason);
  };
  signal.addEventListener("abort", end, { once: true });
  const begin = async (either: AbortSignal): Promise<IncomingMessage> => {
    either.addEventListener("abort", end, { once: true });
    const options = { abortSignal: life.signal, isStream: true };
    const answer = (await dial(docker, request, options)) as IncomingMessage;
    either.removeEventListener("abort", end);
    answer.once("close", () => {
      signal.removeEventListener("abort", end);
    });
    // Whoever reads it hears of errors, too; before that nobody would.
    answer.on("error", () => undefined);
    return addAbortSignal(life.signal, answer);
  };
  return counted(target, request, () =>
    callEngine(`${request.method} ${request.path}`, target, signal, begin),
  );
}

function dial(
  docker: Docker,
  { method, path, query = {}, body = {} }: EngineRequest,
  more: object,
): Promise<unknown> {
  const modem = docker.modem as Modem;
  const options = {
    path: Object.keys(query).length > 0 ? `${path}?` : path,
    method,
    options: { _query: query, _body: body },
    statusCodes: { ...GOOD, ...BAD },
    ...more,
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

interface Modem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void;
}
