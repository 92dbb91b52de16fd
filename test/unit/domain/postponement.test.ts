import { describe, expect, it } from "vitest";
import type { HealPostponedNews } from "../../../src/domain/news.ts";
import { at, clockOf, hold, image, memory, minutes, rebuilt, type Host } from "./builders.ts";
import { Watch, type ScanOptions } from "./watch.ts";

const HEAL = { policy: { mode: "heal" } } as const satisfies ScanOptions;
const GRACE = minutes(15);

/** The host with shop-web built anew at that time. */
function builtAt(time: number): Host {
  return rebuilt({}, { v2: image(`built ${time}`, { tags: ["shop-web:latest"], built: time }) });
}

/** Scans every five minutes from 12:00 on, builds as often as told, and gives what was said of a postponed heal. */
function postponements(
  watch: Watch,
  {
    until,
    buildEvery,
    options,
  }: { until: string; buildEvery: number; options?: (now: number) => ScanOptions },
): string[] {
  const said: string[] = [];
  for (let now = at("12:00"); now <= at(until); now += minutes(5)) {
    const built = now - ((now - at("12:00")) % buildEvery);
    const { news } = watch.scan(builtAt(built), now, options?.(now) ?? HEAL);
    for (const item of news.filter(
      (one): one is HealPostponedNews => one.kind === "heal-postponed",
    ))
      said.push(`${clockOf(now)} for ${item.postponed / minutes(1)} min`);
  }
  return said;
}

describe("a heal that newer builds keep from starting", () => {
  const EVERY = minutes(10);

  it("is told after four graces beyond the first, once an incident", () => {
    // Stale since 12:15: from then on nothing but the builds is in the way.
    expect(postponements(new Watch(), { until: "18:00", buildEvery: EVERY })).toEqual([
      "13:15 for 60 min",
    ]);
  });

  it("is not told before", () => {
    expect(postponements(new Watch(), { until: "13:10", buildEvery: EVERY })).toEqual([]);
  });

  it("is told again of the next incident", () => {
    const watch = new Watch();
    postponements(watch, { until: "13:20", buildEvery: EVERY });
    watch.memory = memory();
    watch.open = [];
    expect(postponements(watch, { until: "13:20", buildEvery: EVERY })).toHaveLength(1);
  });

  it("is told once over a restart of the watchdog", () => {
    const watch = new Watch();
    postponements(watch, { until: "13:20", buildEvery: EVERY });
    watch.restart();
    expect(watch.scan(builtAt(at("13:20")), "13:25", HEAL).news).toEqual([]);
  });

  it("says of what, for how long, and what to type", () => {
    const watch = new Watch();
    postponements(watch, { until: "13:20", buildEvery: EVERY });
    expect(watch.news.find(({ kind }) => kind === "heal-postponed")).toEqual({
      kind: "heal-postponed",
      incident: "incident-1",
      affected: expect.objectContaining({ container: "shop-web-1" }) as object,
      divergedSince: at("12:00"),
      postponed: 4 * GRACE,
      remedy: "docker compose -p shop up -d --no-deps --force-recreate web",
    });
  });
});

describe("nothing is said of postponing", () => {
  const often = { until: "18:00", buildEvery: minutes(10) };
  it("in alert mode: nothing is to be healed", () => {
    expect(postponements(new Watch(), { ...often, options: () => ({}) })).toEqual([]);
  });

  it("while builds leave time enough: it is due in between", () => {
    expect(postponements(new Watch(), { until: "18:00", buildEvery: minutes(30) })).toEqual([]);
  });

  it("without a grace: no build postpones anything", () => {
    const options = (): ScanOptions => ({ policy: { mode: "heal", grace: 0 } });
    expect(postponements(new Watch(), { ...often, options })).toEqual([]);
  });

  it("because of the time that something else was in the way: a hold, a closed window", () => {
    const closed = (now: number): ScanOptions => ({ ...HEAL, healWindowOpen: now >= at("17:30") });
    expect(postponements(new Watch(), { ...often, options: closed })).toEqual([]);
    const held = new Watch(memory({ holds: [hold({ project: "shop" }, "17:30")] }));
    expect(postponements(held, often)).toEqual([]);
  });

  it("because of the time before it was to be healed at all", () => {
    const late = (now: number): ScanOptions => (now >= at("17:30") ? HEAL : {});
    expect(postponements(new Watch(), { ...often, options: late })).toEqual([]);
  });
});
