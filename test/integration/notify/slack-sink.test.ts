import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slackErrorOf, startSlackSink, type SlackSink } from "../../harness/slack-sink.ts";

let sink: SlackSink;

beforeEach(async () => {
  sink = await startSlackSink();
});

afterEach(() => sink.close());

const post = (body: string): Promise<Response> => fetch(sink.webhookUrl, { method: "POST", body });
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
const header = (text: string) => ({ type: "header", text: { type: "plain_text", text } });

describe("the Slack sink", () => {
  it("takes what Slack takes, and keeps it", async () => {
    const response = await post(JSON.stringify({ text: "hello", blocks: [section("x")] }));
    expect([response.status, await response.text()]).toEqual([200, "ok"]);
    expect(await sink.next()).toMatchObject({ body: { text: "hello" }, error: null });
  });

  it("answers as it was told, once each", async () => {
    sink.script({ kind: "status", status: 429, headers: { "retry-after": "7" }, body: "slow" });
    const response = await post(`{"text":"a"}`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await post(`{"text":"b"}`)).status).toBe(200);
  });

  it("gives up waiting for a message that does not come, and waits for the same one again", async () => {
    await expect(sink.next(20)).rejects.toThrow("no message arrived");
    const coming = sink.next();
    await post(`{"text":"late"}`);
    expect(await coming).toMatchObject({ body: { text: "late" } });
  });

  it("closes while a request hangs", async () => {
    sink.script({ kind: "hang" });
    const hanging = post(`{"text":"a"}`).catch((error: unknown) => error);
    await sink.next();
    await sink.close();
    expect(await hanging).toBeInstanceOf(Error);
    sink = await startSlackSink();
  });
});

describe("Slack's rules", () => {
  it.each<[string, unknown, string | null]>([
    ["no JSON", undefined, "invalid_payload"],
    ["a list", [], "invalid_payload"],
    ["no text", { blocks: [section("x")] }, "no_text"],
    ["an empty text", { text: "" }, "no_text"],
    ["a text that is none", { text: 1 }, "invalid_payload"],
    ["a long text", { text: "x".repeat(40_001) }, "msg_too_long"],
    ["text alone", { text: "x" }, null],
    ["blocks that are none", { text: "x", blocks: "y" }, "invalid_blocks_format"],
    ["50 blocks", { text: "x", blocks: Array(50).fill({ type: "divider" }) }, null],
    ["51 blocks", { text: "x", blocks: Array(51).fill({ type: "divider" }) }, "too_many_blocks"],
    ["an unknown block", { text: "x", blocks: [{ type: "marquee" }] }, "invalid_blocks"],
    ["a section of 3,000", { text: "x", blocks: [section("y".repeat(3000))] }, null],
    ["a section of 3,001", { text: "x", blocks: [section("y".repeat(3001))] }, "invalid_blocks"],
    ["an empty section", { text: "x", blocks: [section("")] }, "invalid_blocks"],
    ["a section of nothing", { text: "x", blocks: [{ type: "section" }] }, "invalid_blocks"],
    ["a header of 151", { text: "x", blocks: [header("y".repeat(151))] }, "invalid_blocks"],
    [
      "a header in mrkdwn",
      { text: "x", blocks: [{ ...section("y"), type: "header" }] },
      "invalid_blocks",
    ],
    [
      "11 fields",
      { text: "x", blocks: [{ type: "section", fields: Array(11).fill(section("y").text) }] },
      "invalid_blocks",
    ],
    [
      "a context",
      { text: "x", blocks: [{ type: "context", elements: [section("y").text] }] },
      null,
    ],
    [
      "an empty context",
      { text: "x", blocks: [{ type: "context", elements: [] }] },
      "invalid_blocks",
    ],
    [
      "too much in all",
      { text: "x", blocks: Array(5).fill(section("y".repeat(2900))) },
      "msg_blocks_too_long",
    ],
  ])("say of %s what Slack says", (_, body, error) => {
    expect(slackErrorOf(body)).toBe(error);
  });
});
