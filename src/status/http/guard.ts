import type { IncomingMessage } from "node:http";
import { textReply, type Reply } from "./reply.ts";

/** A whole address with a query: more is nobody's. */
const LONGEST_URL = 2048;

/** What may ask, and how; null where the request is in order. `hosts`: the names that the page is asked for by, without
 *  ports; null on a socket in the file system, which no browser reaches by a stranger's name. */
export function refusalOf(
  { method = "", url = "", headers }: Pick<IncomingMessage, "method" | "url" | "headers">,
  hosts: readonly string[] | null,
): Reply | null {
  if (hosts !== null && !hosts.includes(hostnameOf(headers.host ?? "")))
    return textReply(
      421,
      "this is not the status page of that host: set status.publicUrl if it is behind a proxy",
    );
  if (method !== "GET" && method !== "HEAD")
    return textReply(405, "this page is read only: GET and HEAD", {
      allow: "GET, HEAD",
      ...CLOSE,
    });
  if (!url.startsWith("/") || url.length > LONGEST_URL)
    return textReply(url.length > LONGEST_URL ? 414 : 400, "there is no such address", CLOSE);
  if (Number(headers["content-length"] ?? 0) !== 0 || headers["transfer-encoding"] !== undefined)
    return textReply(413, "nothing is to be sent here", CLOSE);
  return isForeign(headers) ? textReply(403, "not for other sites") : null;
}

/** What follows on the connection may be the rest of what was refused. */
const CLOSE = { connection: "close" };

/** Somebody else's page loads it; to follow a link is another matter. */
function isForeign(headers: IncomingMessage["headers"]): boolean {
  return headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate";
}

function hostnameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}
