import type { ServerResponse } from "node:http";
import type { Behaviour } from "./fake-engine.ts";

/** The events of a fake engine: answers `GET /events`, and tells whoever listens. */
export interface EventSource {
  readonly behaviour: Behaviour;
  /** The queries of all requests so far, in the order of their coming. */
  readonly queries: readonly URLSearchParams[];
  /** How many listen now. */
  readonly listeners: number;
  /** One line to all that listen; an object as JSON. */
  tell(event: object | string): void;
  /** Ends the answers, or cuts the connections in the middle. */
  hangUp(how: "end" | "cut"): void;
}

export function eventSource(): EventSource {
  const open = new Set<ServerResponse>();
  const queries: URLSearchParams[] = [];
  return {
    behaviour: (request, response) => {
      queries.push(new URL(String(request.url), "http://engine").searchParams);
      open.add(response);
      response.on("close", () => open.delete(response)).on("error", () => undefined);
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    },
    queries,
    get listeners() {
      return open.size;
    },
    tell: (event) => {
      const line = typeof event === "string" ? event : JSON.stringify(event);
      for (const response of open) response.write(`${line}\n`);
    },
    hangUp: (how) => {
      for (const response of open)
        if (how === "end") response.end();
        else response.destroy();
    },
  };
}

/** A build that tags, as Docker tells of it. */
export function tagged(name: string, at: number): object {
  return {
    status: "tag",
    Type: "image",
    Action: "tag",
    Actor: { ID: "sha256:0a", Attributes: { name } },
    time: Math.floor(at / 1000),
    // As a double has it, it is cut to the millisecond again and not to the one before.
    timeNano: (at + 0.5) * 1_000_000,
  };
}
