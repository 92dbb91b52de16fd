import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf } from "../../../src/engine/event-lines.ts";

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function linesIn(
  text: string,
  sizes: readonly number[],
  longest = 20,
): Promise<(string | null)[]> {
  const lines: (string | null)[] = [];
  for await (const line of linesOf(chunksOf(Buffer.from(text), sizes), longest)) lines.push(line);
  return lines;
}

describe("lines of an endless answer", () => {
  it.each<[string, string, (string | null)[]]>([
    ["each by itself", "one\ntwo\n", ["one", "two"]],
    ["without empty ones", "\n\none\n\n", ["one"]],
    ["without what was not finished", "one\ntw", ["one"]],
    ["as long as they may be", `${"x".repeat(20)}\none\n`, ["x".repeat(20), "one"]],
    ["too long: said once, and the next is whole", `${"x".repeat(99)}\none\n`, [null, "one"]],
    ["too long and without an end: said once", "x".repeat(99), [null]],
    ["with letters of several bytes", "grün ✓\n", ["grün ✓"]],
  ])("%s", async (_, text, expected) => {
    for (const sizes of [[1], [3], [7], [1000]])
      expect(await linesIn(text, sizes)).toEqual(expected);
  });

  it("are the same, however the network cuts them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 40, unit: "grapheme" })),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        async (lines, sizes) => {
          const text = lines.map((line) => `${line}\n`).join("");
          expect(await linesIn(text, sizes)).toEqual(await linesIn(text, [100_000]));
        },
      ),
    );
  });

  it("too long are told of before they end: an endless one keeps nobody waiting, and grows nothing", async () => {
    const chunk = Buffer.alloc(1024 * 1024, "x");
    let sent = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        await Promise.resolve();
        sent += 1;
        yield chunk;
        if (sent === 500) return;
      }
    }
    const before = process.memoryUsage().arrayBuffers;
    const lines = linesOf(endless());
    expect(await lines.next()).toEqual({ value: null, done: false });
    expect(sent).toBe(1);
    expect(await lines.next()).toMatchObject({ done: true });
    expect(sent).toBe(500);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024);
  });
});
