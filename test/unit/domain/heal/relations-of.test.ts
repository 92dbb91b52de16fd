import { describe, expect, it } from "vitest";
import { relationsOf } from "../../../../src/domain/heal/relations-of.ts";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import { composeLabels, containerNamed } from "../builders.ts";

const ID = containerNamed("web");

function inspect(host: JsonObject = {}, labels: JsonObject | null = {}): JsonObject {
  return {
    Id: ID,
    Name: "/shop-web-1",
    State: { Running: true },
    Config: { Labels: labels },
    HostConfig: host,
  };
}

/** `network db, link cache` */
function ties(host: JsonObject): string {
  return relationsOf(inspect(host))
    .ties.map(({ tie, on }) => `${tie} ${on}`)
    .join(", ");
}

describe("what a container hangs on", () => {
  const db = containerNamed("db");
  it.each<[string, JsonObject, string]>([
    ["nothing", {}, ""],
    ["nothing on a network of its own", { NetworkMode: "shop_default" }, ""],
    [
      "nothing in the host's namespaces",
      { NetworkMode: "host", IpcMode: "host", PidMode: "host" },
      "",
    ],
    ["nothing with an IPC namespace to share", { IpcMode: "shareable" }, ""],
    ["another's network, by ID", { NetworkMode: `container:${db}` }, `network ${db}`],
    ["another's network, by name", { NetworkMode: "container:db" }, "network db"],
    ["another's IPC namespace", { IpcMode: "container:db" }, "ipc db"],
    ["another's PID namespace", { PidMode: "container:db" }, "pid db"],
    ["another's volumes", { VolumesFrom: ["db"] }, "volumes-from db"],
    ["another's volumes, read only", { VolumesFrom: ["db:ro"] }, "volumes-from db"],
    ["legacy links, under another name", { Links: ["/db:/shop-web-1/data"] }, "link /db"],
    [
      "several at once",
      {
        NetworkMode: "container:proxy",
        PidMode: "container:db",
        VolumesFrom: ["db", "files:rw"],
        Links: ["/cache:/shop-web-1/cache"],
      },
      "network proxy, pid db, volumes-from db, volumes-from files, link /cache",
    ],
    ["lists that the engine gives as null", { VolumesFrom: null, Links: null }, ""],
  ])("%s", (_, host, expected) => {
    expect(ties(host)).toBe(expected);
  });
});

describe("who a container is", () => {
  it("its ID and name, its service and what Compose starts before it", () => {
    const labels = {
      ...composeLabels("shop/web/1"),
      "com.docker.compose.depends_on": "db:service_healthy:false,cache:service_started:true",
    };
    expect(relationsOf(inspect({}, labels))).toEqual({
      id: ID,
      name: "shop-web-1",
      running: true,
      project: "shop",
      service: "web",
      dependsOn: ["db", "cache"],
      ties: [],
    });
  });

  it.each([
    ["without labels", {}],
    ["where the engine gives none", null],
  ])("is no service of Compose's %s", (_, labels) => {
    expect(relationsOf(inspect({}, labels))).toMatchObject({
      project: null,
      service: null,
      dependsOn: [],
    });
  });

  it("is not running when it has exited", () => {
    const { running } = relationsOf({ ...inspect(), State: { Running: false, Status: "exited" } });
    expect(running).toBe(false);
  });
});
