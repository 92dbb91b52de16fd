import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tryCommand, type CommandResult } from "../../harness/command.ts";
import { shellcheck } from "../../harness/shellcheck.ts";

const FOLDER = join(import.meta.dirname, "../../../deploy");
const SCRIPTS = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".sh") || name.startsWith("debian/"))
  .map((name) => join(FOLDER, name));

/** With nothing on PATH but what every Linux has: no docker, no stalewatch. */
function deploy(...args: string[]): Promise<CommandResult> {
  return tryCommand(join(FOLDER, "deploy.sh"), args, { env: { PATH: "/usr/bin:/bin" } });
}

/** Fetching and unpacking ShellCheck may take its time. */
const FETCHING = 15 * 60_000;

it("ShellCheck has nothing against the scripts", { timeout: FETCHING }, async () => {
  expect(SCRIPTS).not.toEqual([]);
  expect(await shellcheck(SCRIPTS)).toBe("");
});

describe("deploy.sh", () => {
  it("tells its options", async () => {
    const { code, stdout, stderr } = await deploy("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const option of ["--service NAME", "--prune-first", "--no-hold", "--dry-run"])
      expect(stdout).toContain(option);
  });

  it.each([
    [[], "no --service was named, and nothing is recreated that nobody asked for"],
    [["--services", "web"], "unknown argument --services; --help lists all options"],
    [["web"], "unknown argument web; --help lists all options"],
    [["--service"], "--service needs a value"],
    [["--service", ""], "--service needs a value"],
    [["--service", "web", "--project", "a b"], "--project a b is no name of a Compose project"],
    [["--service", "web", "--project", "../x"], "--project ../x is no name of a Compose project"],
    [["--service", "web", "--build-id", 'x"y'], '--build-id x"y cannot be a tag'],
    [["--service", "web", "--timeout", "soon"], "--timeout soon is no time: write 90s, 15m or 1h"],
    [["--service", "web", "--settle", "10"], "--settle 10 is no time: write 90s, 15m or 1h"],
  ])("refuses %j in one line, before it looks at anything", async (args, line) => {
    const { code, stdout, stderr } = await deploy(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^deploy: FAILED: [^\n]+\n$/);
    expect(stderr).toContain(line);
  });
});
