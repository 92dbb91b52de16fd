import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineFolder } from "./folder.ts";

/** Podman's socket that speaks Docker's API. The service may end: its containers do not need it. */
export function podmanCommand(podman: string, folder: EngineFolder, busybox: string): string[] {
  const configuration = join(folder.path, "containers.conf");
  writeFileSync(configuration, CONFIGURATION);
  const env = [busybox, "env", `CONTAINERS_CONF=${configuration}`];
  const places = ["--root", folder.dataDir, "--runroot", folder.execDir];
  const service = ["system", "service", "--time=0", `unix://${folder.socketPath}`];
  return [...env, podman, "--log-level=info", ...places, "--storage-driver=overlay", ...service];
}

/** Nothing of it depends on what the machine has; and no profile is loaded into its kernel. */
const CONFIGURATION = `[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
network_backend = "netavark"
runtime = "crun"
[containers]
apparmor_profile = "unconfined"
`;

/**
 * Run inside before it starts. Arguments: busybox, the engine's folder, the etc of its packages.
 *
 * Podman also writes to /var/lib and /var/cache, wherever its data is: like /etc they get a layer
 * that ends with the namespace. It has no option that puts all its cgroups below one: so it sees
 * only that one, as if it were all there is.
 */
export const PODMAN_PLACES = `set -e
bb=$1 folder=$2 etc=$3
for place in var/lib var/cache; do
  upper=$folder/layers/$place/upper work=$folder/layers/$place/work
  "$bb" mkdir -p "$upper" "$work"
  "$bb" mount -t overlay -o "lowerdir=/$place,upperdir=$upper,workdir=$work" overlay "/$place"
done
"$bb" rm -rf /etc/containers
"$bb" cp -r "$etc/containers" /etc/containers
hide() {
  own=$1/\${folder##*/}
  "$bb" mkdir -p "$own"
  # A new set of processors is empty, and takes no process until it is told which they are.
  for file in cpuset.cpus cpuset.mems; do
    [ ! -e "$1/$file" ] || "$bb" cat "$1/$file" >"$own/$file"
  done
  "$bb" mount --bind "$own" "$1"
}
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then hide /sys/fs/cgroup
else for hierarchy in /sys/fs/cgroup/*; do
  # A systemd leaves folders there for those that it would mount.
  ! "$bb" grep -q " $hierarchy " /proc/self/mountinfo || hide "$hierarchy"
done
fi`;
