import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { State } from "../../../src/state/state.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import type { Commands, Reply, Request } from "./remote-state.ts";

const PROGRAM = join(import.meta.dirname, "remote-state.ts");

type Method = {
  [Name in keyof State]: State[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof State];
type ArgumentsOf<Name extends Method> = State[Name] extends (...args: infer Args) => unknown
  ? Args
  : never;
type ResultOf<Name extends Method> = State[Name] extends (...args: never[]) => infer Result
  ? Result
  : never;

/** A process of its own that uses a state directory. What it throws arrives here with its code and hint. */
export interface StateProcess {
  readonly pid: number;
  /** Of the folder in which its state directory is `state`. */
  readonly folder: string;
  tell<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<ReturnType<Commands[Name]>>;
  /** Calls a method of its open state. */
  call<Name extends Method>(name: Name, ...args: ArgumentsOf<Name>): Promise<ResultOf<Name>>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

export interface StateProcesses {
  /** On a folder that others may use, too; a new one, if none is given. */
  start(folder?: string): StateProcess;
  /** On a disk of this size that is there for this process alone, and gone with it however it ends. */
  startOnDisk(bytes: number): StateProcess;
}

/** Processes that end with the test. Called at the top of a test file. */
export function stateProcesses(): StateProcesses {
  const running: StateProcess[] = [];
  const folders: ReturnType<typeof temporaryDirectory>[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.kill()));
    for (const folder of folders.splice(0)) folder.remove();
  });
  const newFolder = (): string => {
    const made = temporaryDirectory();
    folders.push(made);
    return made.path;
  };
  const start = (command: string, args: readonly string[], folder: string): StateProcess => {
    const child = spawn(command, args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    const started = spoken(child, folder);
    running.push(started);
    return started;
  };
  return {
    start: (folder = newFolder()) => start(process.execPath, [PROGRAM, folder], folder),
    startOnDisk: (bytes) => {
      const folder = newFolder();
      const mounting = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"';
      const shell = ["sh", "-c", mounting, "sh", String(bytes), folder];
      const own = ["--mount", "--propagation", "private", ...shell];
      return start("unshare", [...own, process.execPath, PROGRAM, folder], folder);
    },
  };
}

function spoken(child: ChildProcess, folder: string): StateProcess {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on("message", (reply: Reply) => {
    const answer = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("result" in reply) answer?.resolve(reply.result);
    else answer?.reject(Object.assign(new Error(String(reply.failure.message)), reply.failure));
  });
  const ended = once(child, "exit").then(() => {
    for (const { reject } of waiting.values()) reject(new Error("the state process has ended"));
  });
  const tell = (name: Request["name"], ...args: readonly unknown[]): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>();
    const request: Request = { id: ++asked, name, args };
    waiting.set(request.id, answer);
    child.send(request);
    return answer.promise;
  };
  return {
    pid: child.pid ?? 0,
    folder,
    tell: tell as StateProcess["tell"],
    call: ((name: Method, ...args: readonly unknown[]) =>
      tell("call", name, args)) as StateProcess["call"],
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
