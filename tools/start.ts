import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const SYSTEM_STATE = "/var/lib";

/** Builds, and runs the daemon on the machine's own engine. Somebody who may not write where the service keeps its
 *  state gets one of their own. */
await import("./build.ts");
const child = spawn(
  process.execPath,
  [join(ROOT, "dist/stalewatch.js"), "run", ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: { STALEWATCH_STATE: stateDirectory(), ...process.env },
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => child.kill(signal));
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

function stateDirectory(): string {
  try {
    accessSync(SYSTEM_STATE, constants.W_OK);
    return join(SYSTEM_STATE, "stalewatch");
  } catch {
    const base = process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local/state");
    return join(base, "stalewatch");
  }
}
