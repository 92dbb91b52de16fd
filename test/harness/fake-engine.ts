import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineAddress, TlsFiles } from "../../src/engine/address.ts";
import { cleanUpAtExit } from "./at-exit.ts";

/** How one request is answered, once its path is known. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** What an engine would say of itself and of all that is on it; any value can be given, right or wrong. */
export interface FakeHost {
  readonly version?: unknown;
  readonly info?: unknown;
  /** Rows of `GET /containers/json`. */
  readonly containers?: unknown;
  /** Rows of `GET /images/json`. */
  readonly images?: unknown;
  /** By ID, for `GET /containers/{id}/json`; one that is missing is 404. */
  readonly containerInspects?: ReadonlyMap<string, unknown>;
  readonly imageInspects?: ReadonlyMap<string, unknown>;
  /** `GET /networks/bridge`; 404 where there is none. */
  readonly bridge?: unknown;
}

export interface FakeOptions {
  /** Default: a Unix socket. */
  readonly listen?: "unix" | "tcp" | undefined;
  /** PEM texts; a client must show a certificate that `ca` signed, if that is given. */
  readonly tls?:
    { readonly cert: string; readonly key: string; readonly ca?: string | undefined } | undefined;
}

/** A program that speaks like a Docker engine as far as it is told to. */
export interface FakeEngine {
  readonly address: EngineAddress;
  /** Every request so far, as `GET /v1.41/info`, in the order of their coming. */
  readonly requests: readonly string[];
  /** Connections that are open now. */
  readonly connections: number;
  /** Its address with the client's side of TLS. */
  addressWith(tls: TlsFiles): EngineAddress;
  /** What it is from now on. */
  serve(host: FakeHost): void;
  /** Answers a path, given without its version prefix and query, in this way from now on. */
  on(path: string, behaviour: Behaviour): void;
  /** Forgets the requests so far. */
  forgetRequests(): void;
  close(): Promise<void>;
}

export const VERSION = { Version: "20.10.24", ApiVersion: "1.41", MinAPIVersion: "1.12" };
export const INFO = { ID: "FAKE:ENGINE", Name: "fake-host", DriverStatus: [] };

export async function startFakeEngine(
  host: FakeHost = {},
  options: FakeOptions = {},
): Promise<FakeEngine> {
  const behaviours = new Map<string, Behaviour>();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let current = host;
  const listener: RequestListener = (request, response) => {
    requests.push(`${String(request.method)} ${String(request.url)}`);
    const path = bare(String(request.url));
    (behaviours.get(path) ?? answerOf(current, path))(request, response);
  };
  const server = options.tls
    ? createTlsServer({ ...options.tls, requestCert: options.tls.ca !== undefined }, listener)
    : createServer(listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // A client that goes away in the middle is what some tests are about.
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  const { address, remove } = await listen(server, options);
  return {
    address,
    requests,
    get connections() {
      return sockets.size;
    },
    addressWith: (tls) => (address.kind === "tcp" ? { ...address, tls } : address),
    serve: (next) => {
      current = next;
      behaviours.clear();
    },
    on: (path, behaviour) => behaviours.set(path, behaviour),
    forgetRequests: () => {
      requests.length = 0;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      remove();
    },
  };
}

async function listen(
  server: Server,
  { listen: kind = "unix" }: FakeOptions,
): Promise<{ readonly address: EngineAddress; readonly remove: () => void }> {
  if (kind === "tcp") {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { address: { kind, host: "127.0.0.1", port, tls: null }, remove: () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), "stalewatch-fake-"));
  const takeBack = cleanUpAtExit(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, "docker.sock");
  server.listen(path);
  await once(server, "listening");
  const remove = (): void => {
    takeBack();
    rmSync(folder, { recursive: true, force: true });
  };
  return { address: { kind, path }, remove };
}

function bare(url: string): string {
  return url.replace(/^\/v\d[^/]*(?=\/)/, "").replace(/\?.*$/, "");
}

function answerOf(host: FakeHost, path: string): Behaviour {
  const [, kind, id] = /^\/(containers|images)\/(.+)\/json$/.exec(path) ?? [];
  if (kind === "containers") return found(host.containerInspects?.get(String(id)), "container");
  if (kind === "images") return found(host.imageInspects?.get(String(id)), "image");
  switch (path) {
    case "/version":
      return answers(host.version ?? VERSION);
    case "/info":
      return answers(host.info ?? INFO);
    case "/containers/json":
      return answers(host.containers ?? []);
    case "/images/json":
      return answers(host.images ?? []);
    case "/networks/bridge":
      return found(host.bridge, "network");
    default:
      return answers({ message: "page not found" }, 404);
  }
}

function found(inspect: unknown, what: string): Behaviour {
  return inspect === undefined ? answers({ message: `No such ${what}` }, 404) : answers(inspect);
}

/** A whole answer in JSON. */
export function answers(body: unknown, status = 200): Behaviour {
  return says(JSON.stringify(body), { status, type: "application/json" });
}

/** A whole answer that is just this text. */
export function says(
  text: string,
  { status = 200, type = "text/html" }: { readonly status?: number; readonly type?: string } = {},
): Behaviour {
  return (_, response) => {
    response.writeHead(status, { "content-type": type }).end(text);
  };
}

/** Sends the client elsewhere. */
export function redirectsTo(location: string): Behaviour {
  return (_, response) => {
    response.writeHead(302, { location }).end();
  };
}

/** Takes the request and never says a word. */
export const hangs: Behaviour = () => undefined;

/** Says half of a good answer, then no more. */
export const hangsInTheMiddle: Behaviour = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).write('[{"Id":"');
};

/** Cuts the connection after half of a good answer. */
export const breaksOffInTheMiddle: Behaviour = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('[{"Id":"', () => response.destroy());
};

/** Cuts the connection without a word. */
export const hangsUp: Behaviour = ({ socket }) => {
  socket.destroy();
};

/** Writes what no HTTP server would. */
export const speaksNoHttp: Behaviour = ({ socket }) => {
  socket.end("SSH-2.0-OpenSSH_9.2p1\r\n");
};

/** One byte after the other for as long as somebody listens. */
export const drips: Behaviour = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).write("[");
  void drip(response);
};

async function drip(response: ServerResponse): Promise<void> {
  while (!response.destroyed) {
    response.write(" ");
    await delay(5);
  }
}
