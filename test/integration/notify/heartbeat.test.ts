import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  heartbeat,
  ping,
  type Heartbeat,
  type HeartbeatEvent,
  type Ping,
} from "../../../src/notify/heartbeat.ts";
import { httpClient } from "../../../src/notify/http/exchange.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { startHttpSink, type HttpSink, type SinkAnswer } from "../../harness/http-sink.ts";
import { UNSEEN } from "../../unit/notify/mrkdwn-reader.ts";

const PATH = "/s3cret-uuid";
const START: Ping = { kind: "start" };
const SUCCESS: Ping = { kind: "success" };
const FAIL: Ping = { kind: "fail", text: "the scan failed" };

let sink: HttpSink;
let events: HeartbeatEvent[];
let stop: AbortController;

beforeEach(async () => {
  sink = await startHttpSink({
    path: PATH,
    peer: () => ({ status: 200, body: "OK", error: null }),
  });
  events = [];
  stop = new AbortController();
});

afterEach(() => sink.close());

function beating(url = sink.url, timeout = 2_000): Heartbeat {
  const http = httpClient({ env: {}, timeout });
  return heartbeat({ url, http, log: (event) => events.push(event) }, stop.signal);
}

const asked = (): string[] => sink.received.map(({ method, path }) => `${method} ${path}`);

async function sent(beat: Heartbeat, ...pings: readonly Ping[]): Promise<void> {
  for (const one of pings) {
    beat.send(one);
    await beat.settled();
  }
}

describe("a heartbeat", () => {
  it("pings as healthchecks.io documents it", async () => {
    await sent(beating(), START, SUCCESS, START, FAIL);
    expect(asked()).toEqual([
      `GET ${PATH}/start`,
      `GET ${PATH}`,
      `GET ${PATH}/start`,
      `POST ${PATH}/fail`,
    ]);
    expect(sink.received.at(-1)?.raw).toBe("the scan failed");
    expect(events).toEqual([]);
  });

  it("keeps what else is in its URL", async () => {
    await sent(beating(`${sink.url}/?create=1`), START, SUCCESS);
    expect(asked()).toEqual([`GET ${PATH}/start?create=1`, `GET ${PATH}?create=1`]);
  });

  it("never waits: a receiver that hangs gets the last result next, and no start that is over", async () => {
    const beat = beating(sink.url, 300);
    sink.script({ kind: "hang" });
    for (const one of [START, FAIL, START, SUCCESS, START]) beat.send(one);
    await beat.settled();
    expect(asked()).toEqual([`GET ${PATH}/start`, `GET ${PATH}`]);
  });

  it.each<[string, SinkAnswer, string]>([
    ["404", { kind: "status", status: 404 }, "the heartbeat answered 404"],
    ["500", { kind: "status", status: 500 }, "the heartbeat answered 500"],
    [
      "a redirect",
      { kind: "redirect", location: "/elsewhere" },
      "the heartbeat answered 302, a redirect, which is not followed",
    ],
    ["a reset", { kind: "reset" }, "no answer from the heartbeat: ECONNRESET"],
    ["nothing in time", { kind: "hang" }, "no answer from the heartbeat within 0.2 s"],
    [
      "that there is no such check, with 200",
      { kind: "status", status: 200, body: "OK (not found)" },
      "the heartbeat answered 200, and means 404",
    ],
    [
      "that it was too often, with 200",
      { kind: "status", status: 200, body: "OK (rate limited)" },
      "the heartbeat answered 200, and means 429",
    ],
  ])(
    "tells once that the other side answers %s, and once when that is over",
    async (_, how, error) => {
      const beat = beating(sink.url, 200);
      sink.script(how, how, how);
      await sent(beat, START, SUCCESS, START, SUCCESS, START, SUCCESS);
      expect(events).toMatchObject([
        { event: "heartbeat-failed", error },
        { event: "heartbeat-recovered" },
      ]);
      expect(JSON.stringify(events)).not.toContain("s3cret");
    },
  );

  it("ends at the abort, and tells nothing of it", async () => {
    const beat = beating();
    sink.script({ kind: "hang" });
    beat.send(START);
    beat.send(SUCCESS);
    await sink.next();
    stop.abort();
    await beat.settled();
    expect({ asked: asked(), events }).toEqual({ asked: [`GET ${PATH}/start`], events: [] });
  });

  it.each(Object.entries(HOSTILE_TEXTS))("says %s as one inert line", async (_, text) => {
    await sent(beating(), { kind: "fail", text });
    const { raw } = await sink.next();
    expect(raw).not.toMatch(UNSEEN);
    expect(raw).not.toContain("\n");
    expect(raw.length).toBeLessThanOrEqual(500);
  });
});

it("a ping for a test changes nothing at the other side", async () => {
  const http = httpClient({ env: {} });
  const delivery = await ping(
    { url: sink.url, http },
    { kind: "log", text: "a test" },
    stop.signal,
  );
  expect(delivery).toEqual({ outcome: "delivered", answer: "200" });
  expect(asked()).toEqual([`POST ${PATH}/log`]);
});
