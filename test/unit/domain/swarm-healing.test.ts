import { describe, expect, it } from "vitest";
import { subjectKey } from "../../../src/domain/ids.ts";
import { host, memory, V1, V2, type Host } from "./builders.ts";
import { task } from "./tasks.ts";
import { Watch } from "./watch.ts";

// While Swarm replaces the tasks of a service, by a heal of ours, scans go on.

const under = { healing: new Set([subjectKey("swarm:web")]) };
const before = host({ containers: [task("web.1.a"), task("web.2.b")], images: [V1, V2] });
const between = host({
  containers: [task("web.1.c", { runs: "v2", created: "12:20" }), task("web.2.b")],
  images: [V1, V2],
});

/** Opened at 12:16, one incident a task; from then on the service is in a heal. */
function inHeal(): Watch {
  const watch = new Watch();
  watch.scan(before, "12:05");
  watch.scan(before, "12:16");
  watch.memory = { ...watch.memory, ...under };
  return watch;
}

const said = (watch: Watch): readonly string[] => watch.news.map(({ kind }) => kind);

describe("what is seen of a service in a heal is neither an end nor news", () => {
  it.each<[string, Host]>([
    ["a task on the newest image", between],
    ["a task between its end and its successor", host({ containers: [], images: [V1, V2] })],
  ])("%s", (_, seen) => {
    const watch = inHeal();
    watch.scan(seen, "12:21");
    watch.scan(seen, "12:26");
    expect(said(watch)).toEqual(["stale", "stale"]);
    expect(watch.open).toHaveLength(2);
    expect(watch.memory.divergences.size).toBe(2);
  });

  it("nor is a task that becomes stale meanwhile", () => {
    const watch = new Watch({ ...memory(), ...under });
    watch.scan(before, "12:05");
    watch.scan(before, "12:16");
    expect(said(watch)).toEqual([]);
  });

  it("and after it every task's incident ends", () => {
    const watch = inHeal();
    watch.memory = { ...watch.memory, healing: new Set() };
    const done = ["web.1.c", "web.2.d"].map((name) => task(name, { runs: "v2" }));
    watch.scan(host({ containers: done, images: [V1, V2] }), "12:26");
    expect(said(watch)).toEqual(["stale", "stale", "resolved", "resolved"]);
  });
});
