import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { refusalOf } from "./guard.ts";
import { send, textReply, type Reply } from "./reply.ts";

/** What a request gets; undefined where it was answered already. */
export type Handler = (
  url: URL,
  response: ServerResponse,
) => Reply | undefined | Promise<Reply | undefined>;

export interface ServerOptions {
  /** See `refusalOf`. */
  readonly hosts: () => readonly string[] | null;
  readonly handle: Handler;
  readonly onError: (error: unknown) => void;
}

/** Connections at once, viewers included. */
const CONNECTIONS_AT_MOST = 256;

/** A server that answers small questions and has patience with nobody: 8 kB of headers, 10 s for all of them. */
export function statusServer({ hosts, handle, onError }: ServerOptions): Server {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refusalOf(request, hosts());
    if (refusal !== null) {
      send(request, response, refusal);
      return;
    }
    const url = URL.parse(`http://status${request.url ?? ""}`);
    const found = url === null ? textReply(400, "there is no such address") : handle(url, response);
    const reply = await found;
    if (reply !== undefined) send(request, response, reply);
  };
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: 10_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: 5000,
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else send(request, response, textReply(500, "this went wrong: the log says why"));
      });
    },
  );
  server.maxConnections = CONNECTIONS_AT_MOST;
  return server;
}
