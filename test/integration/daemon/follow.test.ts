import { afterEach, describe, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../../src/daemon/clock.ts";
import { engineLink } from "../../../src/daemon/engine-link.ts";
import {
  followEvents,
  reconnectWait,
  type FollowEvent,
  type FollowParts,
} from "../../../src/daemon/follow.ts";
import type { EngineEvent } from "../../../src/domain/engine-event.ts";
import { eventSource, tagged, type EventSource } from "../../harness/event-source.ts";
import {
  answers,
  hangs,
  says,
  type Behaviour,
  type FakeEngine,
} from "../../harness/fake-engine.ts";
import { eventually } from "../../harness/wait.ts";
import { fakeEngines } from "../engine/connecting.ts";

const fakeEngine = fakeEngines();
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

interface Followed {
  readonly engine: FakeEngine;
  readonly source: EventSource;
  readonly noticed: EngineEvent[];
  /** Events that followed, as `missed` and `followed`. */
  readonly told: string[];
  readonly errors: unknown[];
  /** The waits between attempts, in milliseconds. */
  readonly waits: number[];
  /** Ends it, and waits until it has ended. */
  readonly stop: () => Promise<void>;
}

const FROM = Date.UTC(2026, 4, 6, 12);

/** Follows a fake engine until the test ends. Waits are noted and not waited for. */
async function follow(
  options: Partial<FollowParts> & { readonly events?: Behaviour; readonly timeout?: number } = {},
): Promise<Followed> {
  const { events, timeout = 2_000, ...parts } = options;
  const engine = await fakeEngine();
  const source = eventSource();
  engine.on("/events", events ?? source.behaviour);
  const noticed: EngineEvent[] = [];
  const told: string[] = [];
  const errors: unknown[] = [];
  const waits: number[] = [];
  const end = new AbortController();
  const log = (event: FollowEvent): void => {
    told.push(event.event);
    if (event.event === "events-lost") errors.push(event.error);
  };
  const ended = followEvents(
    {
      link: engineLink({ address: engine.address, timeout, name: null }),
      clock: {
        sleep: (length, signal) => {
          waits.push(length);
          return SYSTEM_CLOCK.sleep(1, signal);
        },
      },
      notice: (event) => void noticed.push(event),
      missed: () => void told.push("missed"),
      log,
      ...parts,
    },
    FROM,
    end.signal,
  );
  const stop = (): Promise<void> => {
    end.abort();
    return ended;
  };
  ends.push(stop);
  return { engine, source, noticed, told, errors, waits, stop };
}

const listening = (source: EventSource, requests: number): Promise<unknown> =>
  eventually(
    `request ${String(requests)} for events`,
    () => source.queries.length >= requests && source.listeners > 0,
  );

describe("an engine's events", () => {
  it("are told one by one, from when somebody last looked", async () => {
    const { source, noticed, told } = await follow();
    await listening(source, 1);
    source.tell(tagged("shop-web:latest", FROM + 5));
    source.tell({ Type: "network", Action: "connect", Actor: { Attributes: { name: "bridge" } } });
    source.tell({ Type: "container", Action: "start", Actor: { Attributes: { name: "web" } } });
    await eventually("both are told", () => noticed.length === 2);
    expect(noticed).toMatchObject([
      { kind: "image", action: "tag", name: "shop-web:latest", at: FROM + 5 },
      { kind: "container", action: "start", name: "web", at: null },
    ]);
    expect(source.queries[0]?.get("since")).toBe("1778068800.000");
    expect(told).toEqual([]);
  });

  it("are asked for by kind, so that health checks cost nothing", async () => {
    const { source } = await follow();
    await listening(source, 1);
    const { type, event } = JSON.parse(source.queries[0]?.get("filters") ?? "") as {
      type: string[];
      event: string[];
    };
    expect(type.toSorted()).toEqual(["container", "image"]);
    expect(event).toEqual(expect.arrayContaining(["tag", "build", "start", "die", "destroy"]));
    expect(event.join()).not.toMatch(/exec|health|kill|attach/);
  });

  it("too long to be read are told of as such, and the next is read", async () => {
    const { source, noticed } = await follow();
    await listening(source, 1);
    const labels = { "org.example.long": "x".repeat(1024 * 1024) };
    source.tell({ Type: "container", Action: "start", Actor: { Attributes: labels } });
    source.tell(tagged("shop-web:latest", FROM));
    await eventually("both are told", () => noticed.length === 2);
    expect(noticed).toMatchObject([{ kind: "unreadable" }, { action: "tag" }]);
  });
});

describe("a stream of events that ends", () => {
  it.each([["end"], ["cut"]] as const)(
    "is opened anew where it stopped, and somebody looks for what was missed (%s)",
    async (how) => {
      const { source, noticed, told, errors, waits } = await follow();
      await listening(source, 1);
      const last = Date.now() + 60_000;
      source.tell(tagged("shop-web:latest", last));
      await eventually("it is told", () => noticed.length === 1);
      source.hangUp(how);
      await listening(source, 2);
      await eventually("it is followed again", () => told.includes("missed"));
      expect(source.queries[1]?.get("since")).toBe((last / 1000).toFixed(3));
      expect(told).toEqual(["events-lost", "events-followed", "missed"]);
      expect(errors).toMatchObject([{ code: "ENGINE_CONNECTION" }]);
      expect(waits).toEqual([500]);
    },
  );

  it("is asked for ever more rarely, where it ends at once every time", async () => {
    const { waits, told } = await follow({ events: says("") });
    await eventually("ten attempts", () => waits.length >= 10);
    expect(waits.slice(0, 10)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
    expect(told.slice(0, 3)).toEqual(["events-lost", "events-followed", "missed"]);
  });

  it("asks again who answers: it may be another engine, or a newer one", async () => {
    const { engine, source } = await follow();
    await listening(source, 1);
    source.hangUp("cut");
    await listening(source, 2);
    expect(engine.requests.filter((one) => one.endsWith("/version"))).toHaveLength(2);
  });
});

describe("a stream of events that says nothing", () => {
  it("is opened anew now and then, since it may be dead, without a look or a word", async () => {
    const { engine, source, told, waits } = await follow({ renewAfter: 100 });
    await listening(source, 4);
    expect(told).toEqual([]);
    expect(waits).toEqual([]);
    expect(engine.requests.filter((one) => one.endsWith("/version"))).toHaveLength(1);
    const since = source.queries.slice(1).map((query) => Number(query.get("since")) * 1000);
    for (const time of since) expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
    await eventually("those before are closed", () => source.listeners === 1);
  });

  it("and does not even begin is given up after the engine's deadline", async () => {
    const { errors } = await follow({ events: hangs, timeout: 50 });
    await eventually("it is given up", () => errors.length === 1);
    expect(errors).toMatchObject([{ code: "ENGINE_TIMEOUT" }]);
  });

  it("but goes on is kept beyond that deadline", async () => {
    // Long enough for its beginning, also on a busy machine.
    const { source, noticed, told } = await follow({ timeout: 1500 });
    await listening(source, 1);
    await SYSTEM_CLOCK.sleep(1700, new AbortController().signal);
    source.tell(tagged("shop-web:latest", FROM));
    await eventually("it is told", () => noticed.length === 1);
    expect(told).toEqual([]);
    expect(source.queries).toHaveLength(1);
  });
});

describe("an engine that tells of no events", () => {
  it.each<[string, Behaviour, string]>([
    [
      "refuses to, as a filtering proxy does",
      answers({ message: "Forbidden" }, 403),
      "ENGINE_HTTP",
    ],
    ["does not know how to", answers({ message: "page not found" }, 404), "ENGINE_HTTP"],
    ["says something else", says("<html>\n<body>\n"), "ENGINE_BAD_ANSWER"],
  ])("%s: that is said once, and it is asked again", async (_, events, code) => {
    const { errors, waits, source, engine, told } = await follow({ events });
    await eventually("some attempts", () => waits.length >= 4);
    expect(errors[0]).toMatchObject({ code });
    if (code === "ENGINE_HTTP") expect(told).toEqual(["events-lost"]);
    engine.on("/events", source.behaviour);
    await listening(source, 1);
    await eventually("it is followed", () => told.at(-1) === "missed");
  });

  it("is gone altogether: likewise", async () => {
    const { engine, source, told, errors, waits } = await follow();
    await listening(source, 1);
    await engine.close();
    await eventually("some attempts", () => waits.length >= 4);
    expect(told).toEqual(["events-lost"]);
    expect(errors).toHaveLength(1);
  });
});

describe("the end", () => {
  it.each<[string, Behaviour | undefined]>([
    ["while it listens", undefined],
    ["while the engine does not answer", hangs],
    ["between two attempts", answers({ message: "Forbidden" }, 403)],
  ])("comes at once, %s", async (_, events) => {
    const { engine, stop } = await follow({
      ...(events && { events }),
      clock: SYSTEM_CLOCK,
      timeout: 60_000,
    });
    await eventually("it asked", () => engine.requests.some((one) => one.includes("/events")));
    await stop();
    await eventually("no connection is left", () => engine.connections === 0);
  });
});

it("the wait between attempts ends at a minute, however many there were", () => {
  expect([1, 2, 8, 100, 1e9].map(reconnectWait)).toEqual([500, 1_000, 60_000, 60_000, 60_000]);
});
