import { chmodSync } from "node:fs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { EngineConnection } from "../harness/engine.ts";

/** A socket that passes everything on to a real engine, and can hang in the middle of an answer. */
export interface EngineProxy {
  readonly host: string;
  /** From now on every answer stops halfway. */
  hang(): void;
  /** Ends the hanging, also for the answers that were stopped. */
  goOn(): void;
  /** Called with each path before it is passed on; what it does is waited for. Where it rejects, the connection ends
   *  without an answer. */
  before(look: (path: string) => Promise<void>): void;
  close(): Promise<void>;
}

/** Listens at a path that everybody may use: only the file's surroundings say who gets there. */
export async function proxyTo(engine: EngineConnection, path: string): Promise<EngineProxy> {
  let gate: PromiseWithResolvers<void> | null = null;
  let look: (path: string) => Promise<void> = () => Promise.resolve();

  async function relay(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    await look(asked.url ?? "");
    const answer = await ask(engine, asked);
    const body = await buffer(answer);
    const half = Math.ceil(body.length / 2);
    const type = answer.headers["content-type"] ?? "application/json";
    response.writeHead(answer.statusCode ?? 500, {
      "content-type": type,
      "content-length": body.length,
    });
    response.write(body.subarray(0, half));
    await gate?.promise;
    response.end(body.subarray(half));
  }

  const server = createServer((asked, response) => {
    relay(asked, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o666);
  return {
    host: `unix://${path}`,
    hang: () => {
      gate ??= Promise.withResolvers();
    },
    goOn: () => {
      gate?.resolve();
      gate = null;
    },
    before: (next) => {
      look = next;
    },
    close: () => {
      gate?.resolve();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function ask({ socketPath }: EngineConnection, asked: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { url: path, method, headers } = asked;
    asked.pipe(request({ socketPath, path, method, headers }, resolve).on("error", reject));
  });
}
