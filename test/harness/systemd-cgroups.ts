import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CGROUPS = "/sys/fs/cgroup";
/** Controllers that systemd mounts together, whether they are there or not. */
const JOINED = ["cpu,cpuacct", "net_cls,net_prio"];

/** What a container in which systemd is the first process sees of this machine's control groups. */
export interface CgroupMounts {
  readonly binds: readonly string[];
  /** Path → options, as the engine takes them. */
  readonly tmpfs: Readonly<Record<string, string>>;
}

/** Its own folder with this machine's hierarchies in it. In this machine's folder systemd would leave its own folders;
 *  and it mounts what the kernel has and nobody uses, which then stays: something is mounted there already. */
export function cgroupMounts(): CgroupMounts {
  if (existsSync(join(CGROUPS, "cgroup.controllers")))
    return { binds: [`${CGROUPS}:${CGROUPS}`], tmpfs: {} };
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  const mounted = readdirSync(CGROUPS).filter((name) => mounts.includes(` ${CGROUPS}/${name} `));
  const unused = [...kernelsControllers(), ...JOINED].filter((name) => !mounted.includes(name));
  return {
    binds: mounted.map((name) => `${CGROUPS}/${name}:${CGROUPS}/${name}`),
    tmpfs: Object.fromEntries([CGROUPS, ...unused.map((name) => `${CGROUPS}/${name}`)].map(empty)),
  };
}

function empty(path: string): readonly [string, string] {
  return [path, "size=1m"];
}

function kernelsControllers(): readonly string[] {
  const lines = readFileSync("/proc/cgroups", "utf8").split("\n").slice(1);
  return lines.map((line) => line.split("\t")[0] ?? "").filter((name) => name !== "");
}
