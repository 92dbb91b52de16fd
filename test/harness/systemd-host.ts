import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { type ExecResult, execIn, tryExecIn } from "./exec-in.ts";
import { removeContainer } from "./containers.ts";
import { removeImage } from "./images.ts";
import type { FetchOptions } from "./packages.ts";
import { cgroupMounts } from "./systemd-cgroups.ts";
import { systemdImage } from "./systemd-image.ts";
import { eventually } from "./wait.ts";

/** A host of its own: a container in which systemd is the first process, and Docker one of its services. */
export interface SystemdHost {
  /** Runs a shell script as root; what it printed. Throws if it fails. */
  readonly run: (script: string) => Promise<string>;
  /** Runs one that may fail. */
  readonly attempt: (script: string) => Promise<ExecResult>;
  readonly close: () => Promise<void>;
}

export interface SystemdHostOptions extends FetchOptions {
  /** Paths of this machine that the host sees, by their paths there. */
  readonly shared: Readonly<Record<string, string>>;
}

/** Its Docker's control groups are beside this machine's own ones, and do not go with it. */
const LEAVE = `docker rm -f $(docker ps -aq); systemctl stop docker.socket docker
for folder in /sys/fs/cgroup/*/docker; do find "$folder" -depth -type d -exec rmdir {} ';'; done`;

export async function startSystemdHost(
  engine: EngineConnection,
  { shared, ...options }: SystemdHostOptions,
): Promise<SystemdHost> {
  const image = await systemdImage(engine, options);
  const container = await engine.docker.createContainer({
    Image: image,
    Cmd: ["/lib/systemd/systemd"],
    Labels: { [TEST_LABEL]: engine.runId },
    Volumes: { "/var/lib/docker": {} },
    HostConfig: hostConfig(shared),
  });
  const close = async (): Promise<void> => {
    await tryExecIn(engine, container.id, ["bash", "-c", LEAVE]);
    await removeContainer(engine, container.id, { volumes: true });
    await removeImage(engine, image);
  };
  try {
    await container.start();
    // Or else systemd hands credentials over empty.
    await execIn(engine, container.id, ["mount", "--make-rshared", "/"]);
    const host = hostIn(engine, container.id, close);
    await eventually("its systemd has started everything", () => isRunning(host), {
      timeoutMs: 60_000,
    });
    return host;
  } catch (error) {
    await close();
    throw error;
  }
}

function hostConfig(shared: SystemdHostOptions["shared"]) {
  const mounts = Object.entries(shared).map(([there, here]) => `${here}:${there}:ro`);
  const cgroups = cgroupMounts();
  return {
    // Not "privileged": that asks for what some machines lack themselves.
    CapAdd: ["ALL"],
    CapDrop: ["SYS_RESOURCE"],
    SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    CgroupnsMode: "host",
    // Docker sets the kernel's switches of its own network.
    ReadonlyPaths: [],
    MaskedPaths: [],
    Tmpfs: { "/run": "", "/tmp": "exec", ...cgroups.tmpfs },
    Binds: [...cgroups.binds, ...mounts],
  };
}

async function isRunning(host: SystemdHost): Promise<boolean> {
  return (await host.attempt("systemctl is-system-running")).output.trim() === "running";
}

function hostIn(engine: EngineConnection, id: string, close: () => Promise<void>): SystemdHost {
  const shell = (script: string): readonly string[] => ["bash", "-ec", script];
  return {
    run: (script) => execIn(engine, id, shell(script)),
    attempt: (script) => tryExecIn(engine, id, shell(script)),
    close,
  };
}
