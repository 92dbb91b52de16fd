import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { KINDS } from "../../../../src/domain/kinds.ts";
import { messageId } from "../../../../src/notify/message-id.ts";
import { webhookDocument } from "../../../../src/notify/webhook/document.ts";
import { webhookSchema, webhookSchemaText } from "../../../../tools/webhook-schema.ts";
import { HOSTILE_TEXTS } from "../../../harness/hostile-texts.ts";
import { UNSEEN } from "../mrkdwn-reader.ts";
import {
  affected,
  bulletin,
  healedNews,
  hostileNews,
  NOW,
  resolvedNews,
  staleNews,
} from "../news-samples.ts";

/** The documented schema with nothing allowed that it does not name. */
const strictly = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  closed(webhookSchema()),
);

function closed(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (_, value: unknown) =>
      typeof value === "object" && value !== null && "properties" in value
        ? { ...value, additionalProperties: false }
        : value,
    ),
  ) as object;
}

function faultsOf(document: unknown): unknown {
  strictly(JSON.parse(JSON.stringify(document)));
  return strictly.errors ?? [];
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe("the generic document", () => {
  it("is what its schema in the docs says (`npm run docs` writes it anew)", () => {
    const path = join(import.meta.dirname, "../../../../docs/webhook.schema.json");
    expect(readFileSync(path, "utf8")).toBe(webhookSchemaText());
  });

  it("has no key that the schema does not name, for every kind of news", () => {
    const all = bulletin(...hostileNews("web"));
    expect(new Set(all.items.map(({ kind }) => kind))).toEqual(new Set(KINDS));
    for (const statusUrl of [null, "https://status.example.org/"])
      expect(faultsOf(webhookDocument(all, statusUrl))).toEqual([]);
  });

  it("is refused by that schema with a key too many or too few", () => {
    const whole = webhookDocument(bulletin(staleNews()), null);
    expect(faultsOf({ ...whole, text: undefined })).not.toEqual([]);
    expect(faultsOf({ ...whole, more: 1 })).not.toEqual([]);
  });

  it("says null for what is not known", () => {
    const running = { ...affected().running, createdAt: null };
    const newest = { ...affected().newest, revision: null };
    const whose = affected({ running, newest, project: null, service: null, reference: null });
    const all = bulletin(
      staleNews({ affected: whose, healBlockedBy: null, remedy: null }),
      healedNews({ affected: whose, downtime: null }),
    );
    expect(faultsOf(webhookDocument(all, null))).toEqual([]);
  });

  it("tells what happened to what, since when, why, and what to type", () => {
    const all = bulletin(staleNews());
    expect(webhookDocument(all, null)).toMatchObject({
      schemaVersion: 1,
      id: messageId(all),
      engine: "host-1",
      at: "2026-11-22T09:26:00.000Z",
      headline: "1 container stale",
      text: expect.stringMatching(
        /^Stale: infra2-web-1 .*\n(.*\n)*type: docker compose /,
      ) as string,
      leftOut: 0,
      news: [
        {
          kind: "stale",
          incident: "i-1",
          container: "infra2-web-1",
          project: "infra2",
          service: "web",
          divergedSince: "2026-11-22T08:15:00.000Z",
          reason: "infra2-web:latest was built again 71 min ago",
          healBlockedBy: "mode",
          command: staleNews().remedy,
        },
      ],
    });
  });

  it("gives lengths in seconds", () => {
    const { news } = webhookDocument(bulletin(healedNews(), resolvedNews()), null);
    expect(news).toMatchObject([{ downtimeSeconds: 1.24 }, { lastedSeconds: 7500 }]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("keeps %s inert and short", (_, text) => {
    const document = webhookDocument({ engine: text, at: NOW, items: hostileNews(text) }, null);
    expect(faultsOf(document)).toEqual([]);
    for (const one of textsIn(document)) expect(one).not.toMatch(UNSEEN);
    const { text: words, ...rest } = document;
    for (const one of textsIn(rest)) expect(one).not.toContain("\n");
    expect(words.length).toBeLessThan(10_000);
  });

  it("names a command exactly or not at all", () => {
    for (const remedy of ["a\nb", "a\u202eb", "x".repeat(801), ""]) {
      const [news] = webhookDocument(bulletin(staleNews({ remedy })), null).news;
      expect(news).toMatchObject({ command: null });
    }
  });

  it("keeps ends when there is more than it has room for, and says how much it left out", () => {
    const stale = Array.from({ length: 600 }, (_, i) => staleNews({ incident: `s-${String(i)}` }));
    const ends = Array.from({ length: 20 }, (_, i) => resolvedNews({ incident: `r-${String(i)}` }));
    const document = webhookDocument(bulletin(...stale, ...ends), null);
    expect(faultsOf(document)).toEqual([]);
    expect(document.news).toHaveLength(500);
    expect(document.news.filter(({ kind }) => kind === "resolved")).toHaveLength(20);
    expect(document.leftOut).toBe(120);
    expect(document.text).toContain("left out here");
    expect(JSON.stringify(document).length).toBeLessThan(500_000);
  });
});

describe("a message's ID", () => {
  it("is the same after the state file has been read again", () => {
    const all = bulletin(staleNews());
    expect(messageId(JSON.parse(JSON.stringify(all)) as typeof all)).toBe(messageId(all));
  });

  it("is another one at another time, from another engine and for another incident", () => {
    const all = bulletin(staleNews());
    const others = [
      { ...all, at: NOW + 1 },
      { ...all, engine: "host-2" },
      bulletin(staleNews({ incident: "i-2" })),
    ];
    expect(new Set([all, ...others].map(messageId)).size).toBe(4);
  });
});
