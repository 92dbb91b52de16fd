import { createServer, type Socket } from "node:net";

/** Something that listens where an engine should, and answers every connection with these bytes. */
export interface OddEngine {
  readonly host: string;
  close(): Promise<void>;
}

export async function oddEngine(path: string, answer: string): Promise<OddEngine> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.once("data", () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An HTTP answer of status 200, or another, with a body that is called JSON. */
export function httpAnswer(body: string, status = "200 OK"): string {
  return [
    `HTTP/1.1 ${status}`,
    "Content-Type: application/json",
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
