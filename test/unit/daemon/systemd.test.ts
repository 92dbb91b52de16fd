import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Supervisor } from "../../../src/daemon/supervisor.ts";
import { systemd, type Notify } from "../../../src/daemon/systemd.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** As systemd sets them for `WatchdogSec=2min`. */
const UNIT = { NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "120000000" };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function supervised(
  env: Readonly<Record<string, string>> = UNIT,
  send: (text: string) => Promise<void> = () => Promise.resolve(),
) {
  const told: string[] = [];
  const failures: unknown[] = [];
  const notify: Notify = async (assignments) => {
    const text = assignments.join(" ");
    await send(text);
    told.push(text);
  };
  const supervisor: Supervisor = systemd({
    env,
    pid: 100,
    notify,
    failed: (error) => failures.push(error),
    now: () => performance.now(),
  });
  const pass = async (time: number): Promise<string[]> => {
    await vi.advanceTimersByTimeAsync(time);
    return told.splice(0);
  };
  return { supervisor, pass, failures };
}

const still = (): number => 0;

describe("systemd hears", () => {
  it("READY once, when the first scan has ended", async () => {
    const { supervisor, pass } = supervised({ NOTIFY_SOCKET: "/run/systemd/notify" });
    supervisor.scanning(still, MINUTE);
    expect(await pass(0)).toEqual([]);
    for (let scan = 0; scan < 2; scan++) supervisor.scanned();
    supervisor.status("fine");
    expect(await pass(0)).toEqual(["READY=1", "STATUS=fine"]);
  });

  it("three times in the span of its watchdog that the process lives", async () => {
    const { supervisor, pass } = supervised();
    supervisor.scanned();
    await pass(0);
    expect(await pass(2 * MINUTE)).toEqual(["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
  });

  it("before that, that a first scan gets on", async () => {
    const { supervisor, pass } = supervised();
    let calls = 0;
    supervisor.scanning(() => calls, MINUTE);
    for (let beat = 0; beat < 3; beat++) {
      calls++;
      expect(await pass(40 * SECOND)).toEqual(["EXTEND_TIMEOUT_USEC=120000000"]);
    }
  });

  it("nothing more when a scan hangs, and of it again when it does get on", async () => {
    const { supervisor, pass } = supervised();
    supervisor.scanned();
    let calls = 0;
    supervisor.scanning(() => calls, MINUTE);
    expect(await pass(50 * SECOND)).toEqual(["READY=1", "WATCHDOG=1"]);
    expect(await pass(10 * MINUTE)).toEqual([]);
    calls++;
    expect(await pass(40 * SECOND)).toEqual(["WATCHDOG=1"]);
  });

  it("of an engine that never answers as of any other: its scans fail, and so they end", async () => {
    const { supervisor, pass } = supervised();
    for (let scan = 0; scan < 10; scan++) {
      supervisor.scanning(still, 90 * SECOND);
      const told = await pass(30 * SECOND);
      supervisor.scanned();
      expect([...told, ...(await pass(4 * MINUTE))].length).toBeGreaterThanOrEqual(6);
    }
  });

  it("its last word before the process ends, and then no more", async () => {
    const { supervisor, pass } = supervised();
    supervisor.scanned();
    const ended = supervisor.stopping();
    expect(await pass(10 * MINUTE)).toEqual(["READY=1", "STOPPING=1"]);
    await ended;
  });

  it("one thing after the other, whatever each takes", async () => {
    let delay = 300;
    const { supervisor, pass } = supervised(UNIT, () => {
      delay -= 100;
      return new Promise((resolve) => setTimeout(resolve, delay));
    });
    supervisor.scanned();
    supervisor.status("older");
    supervisor.status("newer");
    expect(await pass(SECOND)).toEqual(["READY=1", "STATUS=older", "STATUS=newer"]);
  });
});

describe("without a systemd that listens", () => {
  it.each([
    ["no socket", { WATCHDOG_USEC: "120000000" }],
    ["an empty one", { ...UNIT, NOTIFY_SOCKET: "" }],
  ])("nothing is said: %s", async (_, env) => {
    const { supervisor, pass } = supervised(env);
    supervisor.scanned();
    supervisor.status("fine");
    await supervisor.stopping();
    expect(await pass(10 * MINUTE)).toEqual([]);
  });

  it("no watchdog is fed that is another process's", async () => {
    const { supervisor, pass } = supervised({ ...UNIT, WATCHDOG_PID: "101" });
    supervisor.scanned();
    expect(await pass(10 * MINUTE)).toEqual(["READY=1"]);
  });

  it("its silence is complained of once, and harms nothing", async () => {
    const { supervisor, pass, failures } = supervised(UNIT, () =>
      Promise.reject(new Error("spawn systemd-notify ENOENT")),
    );
    supervisor.scanned();
    await pass(10 * MINUTE);
    await supervisor.stopping();
    expect(failures).toEqual([new Error("spawn systemd-notify ENOENT")]);
  });
});
