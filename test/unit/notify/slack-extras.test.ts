import { describe, expect, it } from "vitest";
import type { Mention } from "../../../src/domain/mention.ts";
import type { NewsItem } from "../../../src/domain/news.ts";
import { slackMessage, type SlackExtras } from "../../../src/notify/slack-message.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { slackErrorOf } from "../../harness/slack-sink.ts";
import { bulletin, hostileNews, NOW, resolvedNews, staleNews } from "./news-samples.ts";

const HERE: Mention = { whom: "here" };
const PAGE = "https://status.example.org/docker";

function messageOf(items: readonly NewsItem[], extras: Partial<SlackExtras>) {
  return slackMessage(bulletin(...items), { mention: null, statusUrl: null, ...extras });
}

/** Everything in a message that Slack reads as an order, but for dates. */
function ordersIn(message: object): string[] {
  return (JSON.stringify(message).match(/<[^>]*>?/g) ?? []).filter(
    (one) => !one.startsWith("<!date^"),
  );
}

describe("a mention", () => {
  it.each<[Mention, string]>([
    [HERE, "<!here>"],
    [{ whom: "user", id: "U012AB3CD" }, "<@U012AB3CD>"],
    [{ whom: "group", id: "S012AB3CD" }, "<!subteam^S012AB3CD>"],
  ])("of %j calls once in the blocks and once in the fallback", (whom, text) => {
    const message = messageOf([staleNews()], { mention: { whom, on: ["stale"] } });
    expect(message.blocks[1]).toEqual({
      type: "section",
      text: { type: "mrkdwn", text, verbatim: true },
    });
    expect(message.text.split("\n")[0]).toBe(`host-1: 1 container stale ${text}`);
    expect(ordersIn(message)).toEqual([text, text]);
  });

  it("calls only for the kinds that it is for", () => {
    const mention = { whom: HERE, on: ["stale", "breaker"] } as const;
    expect(ordersIn(messageOf([resolvedNews()], { mention }))).toEqual([]);
    expect(ordersIn(messageOf([resolvedNews(), staleNews()], { mention }))).toHaveLength(2);
  });

  it("keeps a message of everything within Slack's limits", () => {
    const items = Array.from({ length: 40 }, () => hostileNews("x".repeat(300))).flat();
    const mention = { whom: HERE, on: ["stale"] } as const;
    const message = messageOf(items, {
      mention,
      statusUrl: `https://s.example/${"p".repeat(500)}`,
    });
    expect(slackErrorOf(message)).toBeNull();
  });
});

describe("the status page", () => {
  it("is linked at the end of each message", () => {
    const message = messageOf([staleNews()], { statusUrl: PAGE });
    expect(ordersIn(message)).toEqual([`<${PAGE}|status page>`]);
    expect(JSON.stringify(message.blocks.at(-1))).toContain("status page");
  });

  it.each([
    ["https://s.example/a|b", "https://s.example/a%7Cb"],
    ["https://s.example/?x=<!here>&y=1", "https://s.example/?x=%3C!here%3E&amp;y=1"],
    ["https://s.example/#a>b|c", "https://s.example/#a%3Eb%7Cc"],
  ])("cannot be written so that %s ends early", (statusUrl, address) => {
    const message = messageOf([staleNews()], { statusUrl });
    expect(ordersIn(message)).toEqual([`<${address}|status page>`]);
  });
});

it.each(Object.entries(HOSTILE_TEXTS))("%s makes no other order beside them", (_, text) => {
  const extras: SlackExtras = { mention: { whom: HERE, on: ["stale"] }, statusUrl: PAGE };
  const message = slackMessage({ engine: text, at: NOW, items: hostileNews(text) }, extras);
  expect(ordersIn(message).toSorted()).toEqual(["<!here>", "<!here>", `<${PAGE}|status page>`]);
  expect(slackErrorOf(message)).toBeNull();
});
