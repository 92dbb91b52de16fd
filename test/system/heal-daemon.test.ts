import { mkdirSync } from "node:fs";
import { describe, expect } from "vitest";
import { createContainer, removeContainer } from "../harness/containers.ts";
import type { Environment } from "../harness/program.ts";
import { eventually } from "../harness/wait.ts";
import { checkDocument, historyDocument } from "./documents.ts";
import { BROKEN, heal, healing, imageOf, journal, only, present } from "./heal-scene.ts";
import { it, scans, type Scene } from "./scene.ts";

/** For what comes after a heal: on a busy machine many of them take long. */
const PATIENCE = 60_000;

/** What keeps the daemon from healing each container: `web mode`, `web -` for nothing. */
async function blocks(scene: Scene, env: Environment): Promise<readonly string[]> {
  const { stdout } = await scene.stalewatch(["check", "--json", "--project", scene.project], env);
  const { containers } = checkDocument(stdout) as unknown as {
    containers: readonly { service: string; healBlockedBy: string | null }[];
  };
  return containers.map(({ service, healBlockedBy }) => `${service} ${healBlockedBy ?? "-"}`);
}

describe.concurrent("the daemon in mode heal", () => {
  it("alerts, recreates after the grace, and tells both ends in one message", async ({ scene }) => {
    const web = await scene.start("web");
    const old = await only(scene, web);
    const daemon = scene.daemon(healing(scene, { STALEWATCH_GRACE: "3s" }));
    await scans(daemon, 1);
    await scene.build(web);

    const alert = await scene.message();
    expect(alert).toMatch(/^host-1: 1 container stale\n/);
    expect(alert).toContain("next: it is recreated on its newest image");
    const end = await scene.message(PATIENCE);
    expect(end).toMatch(/^host-1: 1 container healed, 1 container resolved\n/);
    expect(end).toContain(`Healed: ${web.name} `);
    expect(end).toMatch(/downtime: [0-9.]+ s\n/);
    expect(end).toContain(`how: healed: runs ${web.image}:latest as built last`);

    const now = await only(scene, web);
    expect(now).toMatchObject({ image: await imageOf(scene, web.image), state: "running" });
    expect(now.id).not.toBe(old.id);
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(2);
    const { incidents } = historyDocument((await scene.stalewatch(["history", "--json"])).stdout);
    expect(incidents).toMatchObject([{ container: web.name, resolution: "fresh" }]);
    expect(await journal(scene)).toMatchObject([{ outcome: "healed", by: "daemon" }]);
    expect((await scene.check()).containers).toMatchObject([{ verdict: "fresh" }]);
  });

  it.for([["its first start"], ["its state was lost"]])(
    "heals nothing within one grace of when %s, however long it is stale",
    async ([when], { scene }) => {
      const grace = 6;
      const env = healing(scene, { STALEWATCH_GRACE: `${String(grace)}s` });
      const web = await scene.start("web");
      if (when === "its state was lost") {
        const before = scene.daemon({ ...env, STALEWATCH_STATE: scene.state });
        await scans(before, 1);
        await before.stop();
      }
      await scene.build(web);
      const state = scene.file("anew");
      await eventually("it is stale", async () => {
        const { containers } = await scene.check({ ...env, STALEWATCH_STATE: state });
        return containers[0]?.verdict === "stale";
      });

      mkdirSync(state);
      const daemon = scene.daemon({ ...env, STALEWATCH_STATE: state });
      const began = Date.parse(String((await daemon.logged("started"))["time"]));
      expect(await scene.message()).toContain("1 container stale");
      const step = await daemon.logged("heal-step");
      expect(Date.parse(String(step["time"]))).toBeGreaterThanOrEqual(began + grace * 1000);
      expect(await scene.message(PATIENCE)).toContain("1 container healed");
    },
  );

  it("heals one after the other, each told by itself, what others need first", async ({
    scene,
  }) => {
    const needs = { "com.docker.compose.depends_on": "db:service_started:false" };
    const api = await scene.startStale("api", { labels: needs });
    const db = await scene.startStale("db");
    scene.daemon(healing(scene));
    expect(await scene.message()).toContain("2 containers stale");
    expect(await scene.message(PATIENCE)).toContain(`Healed: ${db.name} `);
    expect(await scene.message(PATIENCE)).toContain(`Healed: ${api.name} `);
  });

  it("and a command at once: one of them does it, and it is done once", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon(healing(scene, { STALEWATCH_GRACE: "1s" }));
    const { code } = await heal(scene, [web.name]);
    expect(code).toBe(0);
    await scans(daemon, 2);
    // What a command has to tell waits for the daemon, which looks for it at its start and then every minute.
    await daemon.stop();
    scene.daemon(healing(scene, { STALEWATCH_GRACE: "1s" }));
    await scene.messageWith("1 container healed", PATIENCE);
    const done = await journal(scene);
    expect(done.map(({ outcome }) => outcome)).toEqual(["healed"]);
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
    const told = scene.slack.received.map(({ body }) => (body as { text: string }).text).join("\n");
    expect(told).not.toMatch(/Heal (?:failed|refused)/);
    expect(told.match(/Healed:/g)).toHaveLength(1);
  });
});

describe.concurrent("the daemon does not heal", () => {
  it("more services than the breaker allows: one alert, not repeated, until fewer are due", async ({
    scene,
  }) => {
    const env = healing(scene, { STALEWATCH_HEAL_BREAKER: "2" });
    const all = await Promise.all(["a", "b", "c"].map((name) => scene.startStale(name)));
    const before = await present(scene);
    const daemon = scene.daemon(env);
    const alert = await scene.message();
    expect(alert).toContain("3 containers stale");
    expect(alert).toContain("Nothing is healed: too many services are stale at once");
    expect(alert).toContain(`due: ${all.map(({ name }) => name).join(", ")}`);
    await scans(daemon, 3);
    expect(scene.slack.received).toHaveLength(1);
    expect(await present(scene)).toEqual(before);
    expect(await blocks(scene, env)).toEqual(["a breaker", "b breaker", "c breaker"]);

    const [a] = all;
    if (a !== undefined) await scene.recreate(a);
    expect(await scene.messageWith("Healed: ", PATIENCE)).not.toContain("Nothing is healed");
    expect(await scene.messageWith("Healed: ", PATIENCE)).not.toContain("Nothing is healed");
    expect((await scene.check()).summary).toMatchObject({ fresh: 3 });
  });

  it("while the window is closed", async ({ scene }) => {
    const web = await scene.startStale("web");
    const closed = healing(scene, {
      STALEWATCH_HEAL_WINDOW: "{ cron: '0 0 29 2 *', for: 1m }",
    });
    const before = await only(scene, web);
    const daemon = scene.daemon(closed);
    expect(await scene.message()).toContain("heal blocked by window");
    await scans(daemon, 2);
    expect(await only(scene, web)).toEqual(before);
    expect(await blocks(scene, closed)).toEqual(["web window"]);
    await daemon.stop();

    scene.daemon(healing(scene, { STALEWATCH_HEAL_WINDOW: "{ cron: '* * * * *', for: 2m }" }));
    expect(await scene.message(PATIENCE)).toContain("1 container healed");
  });

  it("while a hold is on it, but when it is released", async ({ scene }) => {
    const web = await scene.startStale("web");
    const before = await only(scene, web);
    const held = await scene.stalewatch(["hold", "--project", scene.project]);
    const daemon = scene.daemon(healing(scene));
    await scans(daemon, 2);
    expect(await only(scene, web)).toEqual(before);
    expect(await blocks(scene, healing(scene))).toEqual(["web hold"]);
    expect(scene.slack.received).toEqual([]);
    await scene.stalewatch(["release", held.stdout.trim()]);
    expect(await scene.messageWith("1 container healed", PATIENCE)).toContain(
      `Healed: ${web.name} `,
    );
  });

  it("with an image that failed there, until a newer one is built", async ({ scene }) => {
    const web = await scene.start("web");
    const before = await only(scene, web);
    const daemon = scene.daemon(healing(scene));
    await scans(daemon, 1);
    await scene.build(web, BROKEN);
    const failure = await scene.messageWith("Heal failed: ", PATIENCE);
    expect(failure).toMatch(/^host-1: 1 container could not be healed\n/);
    expect(failure).toContain("why: it exited with code 3");
    expect(failure).toContain("now: the old container runs again");
    expect(failure).toContain(
      "next: this image is not tried again here until a newer one is built",
    );
    expect(failure).toContain("cannot find the database");
    await scans(daemon, 2);
    expect(await only(scene, web)).toEqual(before);
    expect(scene.slack.received).toHaveLength(2);
    expect(await blocks(scene, healing(scene))).toEqual(["web quarantine"]);

    await scene.build(web);
    expect(await scene.messageWith("1 container healed", PATIENCE)).toContain(
      `Healed: ${web.name} `,
    );
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
    expect(await blocks(scene, healing(scene))).toEqual(["web -"]);
  });

  it("what has a writable volume, unless a rule or label says so for it", async ({ scene }) => {
    const db = await scene.startStale("db", { volumes: ["/data"] });
    const before = await only(scene, db);
    const everywhere = { ...healing(scene), STALEWATCH_MODE: "heal", STALEWATCH_RULES: "" };
    const env = {
      ...everywhere,
      STALEWATCH_RULES: `[{ match: { name: '${scene.project}-*' }, enable: true }]`,
    };
    const daemon = scene.daemon(env);
    expect(await scene.message()).toContain("heal blocked by stateful");
    await scans(daemon, 2);
    expect(await only(scene, db)).toEqual(before);
    expect(await blocks(scene, env)).toEqual(["db stateful"]);
    await daemon.stop();

    scene.daemon(healing(scene));
    const end = await scene.message(PATIENCE);
    expect(end).toContain(`Healed: ${db.name} `);
    expect(end).toMatch(/carried over: anonymous volume [0-9a-f]{12}… at \/data/);
  });

  it("while a deploy is under way there", async ({ scene }) => {
    const web = await scene.startStale("web");
    const rival = { ...web, name: `${scene.project}-0123456789ab_web-1` };
    await createContainer(scene.engine, rival);
    const before = await present(scene);
    const daemon = scene.daemon(healing(scene));
    expect(await scene.message()).toContain("heal blocked by deploy-under-way");
    await scans(daemon, 2);
    expect(await present(scene)).toEqual(before);
    expect(await blocks(scene, healing(scene))).toEqual(["web deploy-under-way"]);
    await removeContainer(scene.engine, rival.name);
    // A heal that still met the rival on its way out rests for a minute.
    expect(await scene.message(100_000)).toContain("1 container healed");
  });

  it("what was moved back to an older image, or would be gone when stopped", async ({ scene }) => {
    const back = await scene.start("back");
    const first = await imageOf(scene, back.image);
    await scene.engine.docker.getImage(first).tag({ repo: back.image, tag: "first" });
    await scene.startStale("gone", { autoRemove: true });
    // Build times are whole seconds.
    await eventually("the clock has moved on", async () => {
      await scene.build(back);
      const { Created } = await scene.engine.docker.getImage(back.image).inspect();
      const { Created: before } = await scene.engine.docker.getImage(first).inspect();
      return Created.slice(0, 19) > before.slice(0, 19);
    });
    await scene.recreate(back);
    await scene.engine.docker.getImage(first).tag({ repo: back.image, tag: "latest" });
    const before = await present(scene);
    const daemon = scene.daemon(healing(scene));
    expect(await scene.message()).toContain("2 containers stale");
    await scans(daemon, 2);
    expect(await present(scene)).toEqual(before);
    expect(await blocks(scene, healing(scene))).toEqual(["back rolled-back", "gone auto-remove"]);
    await scene.engine.docker.getImage(`${back.image}:first`).remove();
  });
});
