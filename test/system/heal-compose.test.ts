import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import type { Compose } from "../harness/compose.ts";
import { makeProject, type ComposeProject } from "../harness/compose-project.ts";
import { searchPath } from "../harness/command.ts";
import { composeForFile } from "../harness/engines-in-tests.ts";
import type { Environment } from "../harness/program.ts";
import { BROKEN, heal, healDocument, healing, imageOf, journal, present } from "./heal-scene.ts";
import { it, type Scene } from "./scene.ts";

const compose = composeForFile("2.40");

interface Stack {
  readonly project: ComposeProject;
  /** What makes stalewatch heal through Compose. */
  readonly env: Environment;
}

/** The scene's project, made by Compose, with a service `web` that runs stale. */
async function stackOf(
  scene: Scene,
  { cmd, scale = 1 }: { readonly cmd?: readonly string[]; readonly scale?: number } = {},
): Promise<Stack> {
  const tool: Compose = compose();
  const keys = { environment: { SHOP: "${SHOP}" } };
  const project = await makeProject(scene.engine, {
    name: scene.project,
    services: { web: { build: { marker: "1" }, keys } },
  });
  writeFileSync(join(project.folder, ".env"), "SHOP=one\n");
  onTestFinished(() => project.remove());
  await tool.run(project, "up", "-d", "--build", "--scale", `web=${String(scale)}`);
  await project.write({ web: { build: { marker: "2", ...(cmd && { cmd }) }, keys } });
  await tool.run(project, "build");
  return {
    project,
    env: {
      PATH: `${tool.bin}:${searchPath()}`,
      STALEWATCH_HEAL_METHOD: "compose",
      STALEWATCH_HEAL_COMPOSE_ROOTS: project.folder,
    },
  };
}

describe("heal.method: compose", () => {
  it("lets the command recreate a service by Compose, once for all its containers", async ({
    scene,
  }) => {
    const { env } = await stackOf(scene, { scale: 2 });
    const plan = await heal(scene, ["--dry-run", "--json", "--project", scene.project], env);
    expect(plan.code, plan.stderr).toBe(0);
    expect(healDocument(plan.stdout).heals).toMatchObject([{ steps: [{ step: "compose" }] }]);

    const done = await heal(scene, ["--yes", "--json", "--project", scene.project], env);
    expect(done.code, done.stderr).toBe(0);
    expect(healDocument(done.stdout).heals).toMatchObject([{ outcome: "healed" }]);
    const newest = await imageOf(scene, `${scene.project}-web`);
    expect(await present(scene)).toMatchObject([
      { name: `${scene.project}-web-1`, image: newest, state: "running" },
      { name: `${scene.project}-web-2`, image: newest, state: "running" },
    ]);
  });

  it("lets the daemon bring back what the new image cannot replace, and try it no more", async ({
    scene,
  }) => {
    const { env } = await stackOf(scene, { cmd: BROKEN.cmd ?? [], scale: 2 });
    const before = (await present(scene)).map(({ image }) => image);
    scene.daemon(healing(scene, env));
    const message = await scene.messageWith("exited with code 3", 60_000);
    expect(message).toContain("cannot find the database");
    expect(await scene.check(healing(scene, env))).toMatchObject({
      containers: [{ healBlockedBy: "quarantine" }, { healBlockedBy: "quarantine" }],
    });
    expect((await present(scene)).map(({ image }) => image)).toEqual(before);
    expect(await journal(scene)).toMatchObject([{ outcome: "rolled-back" }]);
  });

  it("refuses where .env is gone, and says what a person may type", async ({ scene }) => {
    const { project, env } = await stackOf(scene);
    rmSync(join(project.folder, ".env"));
    const { code, stdout } = await heal(scene, ["--yes", `${scene.project}-web-1`], env);
    expect(code).toBe(2);
    expect(stdout.replace(/\s+/g, " ")).toContain("SHOP is not set in its environment file");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      `docker compose -f ${project.folder}/compose.yaml -p ${scene.project} up -d --no-deps --force-recreate web`,
    );
  });
});
