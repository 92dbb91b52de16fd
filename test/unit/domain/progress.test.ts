import { describe, expect, it } from "vitest";
import { reminderInterval } from "../../../src/domain/incident.ts";
import type { NewsItem } from "../../../src/domain/news.ts";
import {
  at,
  clockOf,
  container,
  hold,
  host,
  image,
  imageNamed,
  memory,
  minutes,
  rebuilt,
  V1,
  V2,
  type ContainerSketch,
  type Host,
} from "./builders.ts";
import { Watch, type ScanOptions } from "./watch.ts";

const HOUR = minutes(60);
const v1 = image("v1", { tags: ["shop-web:latest"], built: "10:00" });
const fresh = host({ containers: [container()], images: [v1] });
const stale = rebuilt();
const deployed = rebuilt({ id: "new", runs: "v2", created: "12:30" });
const removed = host({ containers: [], images: [V1, V2] });
const stopped = rebuilt({ state: "exited" });
const excluded = rebuilt({ labels: { "stalewatch.enable": "false" } });
const tagRemoved = host({ containers: [container()], images: [V1] });

/** One item of news in a line. */
function line(item: NewsItem): string {
  switch (item.kind) {
    case "stale":
      return `stale ${item.affected.container}`;
    case "reminder":
      return `reminder ${item.count} ${item.affected.container}`;
    case "resolved":
      return `resolved ${item.affected.container}: ${item.resolution}, ${item.detail}`;
    case "breaker":
      return `breaker ${item.due.join(" ")}`;
    case "healed":
    case "heal-failed":
    case "heal-refused":
    case "heal-postponed":
      return `${item.kind} ${item.affected.container}`;
    case "engine-unreachable":
    case "engine-back":
    case "test":
      return item.kind;
  }
}

type Step = readonly [time: string, host: Host, options?: ScanOptions];

/** Plays scans one after the other and gives what was said when: `12:20 stale shop-web-1`. */
function told(...scans: readonly Step[]): string[] {
  const watch = new Watch();
  return scans.flatMap(([time, one, options]) =>
    watch.scan(one, time, options).news.map((item) => `${time} ${line(item)}`),
  );
}

describe("an incident opens", () => {
  it("once, when the grace is over, not once per scan", () => {
    expect(
      told(
        ["12:05", fresh],
        ["12:10", stale],
        ["12:14", stale],
        ["12:15", stale],
        ["12:20", stale],
      ),
    ).toEqual(["12:15 stale shop-web-1"]);
  });

  it("once, whatever is built meanwhile", () => {
    const builtAgain = (time: string): Host =>
      rebuilt({}, { v2: image(time, { tags: ["shop-web:latest"], built: time }) });
    expect(
      told(
        ["12:05", stale],
        ["12:15", stale],
        ["12:25", builtAgain("12:20")],
        ["12:35", builtAgain("12:30")],
      ),
    ).toEqual(["12:15 stale shop-web-1"]);
  });

  it("once over a restart of the watchdog", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.restart();
    expect(watch.scan(stale, "12:25").news).toEqual([]);
  });

  it("never while it is pending", () => {
    expect(told(["12:05", stale], ["12:14:59", stale])).toEqual([]);
  });

  it("not while a hold is on it, but when that is over", () => {
    const watch = new Watch(memory({ holds: [hold({ project: "shop" }, "12:30")] }));
    expect(watch.scan(stale, "12:20").news).toEqual([]);
    expect(watch.scan(stale, "12:30").news.map(line)).toEqual(["stale shop-web-1"]);
  });

  it("not in the scan right after a jump of the clock, but in the next", () => {
    expect(told(["12:20", stale, { mayOpen: false }], ["12:25", stale])).toEqual([
      "12:25 stale shop-web-1",
    ]);
  });

  it("says all there is to know", () => {
    const [item] = new Watch().scan(stale, "12:20").news;
    expect(item).toEqual({
      kind: "stale",
      incident: "incident-1",
      affected: {
        container: "shop-web-1",
        project: "shop",
        service: "web",
        reference: "shop-web:latest",
        running: { id: imageNamed("v1"), createdAt: at("10:00") },
        newest: {
          id: imageNamed("v2"),
          tag: "shop-web:latest",
          createdAt: at("12:00"),
          revision: null,
        },
      },
      divergedSince: at("12:00"),
      reason: "shop-web:latest was built again 20 min ago",
      rolledBack: false,
      mode: "alert",
      healBlockedBy: "mode",
      warnings: [],
      remedy: "docker compose -p shop up -d --no-deps --force-recreate web",
    });
  });

  it("for each subject by itself", () => {
    const replica = container({ name: "shop-web-2", compose: "shop/web/2" });
    expect(told(["12:20", rebuilt({}, { containers: [replica] })])).toEqual([
      "12:20 stale shop-web-1",
      "12:20 stale shop-web-2",
    ]);
  });
});

describe("an incident stays the same", () => {
  const onAnother = rebuilt(
    { id: "another", name: "shop-web-one", runs: "v1.5", created: "12:25" },
    { images: [image("v1.5", { built: "11:00" })] },
  );

  it("when the container is recreated on yet another old image, and speaks of that one", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    expect(watch.scan(onAnother, "12:30").news).toEqual([]);
    expect(watch.open).toMatchObject([
      {
        id: "incident-1",
        divergedSince: at("12:00"),
        affected: { container: "shop-web-one", running: { id: imageNamed("v1.5") } },
      },
    ]);
  });

  it("when a still newer image is built, and speaks of that one", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.scan(
      rebuilt({}, { v2: image("v3", { tags: ["shop-web:latest"], built: "12:22" }) }),
      "12:25",
    );
    expect(watch.open).toMatchObject([
      { id: "incident-1", affected: { newest: { id: imageNamed("v3") } } },
    ]);
  });

  it("when nothing of it changed: no write", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    expect(watch.scan(stale, "12:25").incidents).toEqual([]);
  });

  it("when it cannot be judged any more: neither an end nor news", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    const { news, incidents } = watch.scan(tagRemoved, "12:25");
    expect({ news, incidents, open: watch.open.length }).toEqual({
      news: [],
      incidents: [],
      open: 1,
    });
  });

  it("when it could not be judged for a while, then it can again", () => {
    expect(told(["12:20", stale], ["12:25", tagRemoved], ["12:30", stale])).toEqual([
      "12:20 stale shop-web-1",
    ]);
  });

  it("when a hold comes later: that stops what would open, not what is open", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.memory = { ...watch.memory, holds: [hold({ project: "shop" }, "13:00")] };
    expect(watch.scan(stale, "12:25").news).toEqual([]);
    expect(watch.open).toHaveLength(1);
  });
});

describe("an incident is resolved", () => {
  it("fresh: it runs the newest image", () => {
    expect(told(["12:20", stale], ["12:35", deployed])).toEqual([
      "12:20 stale shop-web-1",
      "12:35 resolved shop-web-1: fresh, shop-web-1 runs shop-web:latest as built last",
    ]);
  });

  it("fresh: the tag went back to what it runs", () => {
    expect(told(["12:20", stale], ["12:25", fresh])[1]).toBe(
      "12:25 resolved shop-web-1: fresh, shop-web-1 runs shop-web:latest as built last",
    );
  });

  it("excluded: told not to look", () => {
    expect(told(["12:20", stale], ["12:25", excluded])[1]).toBe(
      "12:25 resolved shop-web-1: excluded, no longer watched: its label stalewatch.enable=false says so",
    );
  });

  it("gone: its container was removed", () => {
    expect(told(["12:20", stale], ["12:25", removed], ["12:30", removed])).toEqual([
      "12:20 stale shop-web-1",
      "12:30 resolved shop-web-1: gone, its container was removed",
    ]);
  });

  it("gone: its container was stopped", () => {
    expect(told(["12:20", stale], ["12:25", stopped], ["12:30", stopped])[1]).toBe(
      "12:30 resolved shop-web-1: gone, its container was stopped",
    );
  });

  it("and a new one opens, when it got the newest image and that was built again between two scans", () => {
    const v3 = image("v3", { tags: ["shop-web:latest"], built: "12:32" });
    const again = host({
      containers: [container({ id: "new", runs: "v2", created: "12:30" })],
      images: [V2, v3],
    });
    expect(told(["12:20", stale], ["12:50", again])).toEqual([
      "12:20 stale shop-web-1",
      "12:50 stale shop-web-1",
      "12:50 resolved shop-web-1: fresh, it got the newest image, and diverged anew since",
    ]);
    expect(told(["12:20", stale], ["12:35", again], ["12:47", again])).toEqual([
      "12:20 stale shop-web-1",
      "12:35 resolved shop-web-1: fresh, it got the newest image, and diverged anew since",
      "12:47 stale shop-web-1",
    ]);
  });

  it("says when it began and how long it lasted, and is closed", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    const { news, incidents } = watch.scan(deployed, "12:35");
    expect(news).toMatchObject([{ divergedSince: at("12:00"), lasted: minutes(35) }]);
    expect(incidents).toMatchObject([{ resolvedAt: at("12:35"), resolution: "fresh" }]);
    expect(watch.open).toEqual([]);
  });

  it("is told once", () => {
    expect(told(["12:20", stale], ["12:35", deployed], ["12:40", deployed])).toHaveLength(2);
  });

  it("is followed by another incident when it diverges again", () => {
    const v3 = image("v3", { tags: ["shop-web:latest"], built: "13:00" });
    const again = host({ containers: [container({ id: "new", runs: "v2" })], images: [V2, v3] });
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.scan(deployed, "12:35");
    expect(watch.scan(again, "13:20").news).toMatchObject([
      { kind: "stale", incident: "incident-2" },
    ]);
  });
});

describe("gone is said only when it is certain", () => {
  const gone = "resolved shop-web-1: gone, its container was removed";
  it.each<[string, readonly Step[], string[]]>([
    [
      "not after one scan",
      [
        ["12:20", stale],
        ["12:25", removed],
      ],
      [],
    ],
    [
      "not after two within 60 s",
      [
        ["12:20", stale],
        ["12:25", removed],
        ["12:25:59", removed],
      ],
      [],
    ],
    [
      "after two that are 60 s apart",
      [
        ["12:20", stale],
        ["12:25", removed],
        ["12:26", removed],
      ],
      [`12:26 ${gone}`],
    ],
    [
      "not when it came back in between",
      [
        ["12:20", stale],
        ["12:25", removed],
        ["12:30", stale],
        ["12:35", removed],
      ],
      [],
    ],
    [
      "not when it came back in between, though it could not be judged then",
      [
        ["12:20", stale],
        ["12:25", removed],
        ["12:30", tagRemoved],
        ["12:35", removed],
      ],
      [],
    ],
    [
      "not within five minutes of the engine's start",
      [
        ["12:20", stale],
        ["12:31", removed, { engineStartedAt: "12:30" }],
        ["12:34:59", removed, { engineStartedAt: "12:30" }],
      ],
      [],
    ],
    [
      "five minutes after the engine's start",
      [
        ["12:20", stale],
        ["12:31", removed, { engineStartedAt: "12:30" }],
        ["12:35", removed, { engineStartedAt: "12:30" }],
      ],
      [`12:35 ${gone}`],
    ],
    [
      "not because the wall clock jumped an hour in between",
      [
        ["12:20", stale, { monotonic: at("12:20") }],
        ["12:25", removed, { monotonic: at("12:25") }],
        ["13:25:05", removed, { monotonic: at("12:25:05") }],
      ],
      [],
    ],
    [
      "60 s after that jump",
      [
        ["12:20", stale, { monotonic: at("12:20") }],
        ["12:25", removed, { monotonic: at("12:25") }],
        ["13:25:05", removed, { monotonic: at("12:25:05") }],
        ["13:26:05", removed, { monotonic: at("12:26:05") }],
      ],
      [`13:26:05 ${gone}`],
    ],
    [
      "60 s after a jump back, not an hour later",
      [
        ["12:20", stale, { monotonic: at("12:20") }],
        ["12:25", removed, { monotonic: at("12:25") }],
        ["11:30", removed, { monotonic: at("12:30") }],
        ["11:35", removed, { monotonic: at("12:35") }],
      ],
      [`11:35 ${gone}`],
    ],
  ])("%s", (_, scans, ends) => {
    expect(told(...scans).slice(1)).toEqual(ends);
  });

  it("is remembered over a restart of the watchdog", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.scan(removed, "12:25");
    watch.restart();
    expect(watch.scan(removed, "12:30").news.map(line)).toEqual([gone]);
  });
});

describe("reminders", () => {
  const remindedAt = (hours: readonly number[], reminder = 6 * HOUR): string[] => {
    const watch = new Watch();
    watch.scan(stale, "12:20", { reminder });
    return hours.flatMap((hour) => {
      const now = at("12:20") + hour * HOUR;
      return watch.scan(stale, now, { reminder }).news.map((item) => `${hour} h: ${line(item)}`);
    });
  };

  it("back off: after 6 h, then 12 h later, then 24 h later", () => {
    expect(remindedAt([5, 6, 7, 17, 18, 41, 42, 43, 89, 90])).toEqual([
      "6 h: reminder 1 shop-web-1",
      "18 h: reminder 2 shop-web-1",
      "42 h: reminder 3 shop-web-1",
      "90 h: reminder 4 shop-web-1",
    ]);
  });

  it.each([
    [6 * HOUR, 0, 6],
    [6 * HOUR, 1, 12],
    [6 * HOUR, 2, 24],
    [6 * HOUR, 4, 96],
    [6 * HOUR, 5, 168],
    [6 * HOUR, 1000, 168],
    [400 * HOUR, 3, 400],
  ])("with a base of %d ms, after %d sent: %d h", (base, sent, hours) => {
    expect(reminderInterval(base, sent)).toBe(hours * HOUR);
  });

  it("say what is true by then, and the command to type", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    const [item] = watch.scan(stale, "18:20").news;
    expect(item).toMatchObject({
      kind: "reminder",
      count: 1,
      divergedSince: at("12:00"),
      reason: "shop-web:latest was built again 6 h 20 min ago",
      remedy: "docker compose -p shop up -d --no-deps --force-recreate web",
    });
  });

  it("of one that cannot be judged any more say so", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    expect(watch.scan(tagRemoved, "18:20").news).toMatchObject([
      {
        kind: "reminder",
        reason:
          "shop-web:latest was built again, and now it cannot be judged: " +
          "no local image has the tag it follows (shop-web:latest)",
        remedy: null,
      },
    ]);
  });

  it("carry all open incidents in one, and all wait together from then on", () => {
    const api: ContainerSketch = { name: "api", compose: "shop/api/1", created: "14:00" };
    const both = rebuilt({}, { containers: [container(api)] });
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.scan(both, "14:20");
    expect(watch.scan(both, "18:20").news.map(line)).toEqual([
      "reminder 1 shop-web-1",
      "reminder 1 api",
    ]);
    expect(watch.open.map(({ nextReminderAt }) => clockOf(nextReminderAt))).toEqual([
      "+1d 06:20",
      "+1d 06:20",
    ]);
  });

  it("are silent for one that somebody acknowledged, while others go on", () => {
    const watch = new Watch();
    watch.scan(
      rebuilt({}, { containers: [container({ name: "api", compose: "shop/api/1" })] }),
      "12:20",
    );
    watch.open = watch.open.map((one) =>
      one.affected.container === "api" ? { ...one, ackUntil: at("20:00") } : one,
    );
    const two = rebuilt({}, { containers: [container({ name: "api", compose: "shop/api/1" })] });
    expect(watch.scan(two, "18:20").news.map(line)).toEqual(["reminder 1 shop-web-1"]);
  });

  it("come when the ack is over", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.open = watch.open.map((one) => ({ ...one, ackUntil: at("20:00") }));
    expect(watch.scan(stale, "19:59").news).toEqual([]);
    expect(watch.scan(stale, "20:00").news.map(line)).toEqual(["reminder 1 shop-web-1"]);
  });

  it("an ack silences reminders only: the end is told", () => {
    const watch = new Watch();
    watch.scan(stale, "12:20");
    watch.open = watch.open.map((one) => ({ ...one, ackUntil: at("20:00") }));
    expect(watch.scan(deployed, "12:35").news).toMatchObject([{ kind: "resolved" }]);
  });

  it("wait while the container is missing, until its end is certain", () => {
    expect(told(["12:20", stale], ["18:20", removed], ["18:25", removed])).toEqual([
      "12:20 stale shop-web-1",
      "18:25 resolved shop-web-1: gone, its container was removed",
    ]);
  });
});
