import type { Bulletin } from "../../domain/news.ts";
import { messageId } from "../message-id.ts";
import { plainText, plainTitle } from "../plain-text.ts";
import { conditionOf } from "./condition.ts";
import { authorization, jsonRequest, type Format } from "./format.ts";

/** ntfy makes an attachment of what is longer than 4,096 bytes. The closing words come on top. */
const TEXT_ROOM = 3000;

/** https://docs.ntfy.sh/publish/#publish-as-json */
export const NTFY: Format = {
  peer: "ntfy",
  requests: (bulletin, { url, secret, statusUrl }) => {
    const { server, topic } = placeOf(url);
    const message = {
      topic,
      title: plainTitle(bulletin),
      message: plainText(bulletin, TEXT_ROOM),
      ...urgencyOf(bulletin),
      // From ntfy 2.16 on, a repeat replaces what is shown instead of ringing again.
      sequence_id: messageId(bulletin),
      ...(statusUrl !== null && { click: statusUrl }),
    };
    return [jsonRequest(server, message, authorization(secret))];
  },
  hints: {
    401: "ntfy does not know the access token: look at notify.webhook.secret",
    403: "ntfy does not let it write to the topic: look at notify.webhook.secret and the topic's access rules",
    404: "no ntfy answers there: write its address and the topic, such as https://ntfy.sh/your-topic",
  },
};

/** The URL's last step is the topic; JSON goes to what is before it. */
function placeOf(url: string): { readonly server: string; readonly topic: string } {
  const server = new URL(url);
  const end = server.pathname.lastIndexOf("/") + 1;
  const topic = decodeURIComponent(server.pathname.slice(end));
  server.pathname = server.pathname.slice(0, end);
  return { server: server.href, topic };
}

/** Of 1 to 5. The tags are shown as pictures. */
function urgencyOf(bulletin: Bulletin): { readonly priority: number; readonly tags: string[] } {
  const conditions = bulletin.items.map((item) => conditionOf(item, bulletin));
  if (conditions.every(({ severity }) => severity === "info"))
    return { priority: 3, tags: ["test_tube"] };
  return conditions.some(({ isOn }) => isOn)
    ? { priority: 4, tags: ["warning"] }
    : { priority: 3, tags: ["white_check_mark"] };
}
