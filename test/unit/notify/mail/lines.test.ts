import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columns, wrapped } from "../../../../src/notify/mail/columns.ts";
import { commandLines } from "../../../../src/notify/mail/command-lines.ts";

describe("columns", () => {
  it.each([
    ["web-1", 5],
    ["Jörg", 4],
    ["e\u0301", 1],
    ["日本", 4],
    ["🚀", 2],
    ["", 0],
  ])("%j takes %i", (text, count) => {
    expect(columns(text)).toBe(count);
  });
});

describe("wrapped", () => {
  it.each([
    ["a short line", 20, ["a short line"]],
    ["breaks at a blank", 9, ["breaks at", "a blank"]],
    ["averylongword in it", 8, ["averylon", "gword in", "it"]],
    ["日本日本日本", 6, ["日本日", "本日本"]],
    ["", 10, [""]],
  ])("%j at %i", (text, most, lines) => {
    expect(wrapped(text, most)).toEqual(lines);
  });

  it("begins the first line and the others as it is told, within the width", () => {
    expect(wrapped("one two three four", 10, "- ", "    ")).toEqual([
      "- one",
      "    two",
      "    three",
      "    four",
    ]);
  });

  it("is never wider than it may be, and loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 4, max: 40 }), (raw, most) => {
        const text = raw.replaceAll(/\s+/g, " ");
        const lines = wrapped(text, most);
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(most);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
    );
  });
});

describe("a command in lines", () => {
  it("stays on one where it fits", () => {
    expect(commandLines("stalewatch check web-1", 40)).toEqual(["stalewatch check web-1"]);
  });

  it("goes on behind a backslash, so that a shell reads it as one", () => {
    expect(commandLines("docker compose -p shop up -d --force-recreate web", 30)).toEqual([
      "docker compose -p shop up -d \\",
      "  --force-recreate web",
    ]);
  });

  it("does not break inside quotes", () => {
    expect(commandLines("echo 'a b c d e f' 'g h'", 22)).toEqual([
      "echo 'a b c d e f' \\",
      "  'g h'",
    ]);
    expect(commandLines(`echo 'it'\\''s' 'x  y'`, 16)).toEqual([`echo 'it'\\''s' \\`, "  'x  y'"]);
  });

  it.each([
    ["with a word that is too long", `echo ${"x".repeat(50)}`],
    ["with a control character", "echo a\u0007b"],
    ["of two lines", "echo a\necho b"],
    ["with blanks that mean something else", "echo  a"],
    ["with an open quote", "echo 'a b"],
    ["of nothing", ""],
  ])("is not shown %s", (_, command) => {
    expect(commandLines(command, 40)).toBeNull();
  });

  it("means the same when its lines are put together again", () => {
    const word = fc.stringMatching(/^[\w./=-]{1,12}$|^'[\w ]{0,12}'$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const lines = commandLines(words.join(" "), 30) ?? [];
        const joined = lines.map((line, i) => (i === 0 ? line : line.trimStart())).join("\n");
        expect(joined.replaceAll(" \\\n", " ")).toBe(words.join(" "));
      }),
    );
  });
});
