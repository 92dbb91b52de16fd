import { describe, expect } from "vitest";
import type { ContainerDefinition } from "../harness/container-definition.ts";
import { type Finished, startCommand } from "../harness/program.ts";
import { containerId, errorDocument, imageId, isoTime } from "./documents.ts";
import { it, type Scene } from "./scene.ts";

/** Everything that the scene made is younger than the test. */
const SETTLE = ["--settle", "1s"];

function verify(scene: Scene, ...args: string[]): Promise<Finished> {
  return scene.stalewatch(["verify", "--project", scene.project, ...SETTLE, ...args]);
}

/** On a terminal's width a sentence may be broken anywhere. */
const unwrapped = (text: string): string => text.replaceAll(/\s+/g, " ");

describe.concurrent("verify", () => {
  it("ends with 0 once what was deployed runs, is the newest build, and has held", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const { code, stdout, stderr } = await verify(scene, "--service", "web");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^host-1: verified after \d+ s\n/);
    expect(unwrapped(stdout)).toContain(`${web.name} yes created 20`);
    expect(unwrapped(stdout)).toContain(`runs the newest ${web.image}:latest`);
  });

  it("waits for a container that is not recreated yet, and says what it waits for", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const since = new Date().toISOString();
    const args = ["verify", "--service", "web", "--project", scene.project, "--since", since];
    const running = startCommand([...args, ...SETTLE], scene.env);
    await running.said(`waiting: ${web.name} was created 20`);
    await scene.recreate(web);
    expect(await running.exited, running.stderr()).toBe(0);
    expect(running.stdout()).toContain("host-1: verified");
  });

  it("ends with 1 when the time is over, and says which and why", async ({ scene }) => {
    const web = await scene.startStale("web");
    const { code, stdout } = await verify(scene, "--timeout", "1s");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^host-1: not verified after \d+ s\n/);
    expect(unwrapped(stdout)).toContain(
      `${web.name} no does not run its newest image: ${web.image}:latest was built again`,
    );
  });

  it("does not wait for what has ended", async ({ scene }) => {
    const web = await scene.start("web", { cmd: ["sh", "-c", "exit 3"] });
    const { code, stdout } = await verify(scene, "--timeout", "1h");
    expect(code).toBe(1);
    expect(unwrapped(stdout)).toContain(`${web.name} no exited with code 3`);
  });

  it("takes no crash loop for a running service, and a failing health check for none", async ({
    scene,
  }) => {
    const loop: Partial<ContainerDefinition> = {
      cmd: ["sh", "-c", "sleep 0.3; exit 3"],
      restart: "always",
    };
    await scene.start("loop", loop);
    const sick = scene.service("sick");
    const check = { cmd: ["false"], interval: "100ms", retries: 1 };
    await scene.build(sick, { healthcheck: check });
    await scene.run(sick);
    const { code, stdout } = await verify(scene, "--timeout", "3s", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      services: [
        {
          service: "loop",
          containers: [
            { fault: { code: expect.stringMatching(/^not-(?:running|proven)$/) as string } },
          ],
        },
        { service: "sick", containers: [{ fault: { code: "not-healthy" } }] },
      ],
    });
  });

  it.for([
    [
      "a project that is not there",
      ["--project", "nowhere"],
      "nothing of project nowhere is there",
    ],
    ["a service that is not there", ["--service", "nowhere-x"], "nowhere-x - no has no container"],
  ] as const)("fails for %s", async ([, args, text], { scene }) => {
    const { code, stdout } = await scene.stalewatch(["verify", ...args, "--timeout", "0"]);
    expect(code).toBe(1);
    expect(unwrapped(stdout)).toContain(text);
  });

  it("wants as many replicas as it is told", async ({ scene }) => {
    await scene.start("web");
    const two = await verify(scene, "--replicas", "web=2", "--timeout", "0");
    expect(two.code).toBe(1);
    expect(unwrapped(two.stdout)).toContain(`${scene.project}/web - no has 1 of 2 replicas`);
    expect((await verify(scene, "--replicas", "web=1")).code).toBe(0);
  });

  it("judges what it is asked for although the configuration excludes it", async ({ scene }) => {
    await scene.start("web");
    const env = { STALEWATCH_RULES: "[]", STALEWATCH_EXCLUDE: "*" };
    const args = ["verify", "--project", scene.project, ...SETTLE];
    expect((await scene.stalewatch(args, env)).code).toBe(0);
  });

  it("tells all of it in JSON", async ({ scene }) => {
    const web = await scene.start("web");
    const since = "2026-01-01T00:00:00Z";
    const { stdout } = await verify(scene, "--since", since, "--replicas", "web=1", "--json");
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      engine: { id: scene.engine.id, name: "host-1", apiVersion: scene.engine.apiVersion },
      at: isoTime(),
      since: "2026-01-01T00:00:00.000Z",
      settleSeconds: 1,
      verified: true,
      services: [
        {
          project: scene.project,
          service: "web",
          expectedReplicas: 1,
          fault: null,
          containers: [
            {
              name: web.name,
              id: containerId(),
              createdAt: isoTime(),
              startedAt: isoTime(),
              state: "running",
              health: null,
              imageId: imageId(),
              verdict: "fresh",
              reason: `runs the newest local build of ${web.image}:latest`,
              newestTag: `${web.image}:latest`,
              revision: null,
              fault: null,
            },
          ],
        },
      ],
    });
  });

  it("is 3 when nothing can be learned", async ({ scene }) => {
    const env = { DOCKER_HOST: `unix://${scene.file("none.sock")}` };
    const { code, stdout } = await scene.stalewatch(["verify", "--service", "web", "--json"], env);
    expect(code).toBe(3);
    expect(errorDocument(stdout).error.code).toMatch(/^ENGINE_/);
  });

  it.for([
    ["nothing to verify", [], "VERIFY_SELECTION", "needs --project or --service"],
    [
      "replicas of another service",
      ["--service", "web", "--replicas", "api=1"],
      "VERIFY_REPLICAS",
      "--replicas names api",
    ],
    ["replicas without a number", ["--replicas", "web"], "USAGE", "Write SERVICE=NUMBER"],
    ["a time without a zone", ["--since", "2026-11-24T12:00:00"], "USAGE", "a time with its zone"],
    [
      "two beginnings",
      ["--service", "web", "--since", "1", "--max-age", "1m"],
      "USAGE",
      "cannot be used with option '--max-age",
    ],
  ] as const)("refuses %s", async ([, args, code, message], { scene }) => {
    const refused = await scene.stalewatch(["verify", ...args, "--json"]);
    expect(refused.code).toBe(3);
    const { error } = errorDocument(refused.stdout);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});
