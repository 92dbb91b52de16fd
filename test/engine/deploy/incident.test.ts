import { describe, expect, vi } from "vitest";
import { composeForFile, privateEngineForFile } from "../../harness/engines-in-tests.ts";
import type { Environment } from "../../harness/program.ts";
import { eventually } from "../../harness/wait.ts";
import { events, itOn, type Scene } from "../../system/scene.ts";
import { lineOfEngine } from "./line.ts";
import { PROJECT, stackOn, type Stack } from "./stack.ts";
import { WAYS, type Way } from "./ways.ts";

vi.setConfig({ testTimeout: 180_000 });

const engine = privateEngineForFile();
const line = lineOfEngine();
const compose = composeForFile(line, engine);
const it = itOn(engine);
const ways = WAYS.filter(
  ({ only }) => only === undefined || (only === "1.29") === (line === "1.29"),
);

/** Watches infra2 alone, with a grace that a test can wait for. */
function watching(mode: "alert" | "heal"): Environment {
  return {
    STALEWATCH_GRACE: "2s",
    STALEWATCH_HEAL_SETTLE: "1s",
    STALEWATCH_RULES: `[{ match: { project: ${PROJECT} }, enable: true, mode: ${mode} }]`,
  };
}

/** What was built last runs, and then the way is taken. On the containerd store an image is forgotten with its tag: what
 *  the watchdog has not seen in time cannot be told from what is new, and is not healed. */
async function taken(way: Way, scene: Scene): Promise<Stack> {
  const stack = await stackOn(engine(), compose(), scene.env, way.services);
  await stack.up(...(way.with ?? []));
  if (engine().store === "containerd") {
    const daemon = scene.daemon(watching("alert"));
    await daemon.logged("scan");
    await daemon.stop();
  }
  await way.take(stack);
  return stack;
}

/** Reads messages until each of these containers was said to be stale. */
async function alertsAbout(names: readonly string[], scene: Scene): Promise<void> {
  const missing = new Set(names);
  while (missing.size > 0) {
    const message = await scene.message(30_000);
    for (const name of missing)
      if (message.includes(`Stale: ${name} (project ${PROJECT}`)) missing.delete(name);
  }
}

/** The containers of a project by their verdicts. */
async function staleNow(scene: Scene): Promise<readonly string[]> {
  const { containers } = await scene.checkOf(PROJECT, watching("alert"));
  return containers.filter(({ verdict }) => verdict !== "fresh").map(({ name }) => name);
}

describe(`on Compose ${line}`, () => {
  describe.each(ways)("after $name", (way) => {
    it("the watchdog alerts, and deploy.sh mends it and proves it", async ({ scene }) => {
      const stack = await taken(way, scene);
      scene.daemon(watching("alert"));
      await alertsAbout(
        way.stale.map((service) => stack.nameOf(service)),
        scene,
      );
      if (way.refusal !== undefined) {
        const refused = await stack.deploy(deployOf(way.stale));
        expect(refused.code).not.toBe(0);
        expect(refused.stderr).toContain(`FAILED: ${way.refusal.says}`);
        await way.refusal.mend(stack);
      }
      const services = way.deploy ?? way.stale;
      const { code, stderr } = await stack.deploy(deployOf(services));
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/: build [\w-]+, recreated and verified\n$/);
      expect(await staleNow(scene)).toEqual([]);
    });

    it("the watchdog heals what it can by itself", async ({ scene }) => {
      const stack = await taken(way, scene);
      const stale = await staleNow(scene);
      expect(stale).toEqual(way.stale.map((service) => stack.nameOf(service)).sort());
      const daemon = scene.daemon(watching("heal"));
      for (const service of way.healed ?? way.stale) {
        const name = stack.nameOf(service);
        await eventually(
          `${name} is healed`,
          () => events(daemon, "healed").some(({ container }) => container === name),
          { timeoutMs: 60_000 },
        );
      }
    });
  });
});

function deployOf(services: readonly string[]): string[] {
  const named = services.flatMap((service) => ["--service", service]);
  return ["--project", PROJECT, "--file", "compose.yaml", ...named];
}
