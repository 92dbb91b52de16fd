import { spawnSync } from "node:child_process";
import { join } from "node:path";
import Docker from "dockerode";
import { cleanUpAtExit } from "./at-exit.ts";
import { connect, type EngineConnection, engineIdOf, newRunId } from "./engine.ts";
import type { OpenOptions, TestEngine } from "./engine.ts";
import { HarnessError } from "./harness-error.ts";
import { removeLabelled } from "./remove-labelled.ts";

/** An engine that somebody lends to the tests: they touch only what they made there themselves. */
export async function openGivenEngine(host: string, options: OpenOptions): Promise<TestEngine> {
  if (options.daemonArgs !== undefined && options.daemonArgs.length > 0) {
    throw new HarnessError(`a lent engine cannot be given ${options.daemonArgs.join(" ")}`, {
      hint: "leave STALEWATCH_TEST_ENGINE away for these tests",
    });
  }
  const connection = await connect(socketPathOf(host), newRunId()).catch((cause: unknown) => {
    throw new HarnessError(`the engine at ${host} does not answer: ${String(cause)}`, { cause });
  });
  const takeBack = cleanUpAtExit(() => {
    removeInAnotherProcess(connection);
  });
  const close = async (): Promise<void> => {
    await removeFromSameEngine(connection.socketPath, connection.id, connection.runId);
    takeBack();
  };
  let closing: Promise<void> | undefined;
  return {
    ...connection,
    stopDaemon: refuse,
    killDaemon: refuse,
    startDaemon: refuse,
    close: () => (closing ??= close()),
  };
}

function socketPathOf(host: string): string {
  const path = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
  if (path !== undefined) return path;
  throw new HarnessError(`STALEWATCH_TEST_ENGINE=${host} is not a local engine`, {
    hint: "name its socket, such as unix:///var/run/docker.sock",
  });
}

/** The socket may be another engine's by now: then nothing there is ours. */
export async function removeFromSameEngine(
  socketPath: string,
  engineId: string,
  runId: string,
): Promise<void> {
  const docker = new Docker({ socketPath });
  const found = await engineIdOf(docker);
  if (found === engineId) return removeLabelled(docker, runId);
  throw new HarnessError(
    `${socketPath} is now engine ${found}, the tests used ${engineId}: nothing was removed there`,
  );
}

/** At exit no request can be awaited any more, but a process can. */
function removeInAnotherProcess({ socketPath, id, runId }: EngineConnection): void {
  const script = join(import.meta.dirname, "remove-labelled-main.ts");
  const result = spawnSync(process.execPath, [script, socketPath, id, runId], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (result.status !== 0) throw new HarnessError(result.stderr.trim());
}

function refuse(): Promise<never> {
  return Promise.reject(
    new HarnessError("the tests may not stop or start an engine that is only lent to them", {
      hint: "leave STALEWATCH_TEST_ENGINE away for these tests, which then start their own",
    }),
  );
}
