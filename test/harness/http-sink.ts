import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** How the sink answers one request. */
export type SinkAnswer =
  /** As the peer does that it stands for: it takes the request, or says what is wrong with it. */
  | { readonly kind: "peer" }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** Takes the request and never answers. */
  | { readonly kind: "hang" }
  /** Resets the connection instead of an answer. */
  | { readonly kind: "reset" }
  /** Breaks the connection off within the body. */
  | { readonly kind: "close-mid-answer"; readonly status?: number }
  /** A body that goes on for ever. */
  | { readonly kind: "slow-body"; readonly status?: number; readonly everyMs?: number };

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
  readonly at: Date;
}

export interface ReceivedMessage extends ReceivedRequest {
  /** What is wrong with it by the peer's documented rules; null if nothing. */
  readonly error: string | null;
}

/** What the peer says of a request. */
export interface PeerAnswer {
  readonly status: number;
  readonly body: string;
  readonly error: string | null;
}

export interface SinkOptions {
  /** Of its URL. */
  readonly path: string;
  readonly peer: (request: ReceivedRequest) => PeerAnswer;
  /** How what is not scripted is answered; called when a request has arrived. Default: as the peer does. */
  readonly otherwise?: ((request: ReceivedRequest) => SinkAnswer) | undefined;
  /** Default: any free one. */
  readonly port?: number | undefined;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

export interface HttpSink {
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order of arrival. */
  readonly received: readonly ReceivedMessage[];
  /** Answers the next requests like this, one each; then as the peer does. */
  script(...answers: readonly SinkAnswer[]): void;
  /** The oldest request not yet taken with `next`; waits for it. Rejects after 10 s, or what is given. */
  next(timeoutMs?: number): Promise<ReceivedMessage>;
  close(): Promise<void>;
}

/** An HTTP server on the loopback that stands for somebody who is told. */
export async function startHttpSink(options: SinkOptions): Promise<HttpSink> {
  const received: ReceivedMessage[] = [];
  const scripted: SinkAnswer[] = [];
  const arrivals = new EventTarget();
  let taken = 0;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString("utf8");
      const { method = "", url: path = "", headers } = request;
      const asked = { method, path, headers, raw, body: parsed(raw), at: new Date() };
      const peer = options.peer(asked);
      received.push({ ...asked, error: peer.error });
      const how = scripted.shift() ?? options.otherwise?.(asked) ?? { kind: "peer" };
      answer(response, how, peer);
      arrivals.dispatchEvent(new Event("message"));
    });
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  // A client that breaks off a handshake is what some tests are about.
  server.on("connection", (socket: Socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? "http" : "https";
  return {
    url: `${scheme}://127.0.0.1:${String(port)}${options.path}`,
    port,
    received,
    script(...answers) {
      scripted.push(...answers);
    },
    async next(timeoutMs = 10_000) {
      const wanted = taken++;
      await arrived(arrivals, () => received.length > wanted, timeoutMs);
      const message = received[wanted];
      if (message === undefined) {
        taken--;
        throw new Error(`no message arrived at the sink within ${String(timeoutMs)} ms`);
      }
      return message;
    },
    close() {
      if (!server.listening) return Promise.resolve();
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

function arrived(arrivals: EventTarget, isThere: () => boolean, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (isThere()) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      arrivals.removeEventListener("message", look);
      resolve();
    };
    const look = (): void => {
      if (isThere()) end();
    };
    const timer = setTimeout(end, timeoutMs);
    arrivals.addEventListener("message", look);
  });
}

function answer(response: ServerResponse, how: SinkAnswer, peer: PeerAnswer): void {
  switch (how.kind) {
    case "peer":
      response.writeHead(peer.status, { "content-type": "text/html" }).end(peer.body);
      return;
    case "status":
      response.writeHead(how.status, how.headers).end(how.body ?? "");
      return;
    case "redirect":
      response.writeHead(how.status ?? 302, { location: how.location }).end();
      return;
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "close-mid-answer":
      response.writeHead(how.status ?? 200, { "content-length": "100" });
      response.write("o", () => response.socket?.destroy());
      return;
    case "slow-body": {
      response.writeHead(how.status ?? 200).write(".");
      const drip = setInterval(() => response.write("."), how.everyMs ?? 20);
      response.once("close", () => clearInterval(drip));
      return;
    }
  }
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
