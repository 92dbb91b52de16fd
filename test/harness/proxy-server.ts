import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** An HTTP proxy on the loopback, with CONNECT, that leads every host name to this machine. */
export interface ProxyServer {
  readonly port: number;
  readonly url: string;
  /** What it was asked for, in order: `CONNECT hooks.example:443`, `POST http://hooks.example/`. */
  readonly asked: readonly string[];
  /** The credentials that came with each, decoded; null without. */
  readonly logins: readonly (string | null)[];
  /** Connections that are open now. */
  readonly connections: number;
  /** How it treats a CONNECT from now on: lets it through, refuses it, or takes it and never answers. */
  behave(how: "open" | "refuse" | "hang"): void;
  close(): Promise<void>;
}

export async function startProxy(): Promise<ProxyServer> {
  const asked: string[] = [];
  const logins: (string | null)[] = [];
  const sockets = new Set<Socket>();
  let behaviour: "open" | "refuse" | "hang" = "open";
  const note = (asking: IncomingMessage): void => {
    asked.push(`${String(asking.method)} ${String(asking.url)}`);
    const [, login] = /^Basic (.+)$/.exec(asking.headers["proxy-authorization"] ?? "") ?? [];
    logins.push(login === undefined ? null : Buffer.from(login, "base64").toString("utf8"));
  };
  const server = createServer((asking, response) => {
    note(asking);
    forward(asking, response);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  server.on("connect", (asking: IncomingMessage, socket: Socket) => {
    note(asking);
    if (behaviour === "hang") {
      // Only who reads learns that the other side has gone.
      socket.resume().on("end", () => socket.destroy());
      return;
    }
    if (behaviour === "refuse") {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    tunnel(socket, Number(String(asking.url).split(":").at(-1)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${String(port)}`,
    asked,
    logins,
    get connections() {
      return sockets.size;
    },
    behave: (how) => {
      behaviour = how;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function tunnel(socket: Socket, port: number): void {
  const onward = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  socket.on("close", () => onward.destroy());
}

function forward(asking: IncomingMessage, response: ServerResponse): void {
  const { port, pathname: path } = new URL(String(asking.url));
  const { method, headers } = asking;
  const onward = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  asking.pipe(onward);
}
