import { describe, expect, it } from "vitest";
import { deliveryTrouble, pulse } from "../../../src/daemon/pulse.ts";
import { STUCK_AFTER } from "../../../src/domain/outage.ts";
import type { HeartbeatEvent } from "../../../src/notify/heartbeat.ts";
import type { HttpRequest } from "../../../src/notify/http/exchange.ts";
import type { DeadLetter } from "../../../src/state/outbox-table.ts";

const NOW = Date.UTC(2026, 10, 22, 9, 26);
const never = new AbortController().signal;

function outbox({ oldest = null as number | null, count = 1, deadAt = [] as number[] } = {}) {
  return {
    waiting: () => ({ count, oldest }),
    deadLetters: (since: number) =>
      deadAt.filter((at) => at >= since).map((at) => ({ deadAt: at }) as DeadLetter),
  };
}

describe("the trouble with an outbox", () => {
  it.each<[string, Parameters<typeof outbox>[0], string | null]>([
    ["nothing waits", {}, null],
    ["the oldest has waited just an hour", { oldest: NOW - STUCK_AFTER }, null],
    [
      "the oldest has waited longer",
      { oldest: NOW - STUCK_AFTER - 1, count: 3 },
      "3 messages wait to be delivered, the oldest for 60 min",
    ],
    ["one was given up long ago", { deadAt: [NOW - STUCK_AFTER - 1] }, null],
    [
      "one was given up just now",
      { deadAt: [NOW - 1] },
      "1 message was given up within the last hour",
    ],
  ])("when %s", (_, state, trouble) => {
    expect(deliveryTrouble(outbox(state), NOW)).toBe(trouble);
  });

  it("is also that it cannot be read", () => {
    const broken = {
      ...outbox(),
      waiting: () => {
        throw new Error("disk I/O error");
      },
    };
    expect(deliveryTrouble(broken, NOW)).toBe("the state cannot be read: disk I/O error");
  });
});

describe("a pulse", () => {
  function beating(state: Parameters<typeof outbox>[0], url: string | null) {
    const sent: HttpRequest[] = [];
    const events: HeartbeatEvent[] = [];
    const beat = pulse(
      {
        url,
        outbox: outbox(state),
        now: () => NOW,
        log: (event) => events.push(event),
        http: (request) => {
          sent.push(request);
          return Promise.resolve({ answer: { status: 200, retryAfter: null, body: "OK" } });
        },
      },
      never,
    );
    const told = async (scanned: boolean): Promise<string[]> => {
      beat.begin();
      await beat.settled();
      beat.end(scanned);
      await beat.settled();
      return sent.map(({ method, url: to, body }) => `${method} ${to} ${body}`.trim());
    };
    return { told, events };
  }

  const URL = "https://hc.example/ping";

  it.each<[string, Parameters<typeof outbox>[0], boolean, string]>([
    ["a scan that finished", {}, true, `GET ${URL}`],
    ["a scan that failed", {}, false, `POST ${URL}/fail the scan failed: the log says why`],
    [
      "an outbox that is stuck",
      { oldest: NOW - 2 * STUCK_AFTER },
      true,
      `POST ${URL}/fail 1 message waits to be delivered, the oldest for 2 h`,
    ],
  ])("tells of %s", async (_, state, scanned, ping) => {
    expect(await beating(state, URL).told(scanned)).toEqual([`GET ${URL}/start`, ping]);
  });

  it("is silent where no heartbeat is configured", async () => {
    expect(await beating({}, null).told(true)).toEqual([]);
  });
});
