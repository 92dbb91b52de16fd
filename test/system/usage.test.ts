import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { runProgram } from "../harness/program.ts";
import { errorDocument } from "./documents.ts";

const COMMANDS = [
  "run",
  "check",
  "verify",
  "hold",
  "release",
  "ack",
  "history",
  "test-notify",
  "doctor",
];

describe.concurrent("help", () => {
  it("lists all commands and global options", async () => {
    const { code, stdout, stderr } = await runProgram(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of [...COMMANDS, "config"])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    for (const option of ["--config", "--host", "--log-level", "--no-color"])
      expect(stdout).toContain(option);
  });

  it.for([...COMMANDS, "config"])("of %s fits 80 columns", async (command) => {
    const { code, stdout } = await runProgram([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: stalewatch ${command}`);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("of check names its exit codes", async () => {
    const { stdout } = await runProgram(["check", "--help"]);
    expect(stdout).toContain("0 nothing stale, 1 something pending (--strict), 2 something stale");
  });

  it("is what comes without a command, and that is a mistake", async () => {
    const { code, stdout, stderr } = await runProgram([]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("Usage: stalewatch");
  });

  it("needs no configuration: the version comes with a broken one, too", async () => {
    const { code, stdout } = await runProgram(["--version"], { STALEWATCH_GRACE: "banana" });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${packageJson.version}\n` });
  });
});

describe.concurrent("a mistake on the command line", () => {
  it.for([
    [["check", "--jsn"], "unknown option '--jsn'"],
    [["chek"], "unknown command 'chek'"],
    [["release"], "missing required argument 'id'"],
    [["ack"], "missing required argument 'container'"],
    [["hold", "web", "--for", "30 minutes"], "'30 minutes' is invalid. Write a whole number"],
    [["history", "--since", "yesterday"], "'yesterday' is invalid. Write a whole number"],
    [["--log-level", "loud", "check"], "'loud' is invalid. Allowed choices are error, warn"],
    [["check", "--project"], "argument missing"],
  ] as const)("%j ends with 3, says what is wrong and where help is", async ([args, wrong]) => {
    const { code, stdout, stderr } = await runProgram(args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(wrong);
    expect(stderr).toContain("stalewatch --help");
  });

  it("suggests what was probably meant", async () => {
    expect((await runProgram(["check", "--jsn"])).stderr).toContain("Did you mean --json?");
    expect((await runProgram(["chek"])).stderr).toContain("Did you mean check?");
  });

  it("is told as a document to whoever asks for one", async () => {
    const { code, stdout, stderr } = await runProgram(["check", "--json", "--bogus"]);
    expect(code).toBe(3);
    expect(errorDocument(stdout)).toEqual({
      schemaVersion: 1,
      error: {
        code: "USAGE",
        message: "unknown option '--bogus'",
        hint: "`stalewatch --help` lists all commands",
      },
    });
    expect(stderr).toContain("unknown option '--bogus'");
  });

  it("is told once, and without a control character of it", async () => {
    const { stderr } = await runProgram(["\u001b[31mweb\u202e"]);
    expect(stderr).toBe(
      "stalewatch: unknown command '\\u001b[31mweb\\u202e'\n  `stalewatch --help` lists all commands\n",
    );
  });
});
