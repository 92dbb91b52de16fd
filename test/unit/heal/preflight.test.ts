import { expect, it } from "vitest";
import { containerId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { preflightOf } from "../../harness/heal/heal-record.ts";
import { ModelEngine } from "./model/engine.ts";

const SCENE = { name: "web", tag: "app:latest", newImage: "sha256:new" };

/** A stale `web` that runs, and `db`, which it needs and which does or does not. */
async function engineWith(host: JsonObject, dbRuns: boolean): Promise<ModelEngine> {
  const engine = new ModelEngine();
  engine.images.set("sha256:old", "serves").set("sha256:new", "serves");
  engine.tags.set("app", "sha256:old").set("app:latest", "sha256:new");
  const db = await engine.create("db", { Image: "app", Labels: {} });
  await engine.start(db);
  await engine.start(await engine.create("web", { Image: "app", Labels: {}, HostConfig: host }));
  if (!dbRuns) await engine.stop(containerId(db));
  return engine;
}

it.each<[string, JsonObject, string]>([
  ["a link", { Links: ["/db:/web/db"] }, "link db"],
  ["the network of another one", { NetworkMode: "container:db" }, "network db"],
  ["the IPC namespace of another one", { IpcMode: "container:db" }, "ipc db"],
])("what could not be started again, for %s, is not stopped", async (_, host, what) => {
  const refused = await preflightOf(await engineWith(host, false), SCENE);
  expect(refused).toMatchObject({
    kind: "refused",
    reason: `what it needs to be started (${what}) does not run`,
  });
  expect(await preflightOf(await engineWith(host, true), SCENE)).toMatchObject({ kind: "ready" });
});

it("what is in a network of a swarm's is not healed: it could not take its name over", async () => {
  const engine = await engineWith({}, true);
  engine.inspectNetwork = () => Promise.resolve({ Scope: "swarm" });
  expect(await preflightOf(engine, SCENE)).toMatchObject({
    kind: "refused",
    reason: "its network bridge is a swarm's, in which no running container is renamed",
  });
});
