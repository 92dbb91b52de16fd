import { dirname } from "node:path";
import { describe, expect } from "vitest";
import { privateEngineForFile } from "../harness/engines-in-tests.ts";
import { startRegistry } from "../harness/registry.ts";
import { heal, healDocument, healing, imageOf, only } from "./heal-scene.ts";
import { events, itOn, scans, type Scene } from "./scene.ts";

const engine = privateEngineForFile();
const it = itOn(engine);

/** What `check` says that keeps the daemon from healing. */
async function blockOf(
  scene: Scene,
  env: Readonly<Record<string, string>>,
): Promise<string | null | undefined> {
  const { stdout } = await scene.stalewatch(["check", "--json"], env);
  const { containers } = JSON.parse(stdout) as {
    containers: { healBlockedBy: string | null }[];
  };
  return containers[0]?.healBlockedBy;
}

describe("a newest image that bears a registry's digest", () => {
  it("is left to people, until a rule for that container says heal", async ({ scene }) => {
    const registry = await startRegistry(engine());
    const web = await scene.startStale("web", { image: `${registry}/${scene.project}-web` });
    const everywhere = { STALEWATCH_MODE: "heal", STALEWATCH_HEAL_SETTLE: "1s" };
    expect(await blockOf(scene, everywhere)).toBeNull();
    const push = await engine().docker.getImage(web.image).push({ tag: "latest", authconfig: {} });
    await new Promise((resolve) => engine().docker.modem.followProgress(push, resolve));
    expect(await blockOf(scene, everywhere)).toBe("pulled");

    const before = await only(scene, web);
    const daemon = scene.daemon(everywhere);
    expect(await scene.message()).toContain("the newest image was pulled, not built here");
    await scans(daemon, 2);
    expect(await only(scene, web)).toEqual(before);
    await daemon.stop();

    const own = healing(scene);
    expect(await blockOf(scene, own)).toBeNull();
    scene.daemon(own);
    await scene.messageWith("Healed");
    expect((await only(scene, web)).image).toBe(await imageOf(scene, web.image));
  });
});

describe("what Compose copies into a container after it has created it", () => {
  it("keeps a clone from being made, with the command to type", async ({ scene }) => {
    const file = scene.file(
      "compose.yaml",
      ["services: { web: { configs: [motd] } }", "configs: { motd: { content: welcome } }"].join(
        "\n",
      ),
    );
    const workingDir = dirname(file);
    const compose = { project: scene.project, service: "web", workingDir, configFiles: [file] };
    const web = await scene.startStale("web", { compose });
    const before = await only(scene, web);
    expect(await blockOf(scene, healing(scene))).toBe("not-clonable");

    const daemon = scene.daemon(healing(scene));
    expect(await scene.message()).toContain("a clone would lose something of it");
    await scans(daemon, 2);
    expect(events(daemon, "heal")).toEqual([]);
    await daemon.stop();

    const refused = await heal(scene, ["--json", "--yes", "--force", web.name]);
    expect(refused.code).toBe(2);
    expect(healDocument(refused.stdout).refused[0]?.reason).toContain("written inline (motd)");
    const { stdout } = await heal(scene, ["--yes", web.name]);
    expect(stdout).toContain("\n  By hand, type:\n");
    expect(stdout).toContain(
      ` -f ${file} -p ${scene.project} up -d --no-deps --force-recreate web`,
    );
    expect(await only(scene, web)).toEqual(before);
  });
});
