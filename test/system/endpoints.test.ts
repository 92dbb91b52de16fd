import { describe, expect } from "vitest";
import { removeContainer } from "../harness/containers.ts";
import { createNetwork, removeNetwork } from "../harness/networks-and-volumes.ts";
import { eventually } from "../harness/wait.ts";
import { behindProxy } from "./allowlist-proxy.ts";
import { BROKEN, healing, imageOf } from "./heal-scene.ts";
import { it } from "./scene.ts";

// Those of a swarm: swarm.test.ts.
describe.concurrent("deploy/endpoints.txt has all that is asked for, and nothing more", () => {
  it("for watching and alerting", async ({ scene, onTestFinished }) => {
    const proxy = await behindProxy(scene, ["alert"]);
    onTestFinished(() => proxy.close());
    const web = await scene.startStale("web");
    const daemon = scene.daemon({ DOCKER_HOST: proxy.host });
    expect(await scene.message()).toContain(`Stale: ${web.name}`);
    // One that is missing raises the question when the engine was started.
    await removeContainer(scene.engine, web.name);
    await eventually("it was looked for", () => [...proxy.used].some(isNetwork));
    expect((await scene.stalewatch(["check"], { DOCKER_HOST: proxy.host })).code).toBe(0);
    await daemon.stop();
    proxy.expectAllUsed("alert");
  });

  it("for healing", async ({ scene, onTestFinished }) => {
    const proxy = await behindProxy(scene, ["alert", "heal"]);
    const [front, back] = [`${scene.project}-front`, `${scene.project}-back`];
    for (const network of [front, back]) await createNetwork(scene.engine, network);
    onTestFinished(async () => {
      for (const network of [front, back]) await removeNetwork(scene.engine, network);
      await proxy.close();
    });
    const web = await scene.start("web", {
      networkMode: front,
      restart: "always",
      binds: [`${scene.project}-data:/data`],
    });
    await scene.engine.docker.getNetwork(back).connect({ Container: web.name });
    await scene.start("sidecar", { networkMode: `container:${web.name}` });
    const env = { DOCKER_HOST: proxy.host, STALEWATCH_HEAL_CLEANUP: "true" };

    await scene.build(web, BROKEN);
    const failed = await scene.stalewatch(["heal", "--yes", web.name], healing(scene, env));
    expect(failed.code, failed.stderr).toBe(1);
    await scene.build(web);
    const healed = await scene.stalewatch(["heal", "--yes", web.name], healing(scene, env));
    expect(healed.code, healed.stderr).toBe(0);
    const all = await scene.engine.docker.listContainers({ all: true });
    const image = await imageOf(scene, web.image);
    expect(all.find(({ Names }) => Names.includes(`/${web.name}`))?.ImageID).toBe(image);
    for (const name of ["web", "sidecar"])
      await removeContainer(scene.engine, scene.service(name).name);
    proxy.expectAllUsed("heal");
  });
});

function isNetwork({ path }: { readonly path: string }): boolean {
  return path === "/networks/{id}";
}
