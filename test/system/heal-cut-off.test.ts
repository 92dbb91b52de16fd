import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { removeContainer } from "../harness/containers.ts";
import { execIn } from "../harness/exec-in.ts";
import { startCommand, type Environment, type RunningDaemon } from "../harness/program.ts";
import { eventually } from "../harness/wait.ts";
import { heal, healing, imageOf, journal, only, present, type Present } from "./heal-scene.ts";
import { proxyTo } from "./engine-proxy.ts";
import { events, it, scans, type Scene } from "./scene.ts";

const PATIENCE = 60_000;

/** A trial that does not end by itself while a test looks. */
const LONG: Environment = { STALEWATCH_HEAL_SETTLE: "10m" };

async function onTrial(daemon: RunningDaemon): Promise<void> {
  await daemon.logged("heal-step", ({ step }) => step === "gate");
}

/** Which of them are there: `web running, web…-new created`. */
function shown(all: readonly Present[], { name }: { readonly name: string }): string {
  return all
    .map((one) => `${one.name.replace(name, "web").replace(/-[2-9b-z]{8}-/, "-ID-")} ${one.state}`)
    .join(", ");
}

const IN_BETWEEN = "web exited, web.stalewatch-ID-new running";

/** A stale service with data, and a daemon that is killed while its replacement is on trial. */
async function killedInBetween(scene: Scene): Promise<{ web: { name: string; image: string } }> {
  const web = await scene.startStale("web", { volumes: ["/data"] });
  await execIn(scene.engine, web.name, ["sh", "-c", "echo precious > /data/file"]);
  const daemon = scene.daemon(healing(scene, LONG));
  expect(await scene.message()).toContain("1 container stale");
  await daemon.logged("delivered");
  await onTrial(daemon);
  await daemon.stop("SIGKILL");
  expect(shown(await present(scene), web)).toBe(IN_BETWEEN);
  return { web };
}

async function data(scene: Scene, { name }: { readonly name: string }): Promise<string> {
  return (await execIn(scene.engine, name, ["cat", "/data/file"])).trim();
}

describe.concurrent("a daemon that is stopped in the middle of a heal", () => {
  it("by SIGTERM leads it back, says so, and leaves nothing for the next start", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const before = await only(scene, web);
    const daemon = scene.daemon(healing(scene, LONG));
    await scene.message();
    await onTrial(daemon);
    expect(await daemon.stop("SIGTERM")).toBe(0);
    expect(daemon.log.at(-1)?.event).toBe("stopped");
    expect(await only(scene, web)).toEqual({ ...before, state: "running" });
    const done = await journal(scene);
    expect(done).toMatchObject([
      { outcome: "rolled-back", detail: "stalewatch was stopped in the middle of it" },
    ]);

    const next = scene.daemon(healing(scene));
    const told = await scene.messageWith("Heal failed: ", PATIENCE);
    expect(told).toContain("why: stalewatch was stopped in the middle of it");
    expect(told).toContain("now: the old container runs again");
    expect(told).toContain("next: it is tried again later");
    await scans(next, 2);
    expect(events(next, "heal-step")).toEqual([]);
    expect(await journal(scene)).toEqual(done);
  });

  it("by SIGKILL: the next start finishes it, and the incident ends with it", async ({ scene }) => {
    const { web } = await killedInBetween(scene);
    const next = scene.daemon(healing(scene));
    const told = await scene.message(PATIENCE);
    expect(told).toMatch(/^host-1: 1 container healed, 1 container resolved\n/);
    expect(told).not.toContain("downtime:");
    expect(await only(scene, web)).toMatchObject({
      image: await imageOf(scene, web.image),
      state: "running",
    });
    expect(await data(scene, web)).toBe("precious");
    expect(await journal(scene)).toMatchObject([{ outcome: "healed", by: "daemon" }]);
    await scans(next, 2);
    expect(scene.slack.received).toHaveLength(2);
  });

  it("by SIGKILL: the next start undoes it when the replacement is gone", async ({ scene }) => {
    const { web } = await killedInBetween(scene);
    const [old, replacement] = await present(scene);
    await removeContainer(scene.engine, replacement?.id ?? "");
    const next = scene.daemon(healing(scene));
    const told = await scene.message(PATIENCE);
    expect(told).toMatch(/^host-1: 1 container could not be healed\n/);
    expect(told).toContain("why: the replacement is gone");
    expect(told).toContain("now: the old container runs again");
    expect(await only(scene, web)).toEqual({ ...old, state: "running" });
    expect(await data(scene, web)).toBe("precious");
    await scans(next, 2);
    expect(scene.slack.received).toHaveLength(2);
  });

  it("by SIGKILL: a daemon that may only alert finishes it all the same", async ({ scene }) => {
    const { web } = await killedInBetween(scene);
    scene.daemon({ STALEWATCH_HEAL_SETTLE: "1s" });
    expect(await scene.message(PATIENCE)).toContain(`Healed: ${web.name} `);
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
  });

  it("by SIGKILL: `doctor --repair` finishes it, and says so", async ({ scene }) => {
    const { web } = await killedInBetween(scene);
    const warned = await scene.stalewatch(["doctor"]);
    expect(warned.stdout.replaceAll(/\s+/g, " ")).toContain("doctor --repair");
    const { code, stdout } = await scene.stalewatch(["doctor", "--repair"], {
      STALEWATCH_HEAL_SETTLE: "1s",
    });
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `the heal of ${web.name} that was cut off: healed: runs ${web.image}:latest`,
    );
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
    expect(await journal(scene)).toMatchObject([{ outcome: "healed" }]);
  });
});

describe.concurrent("a command that is stopped in the middle of its heal", () => {
  it.for(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s leads it back, and says so",
    async (signal, { scene }) => {
      const [web, api] = [await scene.startStale("web"), await scene.startStale("zapi")];
      const before = await present(scene);
      const command = startCommand(["heal", "--project", scene.project], { ...scene.env, ...LONG });
      await command.said("waiting for it to prove itself");
      command.signal(signal);
      // Again, as somebody does who has no patience.
      command.signal(signal);
      expect(await command.exited).toBe(1);
      expect(await present(scene)).toEqual(before.map((one) => ({ ...one, state: "running" })));
      const said = command.stderr();
      expect(said).toContain(
        `${web.name}: rolled back, the old container runs again: stalewatch was stopped in the middle of it`,
      );
      expect(said).toContain(`${api.name}: not begun: interrupted\n`);
      expect(await journal(scene)).toMatchObject([{ outcome: "rolled-back", by: "command" }]);
    },
  );

  it("by SIGKILL: the next command finishes it first, and then has nothing to do", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const command = startCommand(["heal", web.name], { ...scene.env, ...LONG });
    await command.said("waiting for it to prove itself");
    command.signal("SIGKILL");
    await command.exited;
    expect(shown(await present(scene), web)).toBe(IN_BETWEEN);

    const dry = await heal(scene, ["--dry-run", web.name]);
    expect(dry.stderr).toBe(
      `stalewatch: the heal of ${web.name} is not over: one that was cut off is finished or undone first\n`,
    );
    expect(dry.code).toBe(0);
    expect(shown(await present(scene), web)).toBe(IN_BETWEEN);

    const next = await heal(scene, [web.name]);
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toContain("a heal was cut off: finishing or undoing it first\n");
    expect(next.stderr).toContain(`${web.name}: healed: `);
    expect(next.stdout).toContain(`${web.name}: nothing to do: `);
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
    expect(await journal(scene)).toMatchObject([{ outcome: "healed", by: "command" }]);
  });

  it("by SIGKILL, and can be neither finished nor undone: others are healed all the same", async ({
    scene,
  }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    const command = startCommand(["heal", web.name], { ...scene.env, ...LONG });
    await command.said("waiting for it to prove itself");
    command.signal("SIGKILL");
    await command.exited;
    const old = (await present(scene)).find(({ name }) => name === web.name);
    const isOfOld = (path: string): boolean => path.includes(old?.id ?? web.name);
    proxy.before((path) =>
      isOfOld(path) ? Promise.reject(new Error("no answer")) : Promise.resolve(),
    );
    const beside = await heal(scene, ["--yes", web.name, api.name], { DOCKER_HOST: proxy.host });
    expect(beside.code, beside.stderr).toBe(3);
    expect(beside.stderr).toContain(`the heal of ${web.name} cannot be ended yet: `);
    expect(beside.stderr).toContain(`${api.name}: healed: `);
    expect(shown(await present(scene), web)).toContain(IN_BETWEEN);
    await proxy.close();

    const last = await heal(scene, ["--yes", web.name]);
    expect(last.code, last.stderr).toBe(0);
    expect((await present(scene)).map(({ name, image }) => [name, image])).toEqual([
      [api.name, await imageOf(scene, api.image)],
      [web.name, await imageOf(scene, web.image)],
    ]);
  });

  it("by SIGKILL: the daemon finishes it", async ({ scene }) => {
    const web = await scene.startStale("web");
    const command = startCommand(["heal", web.name], { ...scene.env, ...LONG });
    await command.said("waiting for it to prove itself");
    command.signal("SIGKILL");
    await command.exited;
    const daemon = scene.daemon({ STALEWATCH_HEAL_SETTLE: "1s" });
    const told = await scene.message(PATIENCE);
    expect(told).toMatch(/^host-1: 1 container healed\n/);
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
  });
});

describe.concurrent("a state that is lost in the middle of a heal", () => {
  const loseState = ({ state }: Scene): void => {
    for (const name of ["stalewatch.db", "stalewatch.db-wal", "stalewatch.db-shm"])
      rmSync(join(state, name), { force: true });
  };

  it("means that the old container serves again, nothing is removed, and somebody is told", async ({
    scene,
  }) => {
    const { web } = await killedInBetween(scene);
    loseState(scene);
    const patient = healing(scene, {
      STALEWATCH_GRACE: "1h",
      STALEWATCH_HEAL_HEALTH_TIMEOUT: "1s",
    });
    const daemon = scene.daemon(patient);
    const { message, level } = await eventually(
      "it tells of what is left",
      () => events(daemon, "heal-leftover")[0],
      { timeoutMs: 90_000 },
    );
    expect(level).toBe("warn");
    expect(message).toMatch(
      /\.stalewatch-\S+-new is left of a heal that nobody remembers, beside \S+, which runs: remove it/,
    );
    expect(shown(await present(scene), web)).toBe("web running, web.stalewatch-ID-new exited");
    expect(await data(scene, web)).toBe("precious");
    await scans(daemon, 2);
    expect(events(daemon, "heal-leftover")).toHaveLength(1);
    expect(await journal(scene)).toEqual([]);
    for (const one of await present(scene)) await removeContainer(scene.engine, one.id);
  });

  it("is put right at once by `doctor --repair`", async ({ scene }) => {
    const { web } = await killedInBetween(scene);
    loseState(scene);
    const { code, stdout } = await scene.stalewatch(["doctor", "--repair"]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("is left of a heal that nobody remembers");
    expect(shown(await present(scene), web)).toBe("web running, web.stalewatch-ID-new exited");
    for (const one of await present(scene)) await removeContainer(scene.engine, one.id);
  });
});
