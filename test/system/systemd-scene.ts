import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { makePackage } from "../../tools/package/make.ts";
import { staticBusybox } from "../harness/busybox.ts";
import { COMPOSE_2, compose2In } from "../harness/compose-packages.ts";
import { connectTestEngine } from "../harness/engines-in-tests.ts";
import { unpackedPackages } from "../harness/packages.ts";
import { temporaryDirectory } from "../harness/program.ts";
import { type SystemdHost, startSystemdHost } from "../harness/systemd-host.ts";
import { eventually } from "../harness/wait.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Where the host finds what this machine has made or fetched. */
const MADE = "/mnt/made";
const PROJECT = "/mnt/project";
const BUSYBOX = "/mnt/busybox";
const PLUGINS = "/usr/libexec/docker/cli-plugins";

/** Milliseconds: the first time on a machine a Debian is fetched. */
const START_TIMEOUT = 15 * 60_000;

/** A host with systemd and Docker, and the package to put on it. */
export interface Scene extends SystemdHost {
  /** Paths on the host. */
  readonly debian: string;
  readonly root: string;
  readonly installScript: string;
  /** A property of a unit, as `systemctl show` has it. */
  readonly property: (name: string, unit?: string) => Promise<string>;
  /** Waits until a shell command succeeds. */
  readonly until: (what: string, script: string) => Promise<void>;
  /** Writes the configuration file; it is read when the service says so. */
  readonly configure: (...lines: readonly string[]) => Promise<void>;
  /** Builds an image anew under this tag; its ID. */
  readonly build: (tag: string) => Promise<string>;
  /** The image ID that a container runs. */
  readonly imageOf: (container: string) => Promise<string>;
}

/** One for a test file, whose tests build on each other. Called outside of any test. */
export function sceneForFile(): () => Scene {
  let scene: Scene | undefined;
  const made = temporaryDirectory();
  beforeAll(async () => {
    const engine = await connectTestEngine();
    const { debian, root } = await makePackage(made.path);
    const there = (path: string): string => path.replace(made.path, MADE);
    const [, plugins] = compose2In(await unpackedPackages(COMPOSE_2["2.40"], {}));
    const host = await startSystemdHost(engine, {
      shared: {
        [MADE]: made.path,
        [PROJECT]: ROOT,
        [BUSYBOX]: await staticBusybox(),
        [`${PLUGINS}/docker-compose`]: join(plugins, "docker-compose"),
      },
    });
    scene = sceneOn(host, { debian: there(debian), root: there(root) });
  }, START_TIMEOUT);
  afterAll(async () => {
    await scene?.close();
    made.remove();
  });
  return () => {
    if (scene === undefined) throw new Error("the host is there only while tests run");
    return scene;
  };
}

function sceneOn(host: SystemdHost, paths: Pick<Scene, "debian" | "root">): Scene {
  let builds = 0;
  return {
    ...host,
    ...paths,
    installScript: `${PROJECT}/deploy/install.sh`,
    property: async (name, unit = "stalewatch") =>
      (await host.run(`systemctl show --value --property ${name} ${unit}`)).trim(),
    until: async (what, script) => {
      await eventually(what, async () => (await host.attempt(script)).code === 0, {
        timeoutMs: 60_000,
        intervalMs: 100,
      });
    },
    configure: async (...lines) => {
      await host.run(`cat >/etc/stalewatch/stalewatch.yaml <<'END'\n${lines.join("\n")}\nEND`);
    },
    build: async (tag) => {
      builds += 1;
      const dockerfile = [
        "FROM scratch",
        "COPY busybox /bin/busybox",
        `LABEL build=${String(builds)}`,
        "STOPSIGNAL SIGKILL",
        'CMD ["/bin/busybox", "sleep", "1000000"]',
      ].join("\n");
      const script = `
        mkdir -p /root/context && cp ${BUSYBOX} /root/context/busybox
        cat >/root/context/Dockerfile <<'END'\n${dockerfile}\nEND
        docker build --quiet --tag ${tag} /root/context`;
      return (await host.run(script)).trim();
    },
    imageOf: async (container) =>
      (await host.run(`docker inspect --format '{{.Image}}' ${container}`)).trim(),
  };
}
