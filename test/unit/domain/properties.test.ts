import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../src/domain/duration.ts";
import { glob } from "../../../src/domain/glob.ts";
import type { EpochMs } from "../../../src/domain/ids.ts";
import { isEmptyChange } from "../../../src/domain/remember.ts";
import { compareNaturally } from "../../../src/domain/newest.ts";
import { familiarName, parseReference } from "../../../src/domain/reference.ts";
import { isDiverged, type Diverged } from "../../../src/domain/verdict.ts";
import {
  at,
  container,
  host,
  image,
  imageNamed,
  minutes,
  type Host,
  type SketchedContainer,
  type SketchedImage,
} from "./builders.ts";
import { hosts, policies, reordered, told } from "./generated.ts";
import { look, reloaded, Watch, type Scan } from "./watch.ts";

const NOW = at("12:30");

/** Two looks at made-up hosts, half an hour apart, so that the second has something to remember. */
const twoLooks = fc.record({ before: hosts, after: hosts, policy: policies, memory: told });
type TwoLooks = typeof twoLooks extends fc.Arbitrary<infer T> ? T : never;

function watched({ before, policy, memory }: TwoLooks): Watch {
  const watch = new Watch(memory);
  watch.scan(host(before.sketch), "12:00", { policy });
  return watch;
}

/** Everything that a scan found out and said, in an order of its own. */
function findings({ rounds, judgements, change, incidents, news }: Scan): unknown {
  const asked = rounds.flatMap(({ images, containers }) => [...images, ...containers]);
  const anyId = (text: string): string => text.replace(/incident-\d+/g, "incident");
  const sorted = (list: readonly unknown[]): string[] =>
    list.map((one) => anyId(JSON.stringify(one))).sort();
  return {
    asked: sorted(asked),
    judgements: sorted(judgements),
    change: Object.entries(change).map(([kind, list]: [string, readonly unknown[]]) => [
      kind,
      sorted(list),
    ]),
    incidents: sorted(incidents),
    news: sorted(news),
  };
}

describe("a scan", () => {
  it("does not depend on the order of the engine's lists", () => {
    const shuffled = twoLooks.chain((looks) =>
      fc.record({ looks: fc.constant(looks), other: reordered(looks.after) }),
    );
    fc.assert(
      fc.property(shuffled, ({ looks, other }) => {
        const { after, policy } = looks;
        const one = watched(looks).scan(host(after.sketch), NOW, { policy });
        const another = watched(looks).scan(other, NOW, { policy });
        expect(findings(another)).toEqual(findings(one));
      }),
      { numRuns: 300 },
    );
  });

  it("made twice says the same, asks nothing, writes nothing and tells nothing", () => {
    fc.assert(
      fc.property(twoLooks, (looks) => {
        const watch = watched(looks);
        const { policy } = looks;
        const first = watch.scan(host(looks.after.sketch), NOW, { policy });
        const second = watch.scan(host(looks.after.sketch), NOW, { policy });
        expect(second.judgements).toEqual(first.judgements);
        expect(isEmptyChange(second.change)).toBe(true);
        expect(second.incidents).toEqual([]);
        expect(second.news).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("after a restart is as one without", () => {
    fc.assert(
      fc.property(twoLooks, (looks) => {
        const { after, policy } = looks;
        const restarted = watched(looks);
        restarted.restart();
        const one = watched(looks).scan(host(after.sketch), NOW, { policy });
        const another = restarted.scan(host(after.sketch), NOW, { policy });
        expect(findings(another)).toEqual(findings(one));
        expect(reloaded(restarted.memory)).toEqual(restarted.memory);
      }),
      { numRuns: 200 },
    );
  });

  it("never calls fresh what is other content than the newest image", () => {
    fc.assert(
      fc.property(twoLooks, (looks) => {
        const { contents, sketch } = looks.after;
        const nicknames = new Map(Object.keys(contents).map((name) => [imageNamed(name), name]));
        const { judgements } = look(host(sketch), { now: NOW, policy: looks.policy });
        for (const one of judgements) {
          if (one.verdict !== "fresh") continue;
          const [runs, newest] = [one.running.id, one.newest.id].map(
            (id) => nicknames.get(id) ?? "",
          );
          if (sketch.store === "classic") expect(runs).toBe(newest);
          expect(contents[runs ?? ""]).toBe(contents[newest ?? ""]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("judges every live container exactly once, and no other", () => {
    fc.assert(
      fc.property(twoLooks, ({ after, policy }) => {
        const one = host(after.sketch);
        const live = one.snapshot.containers.filter(({ state }) => state !== "exited");
        const { judgements } = look(one, { now: NOW, policy });
        expect(judgements.map(({ container: { id } }) => id)).toEqual(live.map(({ id }) => id));
      }),
      { numRuns: 100 },
    );
  });
});

/** A host that lives on: what happens to it between two scans. */
type Event =
  | { readonly kind: "build" | "tag-back" | "remove" | "nothing" }
  | { readonly kind: "recreate"; readonly on: "newest" | "old" }
  | { readonly kind: "overlap"; readonly on: "newest" | "old" };

interface Step {
  readonly event: Event;
  readonly minutes: number;
  /** How far the wall clock is set in this step. */
  readonly jump: number;
  /** Whether the watchdog is restarted before it. */
  readonly restart: boolean;
}

const event = fc.oneof<fc.Arbitrary<Event>[]>(
  fc.record({ kind: fc.constantFrom("build", "build", "tag-back", "remove", "nothing") }),
  fc.record({ kind: fc.constant("recreate"), on: fc.constantFrom("newest", "old") }),
  fc.record({ kind: fc.constant("overlap"), on: fc.constantFrom("newest", "old") }),
);

const maybe = fc.boolean();
const wait = fc.integer({ min: 0, max: 20 });

/** One service, as builds and deploys change it. */
class Service {
  private images: SketchedImage[] = [];
  private containers: SketchedContainer[] = [];
  private tagged = 0;
  private created = 0;
  private readonly believable: boolean;

  constructor(now: EpochMs, believable: boolean) {
    this.believable = believable;
    this.build(now);
    this.recreate(now, "newest");
  }

  happen(what: Event, now: EpochMs): void {
    switch (what.kind) {
      case "build":
        this.build(now);
        break;
      case "tag-back":
        this.tagged = Math.max(0, this.tagged - 1);
        break;
      case "recreate":
        this.recreate(now, what.on);
        break;
      case "overlap":
        this.start(now, what.on);
        break;
      case "remove":
        this.containers = this.containers.slice(1);
        break;
      case "nothing":
        break;
    }
  }

  asListed(): Host {
    const images = this.images.map((one, n) => ({
      ...one,
      row: { ...one.row, tags: n === this.tagged ? ["shop-web:latest"] : [] },
    }));
    return host({ containers: this.containers, images });
  }

  private build(now: EpochMs): void {
    const tagged = this.believable ? now : null;
    this.images.push(image(`build ${this.images.length}`, { built: now, tagged }));
    this.tagged = this.images.length - 1;
  }

  private recreate(now: EpochMs, on: "newest" | "old"): void {
    this.containers = [];
    this.start(now, on);
  }

  private start(now: EpochMs, on: "newest" | "old"): void {
    const n = on === "newest" ? this.tagged : Math.max(0, this.tagged - 1);
    const id = `container ${++this.created}`;
    this.containers = [...this.containers, container({ id, runs: `build ${n}`, created: now })];
  }
}

/** Plays a life and hands every scan to the reader. */
function live(
  steps: readonly Step[],
  believable: boolean,
  read: (scan: Scan, watch: Watch) => void,
): void {
  const watch = new Watch();
  let monotonic = at("08:00");
  let wall = monotonic;
  const service = new Service(wall, believable);
  for (const step of steps) {
    monotonic += minutes(step.minutes);
    wall += minutes(step.minutes) + step.jump;
    service.happen(step.event, wall);
    if (step.restart) watch.restart();
    read(watch.scan(service.asListed(), wall, { monotonic }), watch);
  }
}

describe("over the life of a service", () => {
  const step = fc.record({ event, minutes: wait, jump: fc.constant(0), restart: maybe });
  const lives = fc.tuple(fc.array(step, { maxLength: 25 }), maybe);

  it("no clock runs backwards: a divergence never gets younger, nor stale pending again", () => {
    fc.assert(
      fc.property(lives, ([steps, believable]) => {
        const last = new Map<string, Diverged>();
        live(steps, believable, ({ judgements }) => {
          for (const one of judgements) {
            const { id } = one.container;
            const before = last.get(id);
            if (isDiverged(one) && before !== undefined) {
              expect(one.divergedSince).toBeLessThanOrEqual(before.divergedSince);
              expect(one.firstSeenAt).toBe(before.firstSeenAt);
              if (before.verdict === "stale") expect(one.verdict).toBe("stale");
            }
            if (isDiverged(one)) last.set(id, one);
            else last.delete(id);
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  it("a heal clock never starts before the alert clock is known, nor before the newest image was seen", () => {
    fc.assert(
      fc.property(lives, ([steps, believable]) => {
        live(steps, believable, ({ judgements }) => {
          for (const one of judgements.filter(isDiverged)) {
            expect(one.newestSeenAt).toBeGreaterThanOrEqual(one.divergedSince);
            expect(one.newestSeenAt).toBeGreaterThanOrEqual(one.firstSeenAt);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it("every incident opens once and ends once, and never two at a time for one subject", () => {
    fc.assert(
      fc.property(lives, ([steps, believable]) => {
        const opened = new Set<string>();
        const ended = new Set<string>();
        live(steps, believable, ({ news }, watch) => {
          for (const item of news) {
            if (item.kind !== "stale" && item.kind !== "resolved") continue;
            const list = item.kind === "stale" ? opened : ended;
            expect(list.has(item.incident)).toBe(false);
            list.add(item.incident);
          }
          expect([...ended].filter((id) => !opened.has(id))).toEqual([]);
          const subjects = watch.open.map(({ subject }) => subject);
          expect(new Set(subjects).size).toBe(subjects.length);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("an incident is open exactly while its divergence is remembered as told", () => {
    fc.assert(
      fc.property(lives, ([steps, believable]) => {
        live(steps, believable, ({ judgements }, watch) => {
          for (const one of watch.open)
            expect(watch.memory.divergences.get(one.subject)?.firstSeenAt).toBe(one.divergence);
          for (const one of judgements.filter(({ verdict }) => verdict === "stale"))
            expect(watch.open.map(({ subject }) => subject)).toContain(one.subject);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe("while the wall clock jumps an hour either way", () => {
  const hour = minutes(60);
  const step = fc.record({
    event: fc.record({ kind: fc.constantFrom<"build" | "nothing">("build", "nothing") }),
    minutes: wait,
    jump: fc.constantFrom(0, 0, 0, hour, -hour),
    restart: fc.constant(false),
  });
  const lives = fc.tuple(fc.array(step, { maxLength: 25 }), maybe);

  it("nothing resolves, nothing opens twice, and nothing opens in the scan of the jump", () => {
    fc.assert(
      fc.property(lives, ([steps, believable]) => {
        const kinds: string[] = [];
        let scans = 0;
        live(steps, believable, ({ news }) => {
          const jumped = scans > 0 && steps[scans]?.jump !== 0;
          scans += 1;
          if (jumped) expect(news.filter(({ kind }) => kind === "stale")).toEqual([]);
          kinds.push(...news.map(({ kind }) => kind).filter((kind) => kind !== "reminder"));
        });
        expect(["", "stale"]).toContain(kinds.join());
      }),
      { numRuns: 500 },
    );
  });

  it("no heal is ready within one grace of a jump", () => {
    fc.assert(
      fc.property(lives, ([steps, believable]) => {
        let scans = 0;
        live(steps, believable, ({ judgements, input }) => {
          const jumped = scans > 0 && steps[scans]?.jump !== 0;
          scans += 1;
          for (const one of judgements.filter(isDiverged))
            if (jumped) expect(one.healReadyAt).toBeGreaterThanOrEqual(input.now + minutes(15));
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe("small things", () => {
  it("a duration is read as it was written", () => {
    const length = fc.integer({ min: 0, max: 3_155_760_000 }).map((seconds) => seconds * 1000);
    fc.assert(fc.property(length, (one) => parseDuration(formatDuration(one)) === one));
  });

  it("no text at all makes a duration fail or be negative", () => {
    fc.assert(fc.property(fc.string(), (text) => (parseDuration(text) ?? 0) >= 0));
  });

  it("a glob is what its regular expression is", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "-", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, letters, (globbed, text) => {
        const regular = globbed.replaceAll("*", ".*").replaceAll("?", ".");
        expect(glob(globbed)(text)).toBe(new RegExp(`^${regular}$`).test(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("the natural order is an order", () => {
    const tag = fc.string({ unit: fc.constantFrom("0", "1", "9", "a", "-", "."), maxLength: 5 });
    fc.assert(
      fc.property(tag, tag, tag, (a, b, c) => {
        const sign = (x: string, y: string): number => Math.sign(compareNaturally(x, y));
        expect(sign(a, b)).toBe(0 - sign(b, a));
        expect(sign(a, b) === 0).toBe(a === b);
        if (sign(a, b) < 0 && sign(b, c) < 0) expect(sign(a, c)).toBe(-1);
      }),
      { numRuns: 1000 },
    );
  });

  it("a reference is read as it is shown", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,4}([._-][a-z0-9]{1,3})?$/);
    const registry = fc.constantFrom(
      "",
      "docker.io/",
      "localhost/",
      "reg:5000/",
      "[::1]:5000/",
      "R/",
    );
    const name = fc.tuple(registry, fc.array(part, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(name, fc.constantFrom("", ":latest", ":V1.2-x"), ([where, path], tag) => {
        const reference = parseReference(`${where}${path.join("/")}${tag}`);
        if (reference.kind !== "tag") throw new Error("not a tag");
        // As in the engine: a name of Docker Hub whose first part has a dot cannot be shown short.
        fc.pre(path.length === 1 || !path[0]?.includes("."));
        expect(parseReference(familiarName(reference))).toEqual(reference);
      }),
      { numRuns: 500 },
    );
  });
});
