import { chownSync, chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { subjectKey } from "../../../src/domain/ids.ts";
import { lockHolder, takeLock } from "../../../src/state/lock.ts";
import { at, container, imageNamed, minutes, WEB } from "../../unit/domain/builders.ts";
import { affected } from "../../unit/notify/news-samples.ts";
import { asUser } from "./as-user.ts";
import { stateFixture } from "./fixture.ts";
import {
  commit,
  deployHold,
  ENGINE,
  EVERYTHING,
  incident,
  incidents,
  NO_CHANGE,
  OTHER_ENGINE,
  posting,
  record,
  subjectOf,
} from "./records.ts";

const fixture = stateFixture();

describe("what a scan learned", () => {
  it("is there again after the file was closed and opened", () => {
    const directory = fixture.directory();
    const before = fixture.daemon(directory);
    const containers = [container({ autoRemove: true }).fact];
    commit(before, { ...EVERYTHING, change: { ...NO_CHANGE, ...EVERYTHING.change, containers } });
    before.addHold(ENGINE, deployHold());
    before.acknowledge(ENGINE, "infra2-web-1", at("14:00"));
    before.saveEngine({ id: ENGINE, name: "host-1" });
    const outage = { since: at("12:30"), failedScans: 3, told: true };
    before.saveOutage(outage, [], at("12:40"));
    const remembered = before.remember(ENGINE);
    before.close();

    const after = fixture.daemon(directory);
    expect(after.remember(ENGINE)).toEqual({
      ...remembered,
      version: expect.any(String) as string,
    });
    expect(remembered.memory.images.get(imageNamed("v1"))?.labels).toEqual({ tier: "front" });
    expect(remembered.memory.divergences.get(WEB)?.since).toBe(at("12:00"));
    expect(remembered.memory.acks.get(WEB)).toEqual({ until: at("14:00") });
    expect(remembered.memory.containers.size).toBe(1);
    expect(remembered.open).toEqual([incident({ ackUntil: at("14:00") })]);
    expect(after.holds(ENGINE, at("12:30"))).toEqual([deployHold()]);
    expect(subjectOf(after.head("slack"))).toBe("web");
    expect(after.engineName()).toBe("host-1");
    expect(after.outage()).toEqual(outage);
    expect(after.healingOff()).toBeNull();
    expect(after.takeEvents()).toEqual([]);
  });

  it("replaces what it was, and is forgotten when it says so", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, EVERYTHING);
    const { images = [], divergences = [] } = EVERYTHING.change ?? {};
    const relabelled = images.map((fact) => ({ ...fact, labels: { tier: "back" } }));
    commit(state, { change: { ...NO_CHANGE, images: relabelled } });
    expect(state.remember(ENGINE).memory.images.get(imageNamed("v1"))?.labels).toEqual({
      tier: "back",
    });
    const forgetImages = images.map(({ id }) => id);
    const forgetDivergences = divergences.map(({ subject }) => subject);
    commit(state, { change: { ...NO_CHANGE, forgetImages, forgetDivergences } });
    const { memory } = state.remember(ENGINE);
    expect([memory.images.size, memory.divergences.size]).toEqual([0, 0]);
  });

  it("is kept apart for two engines on one state", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, EVERYTHING);
    commit(state, { engine: OTHER_ENGINE, incidents: [incident({ id: "i-2" })] });
    state.addHold(ENGINE, deployHold());
    const other = state.remember(OTHER_ENGINE);
    expect(other.memory.images.size + other.memory.divergences.size).toBe(0);
    expect(other.open.map(({ id }) => id)).toEqual(["i-2"]);
    expect(state.holds(OTHER_ENGINE, at("12:30"))).toEqual([]);
    expect(state.incidents(ENGINE, 0).map(({ id }) => id)).toEqual(["i-1"]);
    expect(state.acknowledge(OTHER_ENGINE, "nobody", at("14:00"))).toBeNull();
  });

  it("is committed as a whole or not at all", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { incidents: [incident()] });
    const twice = { ...EVERYTHING, incidents: [incident({ id: "i-2" })] };
    expect(() => commit(state, twice)).toThrow(/UNIQUE/);
    expect(state.remember(ENGINE).memory.images.size).toBe(0);
    expect(state.head("slack")).toBeNull();
  });
});

describe("an incident", () => {
  const resolved = incident({ resolvedAt: at("12:50"), resolution: "fresh" });

  it("is one at a time for a subject; after its end there may be the next", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { incidents: [incident()] });
    commit(state, { incidents: [resolved] });
    expect(state.remember(ENGINE).open).toEqual([]);
    commit(state, { incidents: [incident({ id: "i-2", openedAt: at("13:20") })] });
    expect(state.remember(ENGINE).open.map(({ id }) => id)).toEqual(["i-2"]);
    expect(state.incidents(ENGINE, 0).map(({ id }) => id)).toEqual(["i-2", "i-1"]);
  });

  it("may end in the very scan in which the next one of its subject opens", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { incidents: [incident()] });
    commit(state, { incidents: [resolved, incident({ id: "i-2" })] });
    expect(state.remember(ENGINE).open.map(({ id }) => id)).toEqual(["i-2"]);
  });

  it("is history from when it was open last, newest first", () => {
    const state = fixture.daemon(fixture.directory());
    const subject = subjectKey("name:db");
    commit(state, {
      incidents: [resolved, incident({ id: "i-2", subject, openedAt: at("12:25") })],
    });
    const since = (time: string): string[] => state.incidents(ENGINE, at(time)).map(({ id }) => id);
    expect(since("12:00")).toEqual(["i-2", "i-1"]);
    expect(since("12:45")).toEqual(["i-2", "i-1"]);
    expect(since("12:55")).toEqual(["i-2"]);
  });

  it("is acknowledged by its container's name, and only while it is open", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { incidents: [incident({ affected: affected({ container: "shop-web-1" }) })] });
    expect(state.acknowledge(ENGINE, "shop-db-1", at("14:00"))).toBeNull();
    expect(state.acknowledge(ENGINE, "shop-web-1", at("14:00"))).toMatchObject({
      id: "i-1",
      ackUntil: at("14:00"),
    });
    expect(state.remember(ENGINE).open[0]?.ackUntil).toBe(at("14:00"));
    commit(state, { incidents: [resolved] });
    expect(state.acknowledge(ENGINE, "shop-web-1", at("15:00"))).toBeNull();
  });
});

describe("a hold", () => {
  it("is in force until its time is over, or it is released", () => {
    const state = fixture.daemon(fixture.directory());
    state.addHold(ENGINE, deployHold());
    state.addHold(
      ENGINE,
      deployHold({ id: "hold-2", project: null, container: "db", reason: null }),
    );
    expect(state.holds(ENGINE, at("12:59"))).toHaveLength(2);
    expect(state.holds(ENGINE, at("13:00"))).toEqual([]);
    expect(state.releaseHold("hold-1")).toBe(true);
    expect(state.releaseHold("hold-1")).toBe(false);
    expect(state.remember(ENGINE).memory.holds.map(({ id }) => id)).toEqual(["hold-2"]);
  });
});

describe("an outage of the engine", () => {
  it("is remembered with what is to be said of it, until a scan ends it", () => {
    const state = fixture.daemon(fixture.directory());
    expect(state.outage()).toBeNull();
    const outage = { since: at("12:30"), failedScans: 3, told: true };
    state.saveOutage(outage, [posting("the engine")], at("12:40"));
    expect(state.outage()).toEqual(outage);
    expect(subjectOf(state.head("slack"))).toBe("the engine");
    commit(state);
    expect(state.outage()).toEqual(outage);
    commit(state, { endsOutage: true });
    expect(state.outage()).toBeNull();
  });
});

describe("pruning", () => {
  const DAY = minutes(24 * 60);

  it("drops what has ended longer ago than the retention, and holds that have run out", () => {
    const state = fixture.daemon(fixture.directory());
    const [open, old, recent] = incidents(3);
    const ended = [
      { ...incident(), ...old, resolvedAt: at("12:00", -2), resolution: "gone" as const },
      { ...incident(), ...recent, resolvedAt: at("12:30"), resolution: "gone" as const },
    ];
    commit(state, { incidents: [{ ...incident(), ...open, openedAt: at("12:00", -9) }, ...ended] });
    state.post(
      ["old", "recent", "waiting"].map((name) => posting(name)),
      at("12:00", -9),
    );
    state.dead(1, at("12:00", -2), "410");
    state.dead(2, at("12:30"), "410");
    state.addHold(ENGINE, deployHold({ until: at("12:59") }));
    state.addHold(ENGINE, deployHold({ id: "hold-2", until: at("13:01") }));

    state.prune(at("13:00"), DAY);
    expect(
      state
        .incidents(ENGINE, 0)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["i-0", "i-2"]);
    expect(state.deadLetters(0).map(subjectOf)).toEqual(["recent"]);
    expect(subjectOf(state.head("slack"))).toBe("waiting");
    expect(state.remember(ENGINE).memory.holds.map(({ id }) => id)).toEqual(["hold-2"]);
  });
});

describe("the files", () => {
  const GROUP = 61_100;
  const DAEMON = { uid: 61_101, gid: GROUP };
  const OPERATOR = { uid: 61_102, gid: GROUP };

  /** As the package makes it: the service user's, the group's, nobody else's. */
  function sharedDirectory(): string {
    const parent = fixture.directory();
    chmodSync(parent, 0o755);
    const directory = join(parent, "state");
    mkdirSync(directory);
    chownSync(directory, DAEMON.uid, GROUP);
    chmodSync(directory, 0o2770);
    return directory;
  }

  it.each([0o022, 0o077])(
    "are the group's, whatever the umask, which stays as it is: %o",
    (mask) => {
      const umask = process.umask(mask);
      try {
        const directory = fixture.directory();
        const lock = takeLock(directory, { pid: 1, since: 0, command: "run" });
        commit(fixture.daemon(directory), EVERYTHING);
        const modes = readdirSync(directory).map((name) => [
          name,
          (statSync(join(directory, name)).mode & 0o777).toString(8),
        ]);
        expect(Object.fromEntries(modes)).toEqual({
          "daemon.lock": "660",
          "stalewatch.db": "660",
          "stalewatch.db-shm": "660",
          "stalewatch.db-wal": "660",
        });
        lock?.release();
      } finally {
        expect(process.umask(umask)).toBe(mask);
      }
    },
  );

  it.each([
    ["the daemon was there first", DAEMON, OPERATOR],
    ["the operator's command was", OPERATOR, DAEMON],
  ])("can be used by two users of one group at once: %s", async (_, first, second) => {
    const directory = sharedDirectory();
    const one = await asUser(first, () => fixture.command(directory));
    await asUser(first, () => {
      commit(one, EVERYTHING);
    });
    const other = await asUser(second, () => fixture.command(directory));
    await asUser(second, () => {
      other.addHold(ENGINE, deployHold());
    });
    expect(one.holds(ENGINE, at("12:30"))).toEqual([deployHold()]);
    expect(other.remember(ENGINE).open).toEqual([incident()]);
    await asUser(first, () => {
      one.releaseHold("hold-1");
      one.close();
    });
    await asUser(second, () => {
      other.addHold(ENGINE, deployHold({ id: "hold-2" }));
      other.close();
    });
    const third = await asUser(first, () => fixture.daemon(directory));
    expect(third.holds(ENGINE, at("12:30")).map(({ id }) => id)).toEqual(["hold-2"]);
    expect(third.degraded).toBeNull();
  });

  it("let two users of one group take the lock in turn", async () => {
    const directory = sharedDirectory();
    const owner = { pid: 4711, since: 0, command: "run" };
    const lock = await asUser(DAEMON, () => takeLock(directory, owner));
    expect(await asUser(OPERATOR, () => lockHolder(directory))).toEqual(owner);
    lock?.release();
    const next = await asUser(OPERATOR, () => takeLock(directory, { ...owner, pid: 4712 }));
    expect(next).not.toBeNull();
    next?.release();
  });
});

describe("a scan", () => {
  it("is refused when somebody wrote since it was judged, and changes nothing then", () => {
    const directory = fixture.directory();
    const daemon = fixture.daemon(directory);
    const command = fixture.command(directory);
    const { version } = daemon.remember(ENGINE);
    command.addHold(ENGINE, deployHold());
    expect(daemon.commitScan(record(version, EVERYTHING))).toBe(false);
    expect(daemon.remember(ENGINE).memory.images.size).toBe(0);
    expect(daemon.remember(ENGINE).memory.holds).toEqual([deployHold()]);
    expect(daemon.head("slack")).toBeNull();
    commit(daemon, EVERYTHING);
    expect(daemon.remember(ENGINE).open).toEqual([incident()]);
  });

  it("is refused, too, when this very process wrote: a courier, or a scan before", () => {
    const daemon = fixture.daemon(fixture.directory());
    const { version } = daemon.remember(ENGINE);
    commit(daemon, EVERYTHING);
    expect(daemon.commitScan(record(version))).toBe(false);
  });
});
