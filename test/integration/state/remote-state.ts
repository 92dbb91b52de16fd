import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { HealEnd, HealRecord } from "../../../src/domain/heal/record.ts";
import type { HealPhase } from "../../../src/domain/heal/recovery.ts";
import type { HealLease } from "../../../src/heal/journal.ts";
import type { HealRow } from "../../../src/state/heal-table.ts";
import { lockHolder, takeLock, type DaemonLock, type LockOwner } from "../../../src/state/lock.ts";
import { State } from "../../../src/state/state.ts";
import { at } from "../../unit/domain/builders.ts";
import { contentOf, fileIn } from "./files.ts";
import { SILENT } from "./heal-records.ts";
import { ENGINE } from "./records.ts";

/** The other side of `startStateProcess`: uses the state directory below its folder as it is told. */
const [folder = ""] = process.argv.slice(2);
const ballast = join(folder, "ballast");

let state: State | null = null;
let lock: DaemonLock | null = null;
let lease: HealLease | null = null;

function opened(): State {
  if (state === null) throw new Error("the state is not open");
  return state;
}

function directory(name = "state"): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const commands = {
  open: (options: { readonly mayReplace: boolean; readonly name?: string }): void => {
    const now = (): Date => new Date(at("12:00"));
    state = new State({ directory: directory(options.name), now, ...options });
  },
  close: (): void => {
    opened().close();
  },
  /** As a command does it beside the daemon: opens the same files in a process of its own. */
  command: (name: keyof State, args: readonly unknown[]): void => {
    const program = `
      import { State } from ${JSON.stringify(import.meta.resolve("../../../src/state/state.ts"))};
      const state = new State({ directory: process.argv[1], mayReplace: false, now: () => new Date() });
      state[process.argv[2]](...JSON.parse(process.argv[3]));
      state.close();`;
    const given = [directory(), name, JSON.stringify(args)];
    const argv = ["--input-type=module", "--eval", program, ...given];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  },
  damage: (): void => {
    writeFileSync(fileIn(directory()), "oops, wrong file".repeat(1000));
  },
  degraded: (): string | null => opened().degraded,
  call: (name: keyof State, args: readonly unknown[]): unknown => {
    const one = opened();
    return (one[name] as (...args: readonly unknown[]) => unknown).apply(one, [...args]);
  },
  openHeal: (record: HealRecord): void => {
    lease = opened().heals.open(record, SILENT);
  },
  enterHeal: (phase: HealPhase): void => {
    lease?.enter(phase);
  },
  closeHeal: (end: HealEnd): void => {
    lease?.close(end);
  },
  openHeals: (): readonly HealRow[] => opened().heals.interrupted(ENGINE),
  takeLock: (owner: LockOwner): "taken" | "cannot be taken" => {
    lock = takeLock(directory(), owner);
    return lock === null ? "cannot be taken" : "taken";
  },
  renewLock: (): void => {
    lock?.renew();
  },
  releaseLock: (): void => {
    lock?.release();
  },
  lockHolder: (): LockOwner | null => lockHolder(directory()),
  /** Writes until there is no space left on the disk of the folder. */
  fillDisk: (): void => {
    const file = openSync(ballast, "w");
    try {
      for (;;) writeSync(file, Buffer.alloc(4096, 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  },
  freeDisk: (): void => {
    rmSync(ballast);
  },
  mountDisk: (how: "ro" | "rw"): void => {
    const args = ["-o", `remount,${how}`, folder];
    const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  },
  /** The files as a crash would leave them, as another state directory. Copied by another process: closing them in this
   *  one would drop its locks. */
  copyTo: (name: string): void => {
    spawnSync("cp", ["-r", directory(), join(folder, name)]);
  },
  content: (name?: string): Readonly<Record<string, string>> => contentOf(directory(name)),
};

export type Commands = typeof commands;

export interface Request {
  readonly id: number;
  readonly name: keyof Commands;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly failure: Readonly<Record<"message" | "code" | "hint", unknown>>;
    };

function reply(message: Reply): void {
  process.send?.(message);
}

process.on("message", ({ id, name, args }: Request) => {
  try {
    const command = commands[name] as (...args: readonly unknown[]) => unknown;
    reply({ id, result: command(...args) });
  } catch (error) {
    const { message, code, hint } = error as Error & { code?: unknown; hint?: unknown };
    reply({ id, failure: { message, code, hint } });
  }
});
process.on("disconnect", () => process.exit());
