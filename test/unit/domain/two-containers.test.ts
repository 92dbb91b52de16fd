import { describe, expect, it } from "vitest";
import {
  at,
  container,
  host,
  image,
  imageNamed,
  V1,
  V2,
  type ContainerSketch,
  type Host,
} from "./builders.ts";
import { outcomeOf } from "./outcome.ts";
import { Watch, type ScanOptions } from "./watch.ts";

// While Compose recreates a service, and after that was cut off, two containers stand for one subject.

const old = container({ id: "old", name: "0123456789ab_shop-web-1" });

/** The old container on v1, from 10:01, and another one beside it; the newest is v2, from 12:00. */
function beside(sketch: ContainerSketch, newest = V2): Host {
  const other = container({ id: "other", ...sketch });
  return host({ containers: [old, other], images: [V1, newest] });
}

/** What is said of each, in the order of the list. */
function outcomes(watch: Watch, one: Host, time: string, options: ScanOptions = {}): string[] {
  return watch.scan(one, time, options).judgements.map(outcomeOf);
}

/** What was said over all scans: how many of each kind. */
function said(watch: Watch): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { kind } of watch.news) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

describe("both run an old image", () => {
  const both = beside({ runs: "v1.5", created: "12:10" });

  it("the older divergence is that of both", () => {
    expect(outcomes(new Watch(), both, "12:20")).toEqual([
      "stale tag-moved, 12:00–12:15, heal: mode, warns: deploy-cut-off",
      "stale tag-moved, 12:00–12:15, heal: mode, warns: deploy-cut-off",
    ]);
  });

  it("judging again says the same and writes nothing", () => {
    const watch = new Watch();
    const first = outcomes(watch, both, "12:20");
    const { judgements, change } = watch.scan(both, "12:20");
    expect(judgements.map(outcomeOf)).toEqual(first);
    expect(change.divergences).toEqual([]);
  });

  it("are one incident, told once, also when each has a grace of its own", () => {
    const hasty = beside({ runs: "v1.5", created: "12:10", labels: { "stalewatch.grace": "0" } });
    const watch = new Watch();
    for (const time of ["12:11", "12:13", "12:20", "12:25", "12:30"]) watch.scan(hasty, time);
    expect(said(watch)).toEqual({ stale: 1 });
  });
});

it("two tasks of one Swarm slot share the older divergence, though Compose has no part in them", () => {
  const task = (id: string, created: string): ReturnType<typeof container> =>
    container({
      name: `web.1.${id}`,
      compose: null,
      created,
      labels: {
        "com.docker.swarm.service.name": "web",
        "com.docker.swarm.task.name": `web.1.${id}`,
      },
    });
  const both = host({ containers: [task("x", "10:01"), task("y", "12:10")], images: [V1, V2] });
  expect(outcomes(new Watch(), both, "12:20")).toEqual([
    "stale tag-moved, 12:00–12:15, heal: mode",
    "stale tag-moved, 12:00–12:15, heal: mode",
  ]);
});

describe("the other one got the newest image, and that was built again", () => {
  const v3 = image("v3", { tags: ["shop-web:latest"], built: "12:12" });

  it.each(["a", "b", "c", "g"])("it is still one incident, told once (container %s)", (id) => {
    const watch = new Watch();
    const policy = { grace: 0 };
    watch.scan(beside({ id, runs: "v2", created: "12:10" }), "12:11", { policy });
    watch.scan(beside({ id, runs: "v2", created: "12:10" }, v3), "12:15", { policy });
    watch.scan(beside({ id, runs: "v2", created: "12:10" }, v3), "12:20", { policy });
    expect(said(watch)).toEqual({ stale: 1 });
  });
});

describe("the tag goes back until the first one is fresh again", () => {
  const tag = { tags: ["shop-web:latest"], tagged: null };
  /** The old container on v1, the other one on v3, and the tag on one of the three images. */
  const tagOn = (newest: string, id: string): Host =>
    host({
      containers: [old, container({ id, runs: "v3", created: "12:10" })],
      images: ["v1", "v2", "v3"].map((name, n) =>
        image(name, { built: `12:0${n}`, ...(name === newest ? tag : { tagged: null }) }),
      ),
    });

  it.each(["a", "b", "c", "g"])("the other one carries the divergence on (container %s)", (id) => {
    const watch = new Watch();
    const policy = { grace: 0 };
    outcomes(watch, tagOn("v3", id), "12:11", { policy });
    const first = outcomes(watch, tagOn("v2", id), "12:15", { policy });
    expect(first[1]).toContain("stale tag-moved, 12:11–12:11");
    const second = outcomes(watch, tagOn("v1", id), "12:20", { policy });
    expect(second).toEqual(["fresh", expect.stringContaining("stale tag-moved, 12:11–12:11")]);
    expect(said(watch)).toEqual({ stale: 1 });
  });
});

describe("a deploy", () => {
  const created = beside({ runs: "v2", created: "12:10", state: "created" });
  const done = host({ containers: [container({ id: "other", runs: "v2" })], images: [V1, V2] });

  it("under way within the grace: no heal meanwhile, no warning", () => {
    expect(
      outcomes(new Watch(), created, "12:11", { policy: { rules: [{ match: {}, mode: "heal" }] } }),
    ).toEqual(["pending tag-moved, 12:00–12:15, heal: deploy-under-way"]);
  });

  it("that ends within the grace is never told", () => {
    const watch = new Watch();
    watch.scan(created, "12:11");
    watch.scan(done, "12:16");
    expect(said(watch)).toEqual({});
  });

  it("cut off is told with the warning, and resolved when the new container is alone", () => {
    const watch = new Watch();
    watch.scan(created, "12:11");
    watch.scan(created, "12:16");
    watch.scan(done, "12:21");
    expect(watch.news).toMatchObject([
      { kind: "stale", warnings: [expect.stringContaining("a deploy was cut off")] },
      { kind: "resolved", resolution: "fresh" },
    ]);
  });

  it("is not over while the old container still runs beside the fresh one", () => {
    const watch = new Watch();
    const both = beside({ runs: "v2", created: "12:10" });
    for (const time of ["12:16", "12:21", "12:26"]) watch.scan(both, time);
    expect(said(watch)).toEqual({ stale: 1 });
    expect(watch.open[0]?.affected.running.id).toBe(imageNamed("v1"));
  });

  it("of a service that changed its image's name: each is compared with its own", () => {
    const renamed = image("renamed", { tags: ["shop/web:2"], built: "11:00" });
    const newer = image("newer", { tags: ["shop/web:3"], built: "12:05" });
    const pair = host({
      containers: [
        old,
        container({ id: "other", runs: "v2", follows: "shop/web:3", created: "12:06" }),
      ],
      images: [V1, V2, renamed, newer],
    });
    const watch = new Watch();
    for (let minute = 10; minute < 60; minute += 5) watch.scan(pair, `12:${minute}`);
    expect(said(watch)).toEqual({ stale: 1 });
    expect(watch.open[0]?.openedAt).toBe(at("12:15"));
  });
});
