import { describe, expect, it } from "vitest";
import { CLOCK_JUMP, clockJumped, restartHealClocks } from "../../../src/domain/clocks.ts";
import type { EpochMs } from "../../../src/domain/ids.ts";
import { isSane } from "../../../src/domain/observation.ts";
import { isDiverged, type Diverged } from "../../../src/domain/verdict.ts";
import {
  at,
  clockOf,
  container,
  divergence,
  host,
  image,
  memory,
  minutes,
  rebuilt,
  V1,
  WEB,
  type Host,
} from "./builders.ts";
import { truth } from "./outcome.ts";
import { Watch, type ScanOptions } from "./watch.ts";

const tagged = (time: string | EpochMs | null): Host =>
  rebuilt({}, { v2: image("v2", { tags: ["shop-web:latest"], built: "12:00", tagged: time }) });

describe("the alert clock starts", () => {
  const unknown = "pending tag-moved, 12:20–12:35, heal: mode";
  truth([
    ["when the tag moved", { host: tagged("12:03") }, "stale tag-moved, 12:03–12:18, heal: mode"],
    [
      "when the container was created, if it came later",
      { host: rebuilt({ created: "12:10" }) },
      "pending tag-moved, 12:10–12:25, heal: mode",
    ],
    ["when first seen, if no tag time is known", { host: tagged(null) }, unknown],
    [
      "when first seen, if the tag time is zero, as after docker load",
      { host: tagged(-62_135_596_800_000) },
      unknown,
    ],
    ["when first seen, if the tag time is 1970", { host: tagged(0) }, unknown],
    ["when first seen, if the tag time is in the future", { host: tagged("12:21") }, unknown],
    [
      "where memory says, whatever the engine says now",
      { host: tagged("12:19"), memory: memory({ divergences: [divergence()] }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "now, if the wall clock was set back behind the remembered start",
      { host: tagged("12:19"), memory: memory({ divergences: [divergence()] }), now: "11:30" },
      "pending tag-moved, 11:30–11:45, heal: mode",
    ],
  ]);
});

describe("a believable time", () => {
  it.each([
    ["none", null, false],
    ["year 1", -62_135_596_800_000, false],
    ["1970", 0, false],
    ["the end of 1979", Date.UTC(1979, 11, 31, 23, 59, 59), false],
    ["1980", Date.UTC(1980, 0, 1), true],
    ["this very moment", at("12:00"), true],
    ["a moment later", at("12:00") + 1, false],
  ])("%s", (_, time, isBelieved) => {
    expect(isSane(time, at("12:00"))).toBe(isBelieved);
  });
});

/** A host whose web service was built again under the same tag; the container stays on v1. */
function builtAs(nickname: string, time: string): Host {
  const newest = image(nickname, { tags: ["shop-web:latest"], built: time });
  return host({ containers: [container()], images: [V1, newest] });
}

function webAt(watch: Watch, one: Host, time: string, options: ScanOptions = {}): Diverged {
  const judgement = watch
    .scan(one, time, options)
    .judgements.find(({ subject }) => subject === WEB);
  if (judgement === undefined || !isDiverged(judgement)) throw new Error("it is not diverged");
  return judgement;
}

function clocksAt(watch: Watch, one: Host, time: string): string {
  const { verdict, divergedSince, healReadyAt } = webAt(watch, one, time);
  return `${verdict}, since ${clockOf(divergedSince)}, heal from ${clockOf(healReadyAt)}`;
}

describe("a host that builds every ten minutes", () => {
  const watch = new Watch();
  it.each([
    ["12:01", "12:00", "pending, since 12:00, heal from 12:16"],
    ["12:11", "12:10", "pending, since 12:00, heal from 12:26"],
    ["12:15", "12:10", "stale, since 12:00, heal from 12:26"],
    ["12:21", "12:20", "stale, since 12:00, heal from 12:36"],
    ["12:31", "12:30", "stale, since 12:00, heal from 12:46"],
    ["12:41", "12:30", "stale, since 12:00, heal from 12:46"],
  ])("at %s, last built at %s: %s", (now, built, clocks) => {
    expect(clocksAt(watch, builtAs(`built ${built}`, built), now)).toBe(clocks);
  });
});

describe("the heal clock", () => {
  it("starts when this state first saw the divergence, however old that is", () => {
    expect(clocksAt(new Watch(), rebuilt(), "18:00")).toBe("stale, since 12:00, heal from 18:15");
  });

  it("starts again with the state lost, so that nothing is healed within one grace", () => {
    clocksAt(new Watch(), rebuilt(), "12:05");
    expect(clocksAt(new Watch(), rebuilt(), "12:20")).toBe("stale, since 12:00, heal from 12:35");
  });

  it("goes on over a restart of the watchdog", () => {
    const watch = new Watch();
    clocksAt(watch, rebuilt(), "12:05");
    watch.restart();
    expect(clocksAt(watch, rebuilt(), "12:20")).toBe("stale, since 12:00, heal from 12:20");
  });

  it("starts again when the tag comes back to an image that was the newest before", () => {
    const watch = new Watch();
    clocksAt(watch, builtAs("a", "12:00"), "12:01");
    clocksAt(watch, builtAs("b", "12:05"), "12:06");
    expect(clocksAt(watch, builtAs("a", "12:00"), "12:11")).toBe(
      "pending, since 12:00, heal from 12:26",
    );
  });

  it("starts again after a jump of the wall clock, the alert clock does not", () => {
    const divergences = [divergence()];
    expect(restartHealClocks(divergences, at("13:00"))).toEqual([
      divergence({ newestSeenAt: at("13:00") }),
    ]);
  });

  it("does not start in the future when the wall clock was set back", () => {
    const watch = new Watch(memory({ divergences: [divergence({ newestSeenAt: at("12:05") })] }));
    expect(clocksAt(watch, rebuilt(), "11:30")).toBe("pending, since 11:30, heal from 11:45");
  });

  it("is through only when its own grace is over, too", () => {
    const watch = new Watch();
    const policy = { mode: "heal", breaker: 0 } as const;
    const blockAt = (time: string): unknown =>
      webAt(watch, rebuilt(), time, { policy }).healBlockedBy;
    expect([blockAt("12:10"), blockAt("12:24:59"), blockAt("12:25")]).toEqual([
      null,
      null,
      "breaker",
    ]);
  });
});

describe("one divergence and the next", () => {
  const recreated = (runs: string, id: string, created: string, newest: string): Host =>
    host({
      containers: [container({ id, runs, created })],
      images: [V1, image(newest, { tags: ["shop-web:latest"], built: "12:00" })],
    });

  it("goes on when the container is recreated on yet another old image", () => {
    const watch = new Watch();
    const before = webAt(watch, rebuilt(), "12:05");
    const after = webAt(watch, recreated("v1.5", "another", "12:08", "v2"), "12:10");
    expect(after).toMatchObject({ divergedSince: at("12:00"), firstSeenAt: before.firstSeenAt });
  });

  it("ends when the container got the newest image between two scans and that was built again", () => {
    const watch = new Watch();
    webAt(watch, rebuilt(), "12:05");
    const next = image("v3", { tags: ["shop-web:latest"], built: "12:09" });
    const after = webAt(
      watch,
      host({
        containers: [container({ id: "another", runs: "v2", created: "12:08" })],
        images: [next],
      }),
      "12:10",
    );
    expect(after).toMatchObject({ divergedSince: at("12:09"), firstSeenAt: at("12:10") });
  });

  it("ends when a scan finds it fresh", () => {
    const watch = new Watch();
    webAt(watch, rebuilt(), "12:05");
    watch.scan(rebuilt({ runs: "v2" }), "12:10");
    expect(watch.memory.divergences.size).toBe(0);
  });
});

describe("a jump of the wall clock against the monotonic one", () => {
  const hour = 3_600_000;
  const before = { wall: at("12:00"), monotonic: 5_000 };
  it.each([
    ["none", 300_000, 300_000, false],
    ["an hour forward", 300_000 + hour, 300_000, true],
    ["an hour back", 300_000 - hour, 300_000, true],
    ["sixty seconds: still none", 300_000 + CLOCK_JUMP, 300_000, false],
    ["a millisecond more", 300_001 + CLOCK_JUMP, 300_000, true],
    ["sixty seconds back: still none", 300_000 - CLOCK_JUMP, 300_000, false],
    ["a millisecond more back", 299_999 - CLOCK_JUMP, 300_000, true],
    ["the machine slept, and the monotonic clock with it", 300_000 + 8 * hour, 300_000, true],
  ])("%s", (_, wall, monotonic, jumped) => {
    const after = { wall: before.wall + wall, monotonic: before.monotonic + monotonic };
    expect(clockJumped(before, after)).toBe(jumped);
  });

  it.each([
    ["spring", "2026-03-29T00:59:00Z", "01:59", "03:04"],
    ["autumn", "2026-10-25T00:59:00Z", "02:59", "02:04"],
  ])("is not the change of daylight saving time in Berlin in %s", (_, time, local, fiveLater) => {
    const wall = Date.parse(time);
    const inBerlin = new Intl.DateTimeFormat("de", {
      timeStyle: "short",
      timeZone: "Europe/Berlin",
    });
    expect([wall, wall + minutes(5)].map((one) => inBerlin.format(one))).toEqual([
      local,
      fiveLater,
    ]);
    const after = { wall: wall + minutes(5), monotonic: minutes(5) };
    expect(clockJumped({ wall, monotonic: 0 }, after)).toBe(false);
  });
});
