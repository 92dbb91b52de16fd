import { chmodSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Incident } from "../../../src/domain/incident.ts";
import { subjectKey } from "../../../src/domain/ids.ts";
import { at, imageNamed, WEB } from "../../unit/domain/builders.ts";
import { asUser, STRANGER } from "./as-user.ts";
import { contentOf } from "./files.ts";
import { stateFixture } from "./fixture.ts";
import {
  commit,
  deployHold,
  ENGINE,
  EVERYTHING,
  incident,
  manyImages,
  posting,
  record,
  subjectOf,
} from "./records.ts";
import { stateProcesses, type StateProcess } from "./state-process.ts";

const fixture = stateFixture();
const processes = stateProcesses();

/** Room for the state, and soon none. */
const SMALL = 3_000_000;

/** What the next scan leaves behind: a second case, with a message. */
const NEXT = {
  incidents: [incident({ id: "i-2", subject: subjectKey("name:db") })],
  postings: [posting("db")],
};

/** As the daemon does it: judged again as long as the state says that it changed meanwhile. */
async function commitIn(one: StateProcess, sketch: Parameters<typeof record>[1]): Promise<void> {
  for (;;) {
    const { version } = await one.call("remember", ENGINE);
    if (await one.call("commitScan", record(version, sketch))) return;
  }
}

/** A daemon that has something of everything in its state, on a disk of its own. */
async function daemonOnDisk(): Promise<StateProcess> {
  const one = processes.startOnDisk(SMALL);
  await one.tell("open", { mayReplace: true });
  await commitIn(one, EVERYTHING);
  await one.call("addHold", ENGINE, deployHold());
  return one;
}

async function eventsOf(one: StateProcess): Promise<readonly string[]> {
  return (await one.call("takeEvents")).map(({ event }) => event);
}

async function openIncidents(one: StateProcess): Promise<readonly Incident["id"][]> {
  return (await one.call("remember", ENGINE)).open.map(({ id }) => id).sort();
}

/** Everything of EVERYTHING is known, and NEXT can be added. */
async function watchesOn(one: StateProcess): Promise<void> {
  const { memory } = await one.call("remember", ENGINE);
  expect(memory.images.has(imageNamed("v1"))).toBe(true);
  expect(memory.divergences.get(WEB)?.since).toBe(at("12:00"));
  expect(memory.holds).toEqual([deployHold()]);
  expect(await openIncidents(one)).toEqual(["i-1"]);
  await commitIn(one, NEXT);
  expect(await openIncidents(one)).toEqual(["i-1", "i-2"]);
}

/** The messages that wait, delivered one after the other. */
async function deliverAll(one: StateProcess): Promise<(string | null)[]> {
  const delivered: (string | null)[] = [];
  for (;;) {
    const head = await one.call("head", "slack");
    if (head === null) return delivered;
    delivered.push(subjectOf(head));
    await one.call("delivered", head.id);
  }
}

/** Ends the use of the state, and opens the file anew: what is in it now? */
async function reopen(one: StateProcess): Promise<void> {
  await one.tell("close");
  await one.tell("open", { mayReplace: true });
  expect(await one.tell("degraded")).toBeNull();
}

describe("a disk that gets full while the daemon runs", () => {
  it("stops nothing: what was known stays known, news is committed, messages go out", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("fillDisk");
    await watchesOn(daemon);
    expect(await daemon.tell("degraded")).toMatch(/full/);
    expect(await deliverAll(daemon)).toEqual(["web", "db"]);
    expect(await daemon.call("waiting")).toEqual({ count: 0, oldest: null });
  });

  it("is told once, not at every write", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("fillDisk");
    await commitIn(daemon, NEXT);
    await commitIn(daemon, { postings: [posting("third")] });
    await daemon.call("recover");
    await daemon.call("recover");
    await deliverAll(daemon);
    expect(await eventsOf(daemon)).toEqual(["state-degraded"]);
    expect(await eventsOf(daemon)).toEqual([]);
  });

  it("gets everything that happened meanwhile, as soon as there is space again", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("fillDisk");
    await commitIn(daemon, NEXT);
    await daemon.call("delivered", (await daemon.call("head", "slack"))?.id ?? 0);
    await daemon.call("postponed", 2, at("13:00"), "503");
    await daemon.tell("freeDisk");
    await daemon.call("recover");
    expect(await daemon.tell("degraded")).toBeNull();
    expect(await eventsOf(daemon)).toEqual(["state-degraded", "state-recovered"]);

    await reopen(daemon);
    expect(await openIncidents(daemon)).toEqual(["i-1", "i-2"]);
    expect((await daemon.call("remember", ENGINE)).memory.holds).toEqual([deployHold()]);
    expect(await daemon.call("head", "slack")).toMatchObject({ id: 2, attempts: 1 });
    expect(await deliverAll(daemon)).toEqual(["db"]);
  });

  it("may get full again, and is told again", async () => {
    const daemon = await daemonOnDisk();
    for (const name of ["first", "second"]) {
      await daemon.tell("fillDisk");
      await commitIn(daemon, { postings: [posting(name)] });
      await daemon.tell("freeDisk");
      await daemon.call("recover");
    }
    const once = ["state-degraded", "state-recovered"];
    expect(await eventsOf(daemon)).toEqual([...once, ...once]);
    await reopen(daemon);
    expect(await deliverAll(daemon)).toEqual(["web", "first", "second"]);
  });

  it("keeps the order and the numbers of messages: a late answer hits the right one", async () => {
    const daemon = await daemonOnDisk();
    const underWay = await daemon.call("head", "slack");
    await daemon.tell("fillDisk");
    await commitIn(daemon, NEXT);
    await daemon.call("delivered", underWay?.id ?? 0);
    await daemon.tell("freeDisk");
    await daemon.call("recover");
    await commitIn(daemon, { postings: [posting("third")] });
    expect(await deliverAll(daemon)).toEqual(["db", "third"]);
  });

  it("keeps what another process wrote to the file meanwhile: a hold, its release, an ack", async () => {
    const daemon = await daemonOnDisk();
    await daemon.call("addHold", ENGINE, deployHold({ id: "hold-2" }));
    await daemon.tell("fillDisk");
    await commitIn(daemon, NEXT);
    await daemon.tell("freeDisk");
    await daemon.tell("command", "addHold", [ENGINE, deployHold({ id: "hold-3" })]);
    await daemon.tell("command", "releaseHold", ["hold-2"]);
    await daemon.tell("command", "acknowledge", [ENGINE, "infra2-web-1", at("15:00")]);
    await daemon.call("recover");
    const { memory } = await daemon.call("remember", ENGINE);
    expect(memory.holds.map(({ id }) => id)).toEqual(["hold-1", "hold-3"]);
    expect(memory.acks.get(WEB)).toEqual({ until: at("15:00") });
    expect(await openIncidents(daemon)).toEqual(["i-1", "i-2"]);
  });
});

describe("a disk that is full when the daemon starts", () => {
  it("stops nothing, and takes everything when there is space again", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("close");
    await daemon.tell("fillDisk");
    await daemon.tell("open", { mayReplace: true });
    expect(await daemon.tell("degraded")).toEqual(expect.any(String));
    await watchesOn(daemon);
    expect(await eventsOf(daemon)).toEqual(["state-degraded"]);

    await daemon.tell("freeDisk");
    await daemon.call("recover");
    await reopen(daemon);
    expect(await openIncidents(daemon)).toEqual(["i-1", "i-2"]);
    expect(await deliverAll(daemon)).toEqual(["web", "db"]);
  });

  it("may be a new one: the daemon begins in memory", async () => {
    const daemon = processes.startOnDisk(SMALL);
    await daemon.tell("content");
    await daemon.tell("fillDisk");
    await daemon.tell("open", { mayReplace: true });
    await commitIn(daemon, NEXT);
    expect(await openIncidents(daemon)).toEqual(["i-2"]);
    await daemon.tell("freeDisk");
    await daemon.call("recover");
    await reopen(daemon);
    expect(await openIncidents(daemon)).toEqual(["i-2"]);
  });

  it("may hold a damaged file, too: it is set aside, and the watching goes on", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("close");
    await daemon.tell("damage");
    await daemon.tell("fillDisk");
    await daemon.tell("open", { mayReplace: true });
    expect(await daemon.call("healingOff")).toContain(".corrupt-");
    await commitIn(daemon, NEXT);
    expect(await eventsOf(daemon)).toEqual(["state-replaced", "state-degraded"]);
    await daemon.tell("freeDisk");
    await daemon.call("recover");
    await reopen(daemon);
    expect(await openIncidents(daemon)).toEqual(["i-2"]);
    expect(await daemon.call("healingOff")).toContain(".corrupt-");
  });
});

describe("a read-only disk", () => {
  it("stops nothing: the daemon knows what the file says, and writes it when it may", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("close");
    const before = await daemon.tell("content");
    await daemon.tell("mountDisk", "ro");
    await daemon.tell("open", { mayReplace: true });
    await watchesOn(daemon);
    expect(await eventsOf(daemon)).toEqual(["state-degraded"]);
    expect(await daemon.tell("content")).toEqual(before);

    await daemon.tell("mountDisk", "rw");
    await daemon.call("recover");
    expect(await eventsOf(daemon)).toEqual(["state-recovered"]);
    await reopen(daemon);
    expect(await openIncidents(daemon)).toEqual(["i-1", "i-2"]);
    expect(await deliverAll(daemon)).toEqual(["web", "db"]);
  });

  it("may hold what a crash left: the last commits are known, too", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("copyTo", "crashed");
    await daemon.tell("close");
    await daemon.tell("mountDisk", "ro");
    await daemon.tell("open", { mayReplace: true, name: "crashed" });
    await watchesOn(daemon);
  });

  it("may hold a damaged file, too: it stays where it is until it can be set aside", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("close");
    await daemon.tell("damage");
    await daemon.tell("mountDisk", "ro");
    await daemon.tell("open", { mayReplace: true });
    await commitIn(daemon, NEXT);
    expect(await eventsOf(daemon)).toEqual(["state-degraded"]);
    await daemon.tell("mountDisk", "rw");
    await daemon.call("recover");
    expect(await eventsOf(daemon)).toEqual(["state-replaced", "state-recovered"]);
    await reopen(daemon);
    expect(await openIncidents(daemon)).toEqual(["i-2"]);
    expect(await daemon.call("healingOff")).toContain(".corrupt-");
  });

  it("is refused by a command, which can do without or say so", async () => {
    const daemon = await daemonOnDisk();
    await daemon.tell("close");
    await daemon.tell("mountDisk", "ro");
    await expect(daemon.tell("open", { mayReplace: false })).rejects.toMatchObject({
      code: "STATE_UNUSABLE",
      message: expect.stringContaining("stalewatch.db") as string,
      hint: expect.stringContaining("usually docker") as string,
    });
  });
});

describe("a full disk", () => {
  it("is an error for a command: nothing is promised that would be forgotten at its end", async () => {
    const command = processes.startOnDisk(SMALL);
    await command.tell("open", { mayReplace: false });
    await command.call("addHold", ENGINE, deployHold());
    await command.tell("fillDisk");
    await expect(
      command.call("addHold", ENGINE, deployHold({ id: "hold-2" })),
    ).rejects.toMatchObject({
      code: "STATE_UNUSABLE",
      message: expect.stringMatching(/full/) as string,
      hint: expect.stringContaining("df") as string,
    });
    expect(await command.call("holds", ENGINE, 0)).toEqual([deployHold()]);
  });

  it("does not keep a command from looking: what it learned is then forgotten", async () => {
    const command = processes.startOnDisk(SMALL);
    await command.tell("open", { mayReplace: false });
    await commitIn(command, EVERYTHING);
    await command.tell("fillDisk");
    await commitIn(command, NEXT);
    expect(await openIncidents(command)).toEqual(["i-1", "i-2"]);
    expect(await command.tell("degraded")).toMatch(/full/);
  });
});

describe("a file that is somebody else's", () => {
  it("is refused by a command", async () => {
    const directory = fixture.directory();
    const daemon = fixture.daemon(directory);
    commit(daemon, EVERYTHING);
    daemon.close();
    chmodSync(directory, 0o755);
    const before = contentOf(directory);
    const attempt = asUser(STRANGER, () => fixture.command(directory));
    await expect(attempt).rejects.toMatchObject({ code: "STATE_UNUSABLE" });
    expect(contentOf(directory)).toEqual(before);
  });

  it("is not overwritten by a daemon that could not read it before", async () => {
    const directory = fixture.directory();
    const owner = fixture.daemon(directory);
    commit(owner, { ...EVERYTHING, change: manyImages(3) });
    owner.close();
    chmodSync(directory, 0o755);
    const daemon = await asUser(STRANGER, () => fixture.daemon(directory));
    expect(daemon.degraded).not.toBeNull();
    commit(daemon, NEXT);
    daemon.recover();
    expect(daemon.remember(ENGINE).open.map(({ id }) => id)).toContain("i-1");
    expect(daemon.incidents(ENGINE, 0)).toHaveLength(2);
  });
});
