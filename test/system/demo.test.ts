import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tryCommand } from "../harness/command.ts";
import { temporaryDirectory } from "../harness/program.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The project once more: the demo builds the program, which other tests are running meanwhile. */
function copyProject(to: string): void {
  for (const part of ["src", "test/harness", "tools", "package.json"])
    cpSync(join(ROOT, part), join(to, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(to, "node_modules"));
}

/** Command lines that name this folder, as those of an engine do whose files are in it. */
function processesAt(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(commandLineOf)
    .filter((line) => line.includes(folder));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(join("/proc", pid, "cmdline"), "latin1").replaceAll("\0", " ");
  } catch {
    return ""; // ended meanwhile
  }
}

it("shows the main job from the first build to the resolution, and leaves nothing behind", async ({
  onTestFinished,
}) => {
  const copy = temporaryDirectory();
  onTestFinished(() => copy.remove());
  const { path } = copy;
  copyProject(path);
  const temporary = join(path, "tmp");
  mkdirSync(temporary);
  const { code, stdout, stderr } = await tryCommand(
    process.execPath,
    [join(path, "tools/demo/demo.ts")],
    { env: { ...process.env, TMPDIR: temporary } },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

  const told = [
    "demo-host: 2 fresh",
    "demo-host: 1 pending, 1 fresh",
    "demo-host: 1 container stale\n",
    "Stale: shop-web-1 (project shop, service web) does not run its newest image",
    "revision 4f2c9e1",
    "Subject: demo-host: stale container shop-web-1",
    "demo-host: 1 stale, 1 fresh",
    "demo-host: 1 container resolved\n",
    "Resolved: shop-web-1 (project shop, service web) is no longer stale",
    "demo-host: 2 fresh",
    "shop-web-1: shop-web:latest was built again",
    "Healed: shop-web-1 (project shop, service web) was recreated and runs its newest image",
    "demo-host: 2 fresh",
    "Heal failed: shop-web-1 (project shop, service web) could not be recreated",
    "now: the old container runs again",
    "log: cannot find the database",
    "demo-host: 1 stale, 1 fresh",
    "stalewatch report",
    "Heals: 1 healed, 1 came to nothing.",
    "build/demo-report.html",
    "Done: the engine and everything on it are gone",
  ];
  let from = 0;
  for (const text of told) {
    const found = stdout.indexOf(text, from);
    expect(found, `${text}\nis missing, or out of order, in\n${stdout}`).toBeGreaterThanOrEqual(0);
    from = found + text.length;
  }
  expect(stdout).not.toContain("\u001b");
  expect(readdirSync(temporary).filter((name) => name.startsWith("stalewatch-"))).toEqual([]);
  expect(processesAt(temporary)).toEqual([]);
}, 90_000);
