import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockHolder, takeLock, type LockOwner } from "../../../src/state/lock.ts";
import { at } from "../../unit/domain/builders.ts";
import { asUser, STRANGER } from "./as-user.ts";
import { stateFixture } from "./fixture.ts";
import { stateProcesses } from "./state-process.ts";

const fixture = stateFixture();
const processes = stateProcesses();

const OWNER: LockOwner = { pid: 4711, since: at("08:00"), command: "run" };
const ANOTHER: LockOwner = { pid: 4712, since: at("09:00"), command: "check --notify" };

describe("one daemon a state directory", () => {
  it("lets the first one in and names it to the second, in any process", async () => {
    const first = processes.start();
    const directory = join(first.folder, "state");
    expect(await first.tell("takeLock", OWNER)).toBe("taken");
    expect(() => takeLock(directory, ANOTHER)).toThrow(
      expect.objectContaining({
        code: "STATE_LOCKED",
        message: `stalewatch run (pid 4711, since 2026-05-06T08:00:00.000Z) already uses the state directory ${directory}`,
        hint: expect.stringContaining("a state directory of its own") as string,
      }),
    );
    const third = processes.start(first.folder);
    await expect(third.tell("takeLock", ANOTHER)).rejects.toMatchObject({ code: "STATE_LOCKED" });
    await expect(first.tell("takeLock", ANOTHER)).rejects.toMatchObject({ code: "STATE_LOCKED" });
  });

  it("is free again after a release", () => {
    const directory = fixture.directory();
    takeLock(directory, OWNER)?.release();
    expect(lockHolder(directory)).toBeNull();
    const second = takeLock(directory, ANOTHER);
    expect(lockHolder(directory)).toEqual(ANOTHER);
    second?.release();
  });

  it("is free again after the owner was killed, and nothing has to be cleaned up", async () => {
    const first = processes.start();
    const directory = join(first.folder, "state");
    await first.tell("takeLock", OWNER);
    await first.kill();
    expect(lockHolder(directory)).toBeNull();
    const second = takeLock(directory, ANOTHER);
    expect(lockHolder(directory)).toEqual(ANOTHER);
    second?.release();
  });

  it("tells everybody who it is, without changing anything", async () => {
    const owner = processes.start();
    const directory = join(owner.folder, "state");
    await owner.tell("takeLock", OWNER);
    const before = statSync(join(directory, "daemon.lock"));
    expect(lockHolder(directory)).toEqual(OWNER);
    expect(await owner.tell("lockHolder")).toEqual(OWNER);
    const after = statSync(join(directory, "daemon.lock"));
    expect(after.mtimeMs).toBe(before.mtimeMs);
  });

  it("is nobody where none has ever run, and asking leaves nothing behind", () => {
    const directory = fixture.directory();
    expect(lockHolder(directory)).toBeNull();
    expect(lockHolder(join(directory, "nowhere"))).toBeNull();
    expect(spawnSync("ls", ["-A", directory]).stdout.toString()).toBe("");
  });

  it("goes on holding when its own process looks who holds it, or is refused a second one", async () => {
    const owner = processes.start();
    const directory = join(owner.folder, "state");
    await owner.tell("takeLock", OWNER);
    for (let again = 0; again < 3; again++) {
      await owner.tell("lockHolder");
      await expect(owner.tell("takeLock", ANOTHER)).rejects.toMatchObject({ code: "STATE_LOCKED" });
    }
    expect(() => takeLock(directory, ANOTHER)).toThrow(/pid 4711/);
  });

  it("is taken again when somebody has removed its file", async () => {
    const owner = processes.start();
    const directory = join(owner.folder, "state");
    await owner.tell("takeLock", OWNER);
    await owner.tell("renewLock");
    expect(lockHolder(directory)).toEqual(OWNER);
    rmSync(join(directory, "daemon.lock"));
    expect(lockHolder(directory)).toBeNull();
    await owner.tell("renewLock");
    expect(lockHolder(directory)).toEqual(OWNER);
    expect(() => takeLock(directory, ANOTHER)).toThrow(/pid 4711/);
  });

  it("is another's, and that is told, who took it when its file had been removed", async () => {
    const owner = processes.start();
    await owner.tell("takeLock", OWNER);
    rmSync(join(owner.folder, "state", "daemon.lock"));
    const faster = processes.start(owner.folder);
    expect(await faster.tell("takeLock", ANOTHER)).toBe("taken");
    await expect(owner.tell("renewLock")).rejects.toMatchObject({ code: "STATE_LOCKED" });
    await faster.tell("releaseLock");
    await owner.tell("renewLock");
    expect(lockHolder(join(owner.folder, "state"))).toEqual(OWNER);
  });

  it("is not in the way of a daemon that starts in the moment in which somebody looks", async () => {
    const directory = fixture.directory();
    takeLock(directory, ANOTHER)?.release();
    // What a look does for a moment, only longer: it holds the lock to learn whether it can.
    const looking = `
      import { DatabaseSync } from "node:sqlite";
      const database = new DatabaseSync(process.argv[1]);
      database.exec("BEGIN IMMEDIATE");
      console.log("looking");
      setTimeout(() => database.exec("ROLLBACK"), 100);`;
    const args = ["--input-type=module", "--eval", looking, join(directory, "daemon.lock")];
    const onlooker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(onlooker.stdout, "data");
    const lock = takeLock(directory, OWNER);
    await once(onlooker, "exit");
    expect(lockHolder(directory)).toEqual(OWNER);
    lock?.release();
  });

  it("is not taken for free by somebody who may not look", async () => {
    const owner = processes.start();
    const directory = join(owner.folder, "state");
    await owner.tell("takeLock", OWNER);
    const refused = expect.objectContaining({ code: "STATE_UNUSABLE" }) as Error;
    chmodSync(owner.folder, 0o755);
    for (const mode of [0o700, 0o755]) {
      chmodSync(directory, mode);
      await asUser(STRANGER, () => {
        expect(() => lockHolder(directory)).toThrow(refused);
      });
    }
  });

  it("does without where the directory cannot be written: the watching goes on", async () => {
    const directory = fixture.directory();
    chmodSync(directory, 0o555);
    expect(await asUser(STRANGER, () => takeLock(directory, OWNER))).toBeNull();
    expect(await asUser(STRANGER, () => lockHolder(directory))).toBeNull();
    const disk = processes.startOnDisk(1_000_000);
    await disk.tell("fillDisk");
    expect(await disk.tell("takeLock", OWNER)).toBe("cannot be taken");
  });
});
