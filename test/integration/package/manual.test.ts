import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildProgram } from "../../../src/cli/program.ts";
import { manual } from "../../../tools/package/manual.ts";
import { outlineOf, type CommandOutline } from "../../../tools/package/outline.ts";
import { runCommand } from "../../harness/command.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import { shells } from "../../harness/shells.ts";

const OUTLINE = outlineOf(buildProgram("1.2.3", () => Promise.resolve()));
const folder = temporaryDirectory();
const page = join(folder.path, "stalewatch.1");
writeFileSync(page, manual(OUTLINE, { version: "1.2.3", date: new Date(0) }));
afterAll(() => {
  folder.remove();
});

it("is a page that a strict reader has nothing to say about", async () => {
  const { mandoc, env } = await shells();
  await runCommand(mandoc, ["-T", "lint", "-W", "warning", page], { env });
});

it("names every command, argument and option", async () => {
  const { mandoc, env } = await shells();
  const plain = await runCommand(mandoc, ["-T", "ascii", "-O", "width=200", page], { env });
  // Bold is a letter written twice over itself.
  const text = plain.replace(/.\x08/g, "");
  const words = ({ options, commands, ...command }: CommandOutline): string[] => [
    [command.name, ...command.arguments].join(" "),
    ...options.flatMap(({ names }) => names),
    ...commands.flatMap(words),
  ];
  for (const word of OUTLINE.commands.flatMap(words)) expect(text).toContain(word);
  expect(text).toContain("2 something stale, 3 unknown");
});
