import { describe, expect, it } from "vitest";
import { clip } from "../../../src/notify/encode/clip.ts";
import { code, codeBlock, inlineCommand, mrkdwn } from "../../../src/notify/encode/mrkdwn.ts";
import { plain } from "../../../src/notify/encode/plain.ts";
import { terminal } from "../../../src/notify/encode/terminal.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { effectsOf, UNSEEN } from "./mrkdwn-reader.ts";

const corpus = Object.entries(HOSTILE_TEXTS);

describe("every encoder, for every hostile text", () => {
  describe.each(corpus)("%s", (_, text) => {
    it("prints nothing that cannot be seen, and stays on its line", () => {
      for (const encoded of [terminal(text), plain(text), mrkdwn(text), code(text)]) {
        expect(encoded).not.toMatch(UNSEEN);
        expect(encoded).not.toContain("\n");
        expect(encoded.isWellFormed()).toBe(true);
      }
    });

    it("gives Slack nothing but text", () => {
      expect(effectsOf(`why: ${mrkdwn(text)}`)).toEqual([]);
      expect(effectsOf(mrkdwn(text))).toEqual([]);
      expect(effectsOf(`in ${code(text)} here`)).toEqual([]);
      expect(effectsOf(codeBlock(text) ?? "")).toEqual([]);
      expect(effectsOf(inlineCommand(text) ?? "")).toEqual([]);
      expect(plain(text)).not.toMatch(/[<>]/);
    });

    it("keeps to its length, entities and all", () => {
      for (const max of [1, 2, 5, 17, 100, 300]) {
        expect(clip(text, max).length).toBeLessThanOrEqual(max);
        expect(plain(text, max).length).toBeLessThanOrEqual(max);
        expect(mrkdwn(text, max).length).toBeLessThanOrEqual(max);
        expect(mrkdwn(text, max)).not.toMatch(/&(?!(amp|lt|gt);)/);
        expect(code(text, max).length).toBeLessThanOrEqual(Math.max(max, 1) + 2);
      }
    });
  });
});

describe("honest names", () => {
  it.each([
    "infra2-web-1",
    "infra2_web_1",
    "a__b",
    "registry.local:5000/team/app:2026.11.22-1",
    "app@sha256:0123",
    "infra2_web:latest was built again 71 min ago",
    "/data:/data:ro",
    "naïve-日本語-🚀",
  ])("%s stays as it is", (honest) => {
    for (const encode of [terminal, plain, mrkdwn]) expect(encode(honest)).toBe(honest);
    expect(code(honest)).toBe(`\`${honest}\``);
  });
});

describe("terminal", () => {
  it.each([
    ["\u001b[31mred\u001b[0m", "\\u001b[31mred\\u001b[0m"],
    ["\u001b]8;;http://evil.example\u001b\\click", "\\u001b]8;;http://evil.example\\u001b\\click"],
    ["a\r\nb\tc", "a\\r\\nb\\tc"],
    ["\u009b31m", "\\u009b31m"],
    ["web\u202egnp", "web\\u202egnp"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
    ["web\ud800", "web\\ud800"],
    ["x\u0000y", "x\\u0000y"],
  ])("%j becomes %j", (text, expected) => {
    expect(terminal(text)).toBe(expected);
  });
});

describe("mrkdwn", () => {
  it.each([
    ["<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"],
    ["*bold* ~gone~ `code`", "∗bold∗ ∼gone∼ ˋcodeˋ"],
    ["_a_ b_c __d__", "ˍaˍ b_c ˍˍdˍˍ"],
    [":tada: and 10:30", "∶tada: and 10:30"],
    ["http://evil.example", "http∶//evil.example"],
    ["> quote", "› quote"],
    ["a\r\n b", "a b"],
  ])("%j becomes %j", (text, expected) => {
    expect(mrkdwn(text)).toBe(expected);
  });

  it("does not cut an entity", () => {
    expect(mrkdwn("&&&&", 12)).toBe("&amp;&amp;…");
  });
});

describe("code", () => {
  it("keeps what formats elsewhere, and has no backtick of the text", () => {
    expect(code("_x_ *y* `z`")).toBe("`_x_ *y* ˋzˋ`");
  });

  it("is never empty, which Slack would show as two backticks", () => {
    expect(code(" \n ")).toBe("`(empty)`");
  });
});

describe("a command", () => {
  it("is shown exactly", () => {
    const command = "docker compose -f '/srv/a b/c.yml' -p x up -d web && echo \"*\"";
    expect(codeBlock(command)).toBe(
      "```docker compose -f '/srv/a b/c.yml' -p x up -d web &amp;&amp; echo \"*\"```",
    );
  });

  it.each(["", "a\nb", "a\u202eb", "a ``` b", "a `b`", "x".repeat(801)])(
    "is not shown at all where it could not be exact: %j",
    (command) => {
      expect(codeBlock(command)).toBeNull();
      expect(inlineCommand(command)).toBeNull();
    },
  );

  it("is not shown in running text where that would format it", () => {
    expect(inlineCommand("echo *a*")).toBeNull();
    expect(inlineCommand("echo  a")).toBeNull();
    expect(inlineCommand("docker compose -p x up -d web & true")).toBe(
      "docker compose -p x up -d web &amp; true",
    );
  });
});

describe("clip", () => {
  it.each([
    ["short", 10, "short"],
    ["exactly", 7, "exactly"],
    ["too long", 5, "too …"],
    ["abc", 1, "…"],
    ["abc", 0, ""],
    ["a🚀b", 3, "a…"],
    ["a👩‍👩‍👧 family", 6, "a…"],
    ["ne\u0301e", 3, "n…"],
  ])("%j to %i is %j", (text, max, expected) => {
    expect(clip(text, max)).toBe(expected);
  });

  it("cuts a letter under too many accents rather than be too long", () => {
    expect(clip(`e${"\u0301".repeat(100)}`, 10)).toBe(`e${"\u0301".repeat(8)}…`);
  });

  it("takes no longer for a text of megabytes", () => {
    const started = performance.now();
    expect(clip("e\u0301".repeat(5_000_000), 100)).toHaveLength(99);
    expect(performance.now() - started).toBeLessThan(200);
  });
});
