import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeExecutable } from "../../../tools/package/executable.ts";
import { runCommand, tryCommand } from "../../harness/command.ts";
import { temporaryDirectory } from "../../harness/program.ts";

const FIXTURE = join(import.meta.dirname, "../../fixtures/package/breaks.ts");
const folder = temporaryDirectory();
const program = join(folder.path, "breaks");

beforeAll(() => makeExecutable(program, join(folder.path, "work"), FIXTURE), 120_000);
afterAll(() => {
  folder.remove();
});

/** Where the fixture breaks: function, file and line of the source. */
const PLACE = /^ {4}at openTheDoor \(test\/fixtures\/package\/breaks\.ts:8:\d+\)$/m;

describe("the stack of an error in the executable names function, file and line of the source", () => {
  it("where it is told", async () => {
    const said = await runCommand(program, ["told"], { env: {} });
    expect(said).toMatch(/^TypeError: nobody is at the door after 300000\n/);
    expect(said).toMatch(PLACE);
  });

  it("where nothing catches it, with the line at fault and no more of the program", async () => {
    const { code, stderr } = await tryCommand(program, [], { env: {} });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(PLACE);
    expect(stderr.length).toBeLessThan(2_000);
  });
});

it("takes no options of Node's from its surroundings", async () => {
  const env = { NODE_OPTIONS: "--no-such-option" };
  expect(await runCommand(program, ["told"], { env })).toContain("TypeError");
});
