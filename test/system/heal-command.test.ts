import { existsSync } from "node:fs";
import { describe, expect } from "vitest";
import { execIn } from "../harness/exec-in.ts";
import { errorDocument, isoTime, shortId } from "./documents.ts";
import {
  BROKEN,
  heal,
  healDocument,
  imageOf,
  journal,
  only,
  present,
  QUICK,
  type HealDocument,
} from "./heal-scene.ts";
import { it, type Scene } from "./scene.ts";

/** The line that is shown while a step is taken. */
const DOING: Readonly<Record<string, string>> = {
  create: "creating the replacement",
  stop: "stopping the old container",
  start: "starting the replacement",
  gate: "waiting for it to prove itself",
  swap: "taking over name and restart policy",
};

function progressOf({ heals }: HealDocument): readonly string[] {
  return heals.flatMap(({ steps }) =>
    steps.map(({ step, container }) => `${container}: ${DOING[step] ?? step} …`),
  );
}

describe.concurrent("heal --dry-run", () => {
  it("changes nothing, and its steps are the ones that the heal then takes", async ({ scene }) => {
    const web = await scene.startStale("web", { volumes: ["/data"] });
    await scene.start("sidecar", { networkMode: `container:${web.name}` });
    const before = await present(scene);
    const dry = await heal(scene, ["--dry-run", "--json", web.name]);
    expect({ code: dry.code, stderr: dry.stderr }).toEqual({ code: 0, stderr: "" });
    const plan = healDocument(dry.stdout);
    expect(plan).toMatchObject({ dryRun: true, heals: [{ outcome: null }] });
    expect(await present(scene)).toEqual(before);
    expect(await journal(scene)).toEqual([]);

    const done = await heal(scene, ["--yes", web.name]);
    expect(done.code, done.stderr).toBe(0);
    const lines = done.stderr.trimEnd().split("\n");
    expect(lines.slice(0, -1)).toEqual(progressOf(plan));
    expect(lines.at(-1)).toMatch(
      new RegExp(
        `^${web.name}: healed: runs ${web.image}:latest as built last, [0-9.]+ s of downtime$`,
      ),
    );
  });

  it("leaves nothing behind where stalewatch has never run", async ({ scene }) => {
    const web = await scene.startStale("web");
    const state = scene.file("never-made");
    const { code, stdout } = await heal(scene, ["--dry-run", web.name], {
      STALEWATCH_STATE: state,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^host-1: 1 to heal\n/);
    expect(existsSync(state)).toBe(false);
  });

  it("prints the plan that would run, at the width of a terminal", async ({ scene }) => {
    const web = await scene.startStale("web");
    const { stdout, code } = await heal(scene, ["--dry-run", web.name]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^host-1: 1 to heal\n\n/);
    expect(stdout).toMatch(
      new RegExp(`\n${web.name}: ${web.image}:latest was built again (just now|\\d+ s ago)\n`),
    );
    expect(stdout.match(/^ {2}\d\. {2}/gm)).toHaveLength(5);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("says 2 when what was named is refused", async ({ scene }) => {
    const web = await scene.startStale("web");
    await scene.stalewatch(["hold", web.name]);
    expect((await heal(scene, ["--dry-run", web.name])).code).toBe(2);
  });
});

describe.concurrent("heal NAME", () => {
  it("recreates a pending one in alert mode, with its data and name", async ({ scene }) => {
    const web = await scene.start("web", { volumes: ["/data"], env: { COLOUR: "blue" } });
    await execIn(scene.engine, web.name, ["sh", "-c", "echo precious > /data/file"]);
    await scene.build(web);
    const before = await only(scene, web);
    const { code, stdout } = await heal(scene, [web.name], { STALEWATCH_GRACE: "1h" });
    expect(code).toBe(0);
    expect(stdout).toContain("host-1: 1 to heal\n");
    const after = await only(scene, web);
    expect(after.id).not.toBe(before.id);
    expect(after).toMatchObject({ state: "running", image: await imageOf(scene, web.image) });
    expect((await execIn(scene.engine, web.name, ["cat", "/data/file"])).trim()).toBe("precious");
    expect(await journal(scene)).toMatchObject([{ outcome: "healed", by: "command" }]);
  });

  it("is this document with --json", async ({ scene }) => {
    const revision = "4f2c9e1";
    const web = await scene.start("web", { volumes: ["/data"] });
    const old = await imageOf(scene, web.image);
    await scene.build(web, { labels: { "org.opencontainers.image.revision": revision } });
    const { code, stdout } = await heal(scene, ["--json", web.name]);
    expect(code).toBe(0);
    const step = (name: string): object => ({
      step: name,
      container: web.name,
      does: expect.any(String) as string,
      cause: expect.any(String) as string,
    });
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      engine: { id: scene.engine.id, name: "host-1", apiVersion: scene.engine.apiVersion },
      at: isoTime(),
      dryRun: false,
      heals: [
        {
          id: shortId(),
          method: "engine",
          container: web.name,
          project: scene.project,
          service: "web",
          oldImage: { id: old, createdAt: isoTime() },
          newImage: {
            id: await imageOf(scene, web.image),
            tag: `${web.image}:latest`,
            createdAt: isoTime(),
            revision,
          },
          dependents: [],
          carried: [expect.stringMatching(/^anonymous volume [0-9a-f]{12}… at \/data$/)],
          steps: ["create", "stop", "start", "gate", "swap"].map(step),
          outcome: "healed",
          detail: `runs ${web.image}:latest as built last`,
          quarantined: false,
          downtimeSeconds: expect.any(Number) as number,
          warnings: [],
          logs: [],
        },
      ],
      refused: [],
      nothingToDo: [],
    });
  });

  it("has nothing to do for a fresh one, and recreates it by --force", async ({ scene }) => {
    const web = await scene.start("web");
    const before = await only(scene, web);
    const asked = await heal(scene, ["--json", web.name]);
    expect(asked.code).toBe(0);
    expect(healDocument(asked.stdout)).toMatchObject({
      heals: [],
      refused: [],
      nothingToDo: [
        { container: web.name, reason: `runs the newest local build of ${web.image}:latest` },
      ],
    });
    expect(await only(scene, web)).toEqual(before);

    const forced = await heal(scene, ["--force", web.name]);
    expect(forced.code).toBe(0);
    const after = await only(scene, web);
    expect(after.id).not.toBe(before.id);
    expect(after).toMatchObject({ image: before.image, state: "running" });
  });

  it("is bound by a hold, which --force overrides", async ({ scene }) => {
    const web = await scene.startStale("web");
    const before = await only(scene, web);
    await scene.stalewatch(["hold", "--project", scene.project]);
    const held = await heal(scene, ["--json", web.name]);
    expect(held.code).toBe(2);
    expect(healDocument(held.stdout).refused).toMatchObject([
      { container: web.name, reason: "a hold is on it" },
    ]);
    expect(await only(scene, web)).toEqual(before);
    expect((await heal(scene, ["--force", web.name])).code).toBe(0);
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
  });

  it("goes back when the image does not work, shows its last words, and does not try it again unless forced", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const before = await only(scene, web);
    await scene.build(web, BROKEN);
    const failed = await heal(scene, [web.name]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`${web.name}: going back to the old container …\n`);
    expect(failed.stderr).toContain(
      `${web.name}: rolled back, the old container runs again: it exited with code 3\n  | cannot find the database\n`,
    );
    expect(await only(scene, web)).toEqual(before);

    const again = await heal(scene, ["--json", web.name]);
    expect(again.code).toBe(2);
    expect(healDocument(again.stdout).refused).toMatchObject([
      { container: web.name, reason: "this image failed here before" },
    ]);
    const { containers } = await scene.check();
    expect(containers).toMatchObject([{ verdict: "stale" }]);

    const forced = await heal(scene, ["--json", "--force", web.name]);
    expect(forced.code).toBe(1);
    expect(healDocument(forced.stdout).heals).toMatchObject([
      { outcome: "rolled-back", logs: ["cannot find the database"] },
    ]);
    expect(await only(scene, web)).toEqual(before);
  });
});

describe.concurrent("what cannot be healed", () => {
  it.for([
    [
      "a name that nothing has",
      (scene: Scene) => Promise.resolve(`${scene.project}-none-1`),
      3,
      "there is no container named",
    ],
    [
      "a container that is not running",
      async (scene: Scene) => {
        const { name } = await scene.startStale("web");
        await scene.engine.docker.getContainer(name).stop();
        return name;
      },
      3,
      "is not running (exited)",
    ],
    [
      "one that follows no tag",
      async (scene: Scene) => {
        const pinned = scene.service("pinned");
        const image = await scene.build(pinned);
        await scene.run({ ...pinned, image });
        return pinned.name;
      },
      2,
      "created by image ID: it follows no tag that a build could move",
    ],
    [
      "one that is told to be left alone",
      async (scene: Scene) =>
        (await scene.startStale("web", { labels: { "stalewatch.enable": "false" } })).name,
      2,
      "its label stalewatch.enable=false says so",
    ],
    [
      "one that was started with --rm",
      async (scene: Scene) => (await scene.startStale("web", { autoRemove: true })).name,
      2,
      "it was started with --rm",
    ],
    [
      "one that is paused",
      async (scene: Scene) => {
        const { name } = await scene.startStale("web");
        await scene.engine.docker.getContainer(name).pause();
        return name;
      },
      2,
      "it is paused",
    ],
  ] as const)("%s", async ([, make, code, message], { scene }) => {
    const name = await make(scene);
    const before = await present(scene);
    const refused = await heal(scene, ["--json", "--force", name]);
    expect(refused.code, refused.stdout).toBe(code);
    const text =
      code === 3
        ? errorDocument(refused.stdout).error.message
        : healDocument(refused.stdout).refused[0]?.reason;
    expect(text).toContain(message);
    expect(await present(scene)).toEqual(before);
    expect(await journal(scene)).toEqual([]);
  });

  it("is told with the command to type", async ({ scene }) => {
    const web = await scene.startStale("web", { autoRemove: true });
    const { stdout } = await heal(scene, [web.name]);
    expect(stdout).toContain("\n  By hand, type:\n");
    expect(stdout).toContain(
      `\n  docker compose -f /srv/${scene.project}/compose.yaml -p ${scene.project} up -d --no-deps --force-recreate web`,
    );
  });
});

describe.concurrent("heal without names", () => {
  it("recreates what is stale with mode heal, and nothing else", async ({ scene }) => {
    const web = await scene.startStale("web", { labels: { "stalewatch.mode": "heal" } });
    const api = await scene.startStale("api");
    const late = await scene.startStale("late", {
      labels: { "stalewatch.mode": "heal", "stalewatch.grace": "1h" },
    });
    const { code, stdout } = await heal(scene, ["--json"]);
    expect(code).toBe(0);
    expect(healDocument(stdout).heals).toMatchObject([{ container: web.name, outcome: "healed" }]);
    const { containers } = await scene.check();
    const verdicts = containers.map(({ name, verdict }) => `${name} ${verdict}`);
    expect(verdicts.toSorted()).toEqual([
      `${api.name} stale`,
      `${late.name} pending`,
      `${web.name} fresh`,
    ]);
  });

  it("has nothing to do on a host where nothing is stale", async ({ scene }) => {
    await scene.start("web");
    const { code, stdout, stderr } = await heal(scene, []);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "host-1: nothing to heal\n",
      stderr: "",
    });
  });

  it("of a project leaves its untracked ones alone, and that is no failure", async ({ scene }) => {
    const web = await scene.startStale("web");
    const pinned = scene.service("pinned");
    await scene.run({ ...pinned, image: await scene.build(pinned) });
    const { code, stdout } = await heal(scene, ["--json", "--project", scene.project]);
    expect(code).toBe(0);
    expect(healDocument(stdout)).toMatchObject({
      heals: [{ container: web.name, outcome: "healed" }],
      refused: [],
      nothingToDo: [{ container: pinned.name }],
    });
  });
});

describe.concurrent("two heals at once", () => {
  it("of one container: one waits, and nothing is healed twice", async ({ scene }) => {
    const web = await scene.startStale("web");
    const both = await Promise.all([heal(scene, [web.name]), heal(scene, [web.name])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await journal(scene)).toMatchObject([{ outcome: "healed" }]);
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
    expect(both.map(({ stderr }) => stderr).join("")).not.toContain("was cut off");
  });

  it("of two containers: both are healed, one after the other", async ({ scene }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const both = await Promise.all([heal(scene, [web.name]), heal(scene, [api.name])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const [first, second] = await journal(scene);
    expect([first?.outcome, second?.outcome]).toEqual(["healed", "healed"]);
    const { steps } = second as unknown as { steps: readonly { at: string }[] };
    expect(Date.parse(steps[0]?.at ?? "")).toBeGreaterThanOrEqual(
      Date.parse(first?.closedAt ?? ""),
    );
    expect((await scene.stalewatch(["check"], QUICK)).code).toBe(0);
  });
});
