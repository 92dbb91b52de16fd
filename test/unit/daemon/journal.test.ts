import { fstatSync } from "node:fs";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { goesToJournal } from "../../../src/daemon/journal.ts";
import { createLog } from "../../../src/daemon/log.ts";

const STDERR = 2;

function logged(toJournal: boolean, write: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(...chunk.toString().trimEnd().split("\n"));
      done();
    },
  });
  write(createLog({ level: "debug", stream, toJournal }));
  return lines;
}

describe("a line for the journal", () => {
  it("begins with its priority, and is one JSON document behind it", () => {
    const lines = logged(true, (log) => {
      log.error("e", "an error");
      log.warn("w", "a warning");
      log.info("i", "news");
      log.debug("d", "a detail");
    });
    expect(lines.map((line) => line.slice(0, 3))).toEqual(["<3>", "<4>", "<6>", "<7>"]);
    expect(lines.map((line) => (JSON.parse(line.slice(3)) as { level: string }).level)).toEqual([
      "error",
      "warn",
      "info",
      "debug",
    ]);
  });

  it("cannot be made to hold another of a higher priority", () => {
    const lines = logged(true, (log) => {
      log.warn("stale", "web\n<0>the host burns\r\u2028<0>", { name: "x\n<1>y" });
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^<4>\{/);
  });

  it("is the bare document for anybody else", () => {
    expect(logged(false, (log) => log.info("i", "news"))[0]).toMatch(/^\{/);
  });
});

describe("a stream goes to the journal", () => {
  const { dev, ino } = fstatSync(STDERR);
  it.each([
    ["if systemd names just that one", `${String(dev)}:${String(ino)}`, true],
    ["not if it names another", `${String(dev)}:${String(ino + 1)}`, false],
    ["not if it names none", "", false],
  ])("%s", (_, name, answer) => {
    expect(goesToJournal(STDERR, { JOURNAL_STREAM: name })).toBe(answer);
  });

  it("not if it is closed", () => {
    expect(goesToJournal(9999, { JOURNAL_STREAM: `${String(dev)}:${String(ino)}` })).toBe(false);
  });
});
