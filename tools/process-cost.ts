import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Milliseconds } from "../src/domain/ids.ts";

/** Of one process since its start, as the kernel counts it. */
export interface ProcessCost {
  /** Processor time, in user and system mode. */
  readonly cpu: Milliseconds;
  /** Bytes that it had the kernel write to a disk. */
  readonly written: number;
}

export function costOf(pid: number): ProcessCost {
  // After the name, which may have blanks: fields 14 and 15 of proc_pid_stat(5), in ticks.
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .split(") ")[1]
      ?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const io = readFileSync(`/proc/${String(pid)}/io`, "utf8");
  return {
    cpu: (ticks * 1000) / ticksPerSecond(),
    written: Number(/^write_bytes: (\d+)$/m.exec(io)?.[1]),
  };
}

function ticksPerSecond(): number {
  return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
}

/** The files of a folder with their sizes and times of change: two that are equal were not written to. */
export function stampOf(folder: string): string {
  const stamps = readdirSync(folder).map((name) => {
    const { size, mtimeNs } = statSync(join(folder, name), { bigint: true });
    return `${name} ${String(size)} ${String(mtimeNs)}`;
  });
  return stamps.sort().join("\n");
}
