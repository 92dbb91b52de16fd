import { describe, expect } from "vitest";
import { removeImage } from "../harness/images.ts";
import { checkDocument } from "./documents.ts";
import { it, type Scene } from "./scene.ts";

async function warnings(scene: Scene, env: Record<string, string> = {}): Promise<string[]> {
  const [container] = (await scene.check(env)).containers;
  return (container?.warnings ?? []).map(({ code, message }) => `${code}: ${message}`);
}

describe.concurrent("a policy label", () => {
  it("with a wrong value is a warning, and the next lower layer holds", async ({ scene }) => {
    await scene.startStale("web", { labels: { "stalewatch.grace": "banana" } });
    const env = { STALEWATCH_GRACE: "1h" };
    expect((await scene.check(env)).containers).toMatchObject([{ verdict: "pending" }]);
    expect(await warnings(scene, env)).toEqual([
      'bad-label: label stalewatch.grace="banana" ignored: a whole number followed by s, m, h or d, such as 90s, 15m, 6h or 2d',
    ]);
    const { stdout } = await scene.stalewatch(["check", "--project", scene.project], env);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain('label stalewatch.grace="banana" ignored');
    expect(stdout).toContain("[bad-label]");
  });

  it("rides on the alert, so that somebody mends it", async ({ scene }) => {
    await scene.startStale("web", { labels: { "stalewatch.grace": "banana" } });
    scene.daemon();
    expect(await scene.message()).toContain('warning: label stalewatch.grace="banana" ignored');
  });

  it("that comes from the image is ignored, with a warning", async ({ scene }) => {
    const web = scene.service("web");
    await scene.build(web, { labels: { "stalewatch.enable": "false", "stalewatch.mode": "heal" } });
    await scene.run(web);
    await scene.build(web);
    expect((await scene.check()).containers).toMatchObject([{ verdict: "stale", mode: "alert" }]);
    expect(await warnings(scene)).toEqual([
      "label-from-image: label stalewatch.enable ignored: it comes from the image, not from the container's definition",
      "label-from-image: label stalewatch.mode ignored: it comes from the image, not from the container's definition",
    ]);
  });

  it("of the container's own holds", async ({ scene }) => {
    await scene.startStale("web", { labels: { "stalewatch.grace": "1h" } });
    expect((await scene.check()).containers).toMatchObject([{ verdict: "pending", warnings: [] }]);
  });
});

describe.concurrent("what is run from a committed container", () => {
  it("is not that container's Compose service: it is judged for itself", async ({ scene }) => {
    const web = await scene.startStale("web");
    const debug = { name: `${scene.project}-debug`, image: `${scene.project}-debug` };
    await scene.engine.docker.getContainer(web.name).commit({ repo: debug.image, tag: "latest" });
    await scene.run(debug);
    const { stdout } = await scene.stalewatch(["check", "--json", web.name, debug.name]);
    const { containers } = checkDocument(stdout);
    const found = new Map(containers.map((one) => [one.name, one]));
    expect(found.get(web.name)).toMatchObject({ verdict: "stale", warnings: [] });
    expect(found.get(debug.name)).toMatchObject({
      project: null,
      service: null,
      verdict: "fresh",
      warnings: [],
    });
    expect((await scene.check()).containers).toMatchObject([{ name: web.name }]);
  });
});

describe.concurrent("images without a name", () => {
  it("beside the others are no trouble: every rebuild leaves one", async ({ scene }) => {
    const web = await scene.startStale("web");
    await scene.build(web, { tag: null });
    const images = await scene.engine.docker.listImages({ all: true });
    const nameless = images.filter(
      ({ RepoTags: tags }) => !tags?.length || tags.includes("<none>:<none>"),
    );
    expect(nameless.length).toBeGreaterThan(0);
    expect((await scene.check()).containers).toMatchObject([{ verdict: "stale", warnings: [] }]);
  });

  it("cannot be followed, and that is said: neither fresh nor stale", async ({ scene }) => {
    const web = await scene.start("web");
    await removeImage(scene.engine, `${web.image}:latest`);
    expect((await scene.check()).containers).toMatchObject([
      {
        verdict: "untracked",
        reasonCode: "tag-missing",
        reason: `no local image has the tag it follows (${web.image}:latest)`,
      },
    ]);
    const { code, stdout } = await scene.stalewatch(["check", "--project", scene.project]);
    expect(code).toBe(0);
    expect(stdout).toContain("host-1: 1 untracked\n");
  });

  it("neither end an incident nor tell it again", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await scene.message();
    await removeImage(scene.engine, `${web.image}:latest`);
    await daemon.logged("scan");
    const { containers } = await scene.check();
    expect(containers).toMatchObject([{ verdict: "untracked" }]);
    await daemon.logged("scan");
    expect(scene.slack.received).toHaveLength(1);
    await scene.build(web);
    await daemon.logged("scan");
    await scene.recreate(web);
    expect(await scene.message()).toContain(`Resolved: ${web.name} `);
  });
});
