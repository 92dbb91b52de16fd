import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { staticBusybox } from "../harness/busybox.ts";
import { recreateContainer, removeContainer, runContainer } from "../harness/containers.ts";
import { privateEngineForFile } from "../harness/engines-in-tests.ts";
import { type EngineConnection, engineIdOf } from "../harness/engine.ts";
import { execIn } from "../harness/exec-in.ts";
import { chosenEngine } from "../harness/engine-name.ts";
import { folderAt, namespaceInitOf } from "../harness/folder.ts";
import { removeFromSameEngine } from "../harness/given-engine.ts";
import { HarnessError } from "../harness/harness-error.ts";
import { buildImage, removeImage, tagImage, untagImage } from "../harness/images.ts";
import { createNetwork } from "../harness/networks-and-volumes.ts";
import { openTestEngine } from "../harness/open-test-engine.ts";
import { startPrivateEngine } from "../harness/private-engine.ts";
import { childrenOf, identityOf, isAlive } from "../harness/process-identity.ts";
import { killExactly, type ProcessIdentity, processTable } from "../harness/process-identity.ts";
import { sweep } from "../harness/sweep.ts";
import { eventually } from "../harness/wait.ts";

const engine = privateEngineForFile();
const chosen = chosenEngine();
/** Its service is not its containers' parent, and the images that it builds have no healthcheck. */
const isPodman = chosen.kind === "own" && chosen.engine === "podman-4.3";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function containerNames(connection: EngineConnection): Promise<string[]> {
  const containers = await connection.docker.listContainers({ all: true });
  return containers.flatMap(({ Names }) => Names.map((name) => name.slice(1))).sort();
}

async function runWeb(name: string): Promise<string> {
  await buildImage(engine(), { tag: `${name}:1` });
  return runContainer(engine(), { name, image: `${name}:1` });
}

describe("building", () => {
  it("gives the same image for the same content, and another for another marker", async () => {
    const one = await buildImage(engine(), { tag: "app:1", marker: "one" });
    const again = await buildImage(engine(), { tag: "app:1", marker: "one" });
    const two = await buildImage(engine(), { tag: "app:1", marker: "two" });
    const anew = await buildImage(engine(), { tag: "app:1", marker: "two", noCache: true });
    expect(again).toBe(one);
    expect(new Set([one, two, anew]).size).toBe(3);
    const { Id } = await engine().docker.getImage("app:1").inspect();
    expect(Id).toBe(anew);
  });

  it.skipIf(isPodman)("builds what it is asked for", async () => {
    const id = await buildImage(engine(), {
      tag: null,
      env: { PRICE: 'five $HOME "dollars" \\' },
      labels: { "com.example.team": "web" },
      entrypoint: ["/bin/sh", "-c"],
      cmd: ["cat /srv/page"],
      healthcheck: { cmd: ["true"], interval: "1s", retries: 2 },
      volumes: ["/data"],
      workdir: "/srv",
      user: "nobody",
      exposed: ["80/tcp"],
      files: { "/srv/page": "hello" },
    });
    const { Config, RepoTags } = await engine().docker.getImage(id).inspect();
    expect(RepoTags).toEqual([]);
    expect(Config).toMatchObject({
      Entrypoint: ["/bin/sh", "-c"],
      Cmd: ["cat /srv/page"],
      Healthcheck: { Test: ["CMD", "true"], Interval: 1e9, Retries: 2 },
      Volumes: { "/data": {} },
      WorkingDir: "/srv",
      User: "nobody",
      ExposedPorts: { "80/tcp": {} },
      Labels: { "com.example.team": "web", "org.stalewatch.test": engine().runId },
    });
    expect(Config.Env).toContain('PRICE=five $HOME "dollars" \\');
  });

  it("says what the engine said when a build fails", async () => {
    const build = buildImage(engine(), { tag: "bad:1", stopSignal: "NONSENSE" });
    await expect(build).rejects.toThrow(/bad:1 failed: .*NONSENSE/i);
  });

  it("gives, moves and takes away names", async () => {
    const id = await buildImage(engine(), { tag: "names:1", marker: "names" });
    await tagImage(engine(), id, "localhost:5000/names");
    await untagImage(engine(), "names:1");
    const { RepoTags } = await engine().docker.getImage(id).inspect();
    expect(RepoTags).toEqual(["localhost:5000/names:latest"]);
    await removeImage(engine(), id);
    await expect(engine().docker.getImage(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe("running", () => {
  it("runs a container as Compose would, and recreates it as a person would", async () => {
    await buildImage(engine(), { tag: "shop-web:latest", marker: "first" });
    const web = {
      name: "shop-web-1",
      image: "shop-web:latest",
      compose: { project: "shop", service: "web" },
      env: { MODE: "test" },
      binds: ["shop-data:/data"],
    };
    const first = await runContainer(engine(), web);
    const second = await buildImage(engine(), {
      tag: "shop-web:latest",
      files: { marker: "second" },
    });
    const stale = await engine().docker.getContainer(first).inspect();
    expect(stale.State.Running).toBe(true);
    expect(stale.Image).not.toBe(second);
    expect(stale.Config.Labels).toMatchObject({
      "com.docker.compose.project": "shop",
      "com.docker.compose.service": "web",
      "com.docker.compose.container-number": "1",
      "com.docker.compose.oneoff": "False",
      "com.docker.compose.image": stale.Image,
    });
    await execIn(engine(), "shop-web-1", ["sh", "-c", "echo kept > /data/note"]);

    const fresh = await recreateContainer(engine(), web);
    expect(fresh).not.toBe(first);
    expect(await execIn(engine(), "shop-web-1", ["cat", "/marker"])).toBe("second");
    expect(await execIn(engine(), "shop-web-1", ["cat", "/data/note"])).toBe("kept\n");
    await expect(execIn(engine(), "shop-web-1", ["false"])).rejects.toThrow("exited with 1");
  });

  it("stops the default command well before the engine's ten seconds", async () => {
    const id = await runWeb("prompt");
    const container = engine().docker.getContainer(id);
    // Before that the shell may not have come to its trap yet.
    await eventually("it waits", async () =>
      (await execIn(engine(), "prompt", ["ps"])).includes(" sleep "),
    );
    const started = Date.now();
    await container.stop();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it("waits until the name of an auto-removed container is free", async () => {
    await buildImage(engine(), { tag: "brief:1" });
    const brief = { name: "brief", image: "brief:1", autoRemove: true };
    const first = await runContainer(engine(), brief);
    expect(await recreateContainer(engine(), brief)).not.toBe(first);
    await removeContainer(engine(), "brief");
    expect(await containerNames(engine())).not.toContain("brief");
  });
});

describe("the engine itself", () => {
  it.skipIf(isPodman)(
    "keeps its ID over a stop and a start, and stops its containers",
    async () => {
      const id = await runWeb("stopped");
      await engine().stopDaemon();
      await expect(engine().docker.ping()).rejects.toThrow();
      await engine().startDaemon();
      expect(await engineIdOf(engine().docker)).toBe(engine().id);
      const { State } = await engine().docker.getContainer(id).inspect();
      expect(State.Running).toBe(false);
    },
  );

  it.skipIf(isPodman)("leaves its containers running when it is killed", async () => {
    const id = await runWeb("survivor");
    const ps = [await staticBusybox(), ["ps", "-o", "args"]] as const;
    await engine().killDaemon();
    const { stdout } = await engine().run(...ps);
    expect(stdout).toContain(`-id ${id}`);
    expect(stdout).toContain("trap 'exit 0' TERM INT");
    await engine().startDaemon();
    expect(await engineIdOf(engine().docker)).toBe(engine().id);
  });

  it("leaves no zombies where it was killed", async () => {
    await runWeb("orphan");
    await engine().killDaemon();
    await engine().startDaemon();
    const busybox = await staticBusybox();
    await eventually("no process of the engine is a zombie", async () => {
      const { stdout } = await engine().run(busybox, ["ps", "-o", "stat,comm"]);
      return !/^Z/m.test(stdout);
    });
  });

  it("does not see the containers of another engine, nor that one its own", async () => {
    await runWeb("mine");
    const other = await startPrivateEngine();
    try {
      expect(other.id).not.toBe(engine().id);
      await buildImage(other, { tag: "theirs:1" });
      await runContainer(other, { name: "theirs", image: "theirs:1" });
      expect(await containerNames(other)).toEqual(["theirs"]);
      expect(await containerNames(engine())).not.toContain("theirs");
    } finally {
      await other.close();
    }
    expect(await containerNames(engine())).toContain("mine");
  });

  it("leaves the machine's network, mounts and folders as they are", async () => {
    const before = machineState();
    const other = await startPrivateEngine();
    try {
      await buildImage(other, { tag: "app:1" });
      await createNetwork(other, "backend");
      await runContainer(other, { name: "app", image: "app:1", networkMode: "backend" });
      expect(machineState()).toEqual(before);
    } finally {
      await other.close();
    }
    expect(machineState()).toEqual(before);
    expect(remainsOf(other.socketPath)).toEqual([]);
    await expect(other.close()).resolves.toBeUndefined();
  });

  it.each(["owner.json", "init.json", "dockerd.log"])(
    "leaves nothing when its start is called off after it has written %s",
    async (file) => {
      const before = ownFolders();
      const callOff = new AbortController();
      const start = startPrivateEngine({ signal: callOff.signal });
      const isWritten = (): boolean =>
        ownFolders().some(
          (name) => !before.includes(name) && existsSync(join(tmpdir(), name, file)),
        );
      const called = eventually(`${file} is written`, isWritten, { intervalMs: 1 }).finally(() => {
        callOff.abort();
      });
      await expect(start).rejects.toMatchObject({ name: "AbortError" });
      await called;
      expect(ownFolders()).toEqual(before);
    },
  );

  it("says what its log says when it does not start", async () => {
    const before = ownFolders();
    const start = startPrivateEngine({ daemonArgs: ["--log-level=nonsense"] });
    await expect(start).rejects.toThrow(/log ends with:[^]*nonsense/);
    expect(ownFolders()).toEqual(before);
  });
});

/** What an engine could change outside of its namespaces. */
function machineState(): Record<string, string[]> {
  const lines = (path: string): string[] =>
    existsSync(path) ? readFileSync(path, "utf8").split("\n").sort() : [];
  const names = (path: string): string[] => (existsSync(path) ? readdirSync(path).sort() : []);
  return {
    interfaces: names("/sys/class/net"),
    routes: lines("/proc/net/route"),
    tables: lines("/proc/net/ip_tables_names"),
    mounts: lines("/proc/self/mountinfo"),
    run: names("/run"),
    containerd: names("/run/containerd"),
    opt: names("/opt"),
    engineConfig: names("/etc/docker"),
  };
}

function ownFolders(): string[] {
  const mine = `stalewatch-engine-${String(process.pid)}-`;
  return readdirSync(tmpdir()).filter((name) => name.startsWith(mine));
}

/** The folder and the cgroups of an engine, as far as they are still there. */
function remainsOf(socketPath: string): string[] {
  const folder = dirname(socketPath);
  const hierarchies = existsSync("/sys/fs/cgroup") ? readdirSync("/sys/fs/cgroup") : [];
  const cgroups = ["", ...hierarchies].map((name) =>
    join("/sys/fs/cgroup", name, basename(folder)),
  );
  return [folder, ...cgroups].filter((path) => existsSync(path));
}

/** Another process that opens an engine, and how it ended. */
async function openedElsewhere(name: string, env: NodeJS.ProcessEnv = {}) {
  const script = join(import.meta.dirname, "../harness/open-engine-main.ts");
  const child = spawn(process.execPath, [script, name], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  return { child, ended, socketPath: line.trim() };
}

/** Rather than the one that entered the namespaces to run dockerd. */
function isGuard({ pid }: ProcessIdentity): boolean {
  return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").includes("--kill-child");
}

describe("a process that ends without closing its engine", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("leaves nothing on %s", async (signal) => {
    const { child, ended, socketPath } = await openedElsewhere("signalled");
    expect(remainsOf(socketPath)).not.toEqual([]);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(remainsOf(socketPath)).toEqual([]);
  });

  it("leaves nothing when it just exits", async () => {
    const { child, ended, socketPath } = await openedElsewhere("exited");
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
    expect(remainsOf(socketPath)).toEqual([]);
  });

  it("leaves nothing on kill -9", async () => {
    const { child, ended, socketPath } = await openedElsewhere("killed");
    child.kill("SIGKILL");
    await ended;
    await eventually("nothing is left", () => remainsOf(socketPath).length === 0);
  });

  it("has its remains removed by the next start where the guard was killed, too", async () => {
    const { child, ended, socketPath } = await openedElsewhere("crashed");
    const init = namespaceInitOf(folderAt(dirname(socketPath)));
    expect(init !== undefined && isAlive(init)).toBe(true);
    for (const guard of childrenOf(child.pid ?? 0).filter(isGuard)) killExactly(guard, "SIGKILL");
    child.kill("SIGKILL");
    await ended;
    await eventually("its engine has ended", () => init !== undefined && !isAlive(init));
    expect(remainsOf(socketPath)).not.toEqual([]);
    const next = await startPrivateEngine();
    await next.close();
    expect(remainsOf(socketPath)).toEqual([]);
  });
});

describe("sweeping", () => {
  /** The folder of a run whose process has ended, with `init` as what it recorded. */
  async function abandonedFolder(init: unknown, owner: object = {}): Promise<string> {
    const dead = spawn("true", { stdio: "ignore" });
    const pid = dead.pid ?? 0;
    const identity = identityOf(pid);
    await once(dead, "exit");
    const path = join(tmpdir(), `stalewatch-engine-${String(pid)}-abcdef`);
    mkdirSync(path, { mode: 0o700 });
    const record = { ...identity, table: processTable(), ...owner };
    writeFileSync(join(path, "owner.json"), JSON.stringify(record));
    writeFileSync(join(path, "init.json"), JSON.stringify(init));
    return path;
  }

  /** A living process, as a crashed run could have left it. */
  function leftover() {
    const child = spawn("sleep", ["1000"], { stdio: "ignore" });
    const ended = once(child, "exit");
    return { child, ended, identity: identityOf(child.pid ?? 0) };
  }

  it("ends the recorded process of a dead run and removes its folder", async () => {
    const { ended, identity } = leftover();
    const folder = await abandonedFolder(identity);
    expect(await sweep()).toContain(folder);
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(existsSync(folder)).toBe(false);
  });

  it("spares a process that has only got the recorded number", async () => {
    const { child, ended, identity } = leftover();
    const folder = await abandonedFolder({ ...identity, startTime: "1" });
    expect(await sweep()).toContain(folder);
    expect(identity !== undefined && isAlive(identity)).toBe(true);
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
  });

  it("leaves what belongs to another process table, and what is in use", async () => {
    const elsewhere = { ...processTable(), namespace: "pid:[1]" };
    const folder = await abandonedFolder(null, { table: elsewhere });
    try {
      expect(await sweep()).not.toContain(folder);
      expect(existsSync(folder)).toBe(true);
      expect(await engineIdOf(engine().docker)).toBe(engine().id);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("an engine that is lent to the tests", () => {
  it("keeps everything on close() but what was made through it", async () => {
    await runWeb("theirs");
    await createNetwork(engine(), "their-network");
    await engine().docker.createVolume({ Name: "their-volume" });
    const before = await inventory(engine());

    vi.stubEnv("STALEWATCH_TEST_ENGINE", engine().host);
    const lent = await openTestEngine();
    await buildImage(lent, { tag: "ours:1", volumes: ["/cache"] });
    await buildImage(lent, { tag: "ours:1", marker: "rebuilt" });
    await createNetwork(lent, "our-network");
    const ours = { name: "ours", image: "ours:1", binds: ["our-volume:/data"] };
    await runContainer(lent, { ...ours, networkMode: "our-network" });
    const stranger = runContainer(lent, { ...ours, name: "x", binds: ["their-volume:/data"] });
    await expect(stranger).rejects.toThrow("their-volume was there before");
    expect(await inventory(engine())).not.toEqual(before);

    await lent.close();
    expect(await inventory(engine())).toEqual(before);
  });

  it("is left in order by a process that is interrupted", async () => {
    const before = await inventory(engine());
    const env = { STALEWATCH_TEST_ENGINE: engine().host };
    const { child, ended } = await openedElsewhere("interrupted", env);
    expect(await containerNames(engine())).toContain("interrupted");
    child.kill("SIGINT");
    await ended;
    expect(await inventory(engine())).toEqual(before);
  });

  it("is neither stopped nor started", async () => {
    vi.stubEnv("STALEWATCH_TEST_ENGINE", engine().host);
    const lent = await openTestEngine();
    for (const control of [lent.stopDaemon, lent.killDaemon, lent.startDaemon]) {
      await expect(control()).rejects.toThrow(HarnessError);
    }
    await lent.close();
  });

  it("is left alone once another engine answers in its place", async () => {
    await runWeb("bystander");
    const removal = removeFromSameEngine(engine().socketPath, "ANOTHER:ID", engine().runId);
    await expect(removal).rejects.toThrow("nothing was removed");
    expect(await containerNames(engine())).toContain("bystander");
  });

  it.each(["tcp://10.0.0.1:2375", "unix:///nonexistent/docker.sock"])(
    "is refused by name where it cannot be used: %s",
    async (host) => {
      vi.stubEnv("STALEWATCH_TEST_ENGINE", host);
      await expect(openTestEngine()).rejects.toThrow(host);
    },
  );
});

async function inventory(connection: EngineConnection): Promise<Record<string, string[]>> {
  const { docker } = connection;
  const images = await docker.listImages({ all: true });
  const { Volumes } = await docker.listVolumes();
  return {
    containers: await containerNames(connection),
    images: images.map(({ Id, RepoTags }) => `${Id} ${String(RepoTags)}`).sort(),
    networks: (await docker.listNetworks()).map(({ Name }) => Name).sort(),
    volumes: Volumes.map(({ Name }) => Name).sort(),
  };
}

describe("a machine that cannot hold an engine", () => {
  it("says what to do instead", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    await expect(startPrivateEngine()).rejects.toThrow(
      /needs root[^]*STALEWATCH_TEST_ENGINE=unix:\/\/\//,
    );
  });
});
