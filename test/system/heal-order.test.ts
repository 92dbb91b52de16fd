import { mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { BROKEN, heal, healDocument, imageOf, journal, present, QUICK } from "./heal-scene.ts";
import { it, type Scene } from "./scene.ts";

/** Name, image and state of everything there, and nothing of a heal. */
async function everything(scene: Scene): Promise<readonly string[]> {
  return (await present(scene)).map(({ name, state }) => `${name} ${state}`);
}

describe.concurrent("several heals", () => {
  it("follow Compose's depends_on", async ({ scene }) => {
    const needs = (service: string) => ({
      labels: { "com.docker.compose.depends_on": `${service}:service_started:false` },
    });
    const api = await scene.startStale("api", needs("web"));
    const web = await scene.startStale("web", needs("zdb"));
    const db = await scene.startStale("zdb");
    const { code, stdout } = await heal(scene, ["--json", "--project", scene.project]);
    expect(code).toBe(0);
    expect(healDocument(stdout).heals.map(({ container }) => container)).toEqual([
      db.name,
      web.name,
      api.name,
    ]);
    expect((await journal(scene)).map(({ container }) => container)).toEqual([
      db.name,
      web.name,
      api.name,
    ]);
  });

  it("in a circle are refused, its members named, and the rest is healed", async ({ scene }) => {
    const needs = (service: string) => ({
      labels: { "com.docker.compose.depends_on": `${service}:service_started:false` },
    });
    const a = await scene.startStale("a", needs("b"));
    const b = await scene.startStale("b", needs("a"));
    const c = await scene.startStale("c");
    const { code, stdout } = await heal(scene, ["--json", "--project", scene.project]);
    expect(code).toBe(2);
    const document = healDocument(stdout);
    expect(document.heals).toMatchObject([{ container: c.name, outcome: "healed" }]);
    const reason = `containers need each other in a circle: ${a.name} → ${b.name} → ${a.name}`;
    expect(document.refused).toMatchObject([
      { container: a.name, reason },
      { container: b.name, reason },
    ]);
  });
});

describe.concurrent("what hangs on a healed container", () => {
  it("is recreated with it and joined to the new one, also what is fresh itself", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const sidecar = await scene.start("sidecar", { networkMode: `container:${web.name}` });
    const before = await present(scene);
    const { code, stdout } = await heal(scene, ["--json", web.name]);
    expect(code).toBe(0);
    expect(healDocument(stdout).heals).toMatchObject([
      { container: web.name, outcome: "healed", dependents: [sidecar.name] },
    ]);
    expect(await everything(scene)).toEqual([`${sidecar.name} running`, `${web.name} running`]);
    const after = await present(scene);
    const { HostConfig } = await scene.engine.docker.getContainer(sidecar.name).inspect();
    expect(HostConfig.NetworkMode).toBe(`container:${after[1]?.id ?? ""}`);
    expect(after.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
  });

  it("is left alone while a hold is on it, and so is the container, unless forced", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const sidecar = await scene.start("sidecar", { networkMode: `container:${web.name}` });
    const held = await scene.stalewatch(["hold", sidecar.name]);
    const before = await present(scene);
    const refused = await heal(scene, ["--json", web.name]);
    expect(refused.code).toBe(2);
    expect(healDocument(refused.stdout).refused).toMatchObject([
      {
        container: web.name,
        reason: `${sidecar.name} hangs on ${web.name} and cannot be recreated with it: hold ${held.stdout.trim()} is on it`,
      },
    ]);
    expect(await present(scene)).toEqual(before);
    const forced = await heal(scene, ["--json", "--force", web.name]);
    expect(forced.code).toBe(0);
    expect(healDocument(forced.stdout).heals).toMatchObject([
      { outcome: "healed", dependents: [sidecar.name] },
    ]);
  });

  it("keeps it from being touched where a folder of its host is gone", async ({ scene }) => {
    const web = await scene.startStale("web");
    const folder = await mkdtemp(join(tmpdir(), "stalewatch-gone-"));
    const networkMode = `container:${web.name}`;
    const sidecar = await scene.start("sidecar", { networkMode, binds: [`${folder}:/config`] });
    const before = await present(scene);
    await rmdir(folder);
    const { code, stdout } = await heal(scene, ["--json", web.name]);
    expect(code).toBe(2);
    const [refused] = healDocument(stdout).heals;
    expect(refused).toMatchObject({ container: web.name, outcome: "refused" });
    expect(stdout).toContain(folder);
    expect(await present(scene)).toEqual(before);
    expect(sidecar.name).toBe(before[0]?.name);
  });

  it("keeps it from being touched where its own newest image failed before", async ({ scene }) => {
    const web = await scene.startStale("web");
    const app = await scene.start("app", { networkMode: `container:${web.name}` });
    await scene.build(app, BROKEN);
    expect((await heal(scene, [app.name])).code).toBe(1);
    const before = await present(scene);
    const { code, stdout } = await heal(scene, ["--json", web.name]);
    expect(code).toBe(2);
    const reason = `${app.name} hangs on ${web.name} and cannot be recreated with it: its newest image failed here before`;
    expect(healDocument(stdout).refused).toMatchObject([{ container: web.name, reason }]);
    expect(await present(scene)).toEqual(before);
  });

  it("on two healed containers is there once in the end, joined to both", async ({ scene }) => {
    const networkMode = "default";
    const db = await scene.startStale("db", { networkMode });
    const cache = await scene.startStale("cache", { networkMode });
    const web = await scene.start("web", {
      networkMode,
      createOptions: { HostConfig: { Links: [`${db.name}:db`, `${cache.name}:cache`] } },
    });
    const { code, stdout, stderr } = await heal(scene, [
      "--json",
      "--project",
      scene.project,
      "--service",
      "db",
      "--service",
      "cache",
    ]);
    expect(code, stderr).toBe(0);
    expect(healDocument(stdout).heals.map(({ outcome }) => outcome)).toEqual(["healed", "healed"]);
    expect(await everything(scene)).toEqual([
      `${cache.name} running`,
      `${db.name} running`,
      `${web.name} running`,
    ]);
    for (const one of [db, cache])
      expect((await scene.engine.docker.getContainer(one.name).inspect()).Image).toBe(
        await imageOf(scene, one.image),
      );
    const check = await scene.stalewatch(["check", "--project", scene.project], QUICK);
    expect(check.code).toBe(0);
  });
});
