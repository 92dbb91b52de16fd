import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineFolder } from "./folder.ts";

/** dockerd leaves AppArmor alone "in a container"; else it loads a profile into the kernel. */
export const NO_APPARMOR = { container: "stalewatch-test" };

/** Where an engine keeps its images: in its own graph driver, or in containerd. */
export type ImageStore = "classic" | "containerd";

export function dockerCommand(dockerd: string, folder: EngineFolder, store: ImageStore): string[] {
  return [
    dockerd,
    `--host=unix://${folder.socketPath}`,
    `--data-root=${folder.dataDir}`,
    `--exec-root=${folder.execDir}`,
    `--pidfile=${folder.path}/docker.pid`,
    `--config-file=${configFile(folder, store)}`,
    // Its docker0 is in a network namespace of its own: no other engine can have the same one.
    "--bip=10.213.0.1/24",
    "--default-address-pool=base=10.214.0.0/16,size=24",
    "--exec-opt=native.cgroupdriver=cgroupfs",
    `--cgroup-parent=${folder.cgroupParent}`,
  ];
}

/** The image store has no option of the command line in all releases. */
function configFile(folder: EngineFolder, store: ImageStore): string {
  const path = join(folder.path, "daemon.json");
  const features = { "containerd-snapshotter": store === "containerd" };
  writeFileSync(path, JSON.stringify({ features }));
  return path;
}
