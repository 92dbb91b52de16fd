import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { cleanUpAtExit } from "./at-exit.ts";
import { findOnPath, tryCommand } from "./command.ts";
import { HarnessError } from "./harness-error.ts";
import { packageEnv, programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";
import { temporaryDirectory } from "./program.ts";
import { eventually } from "./wait.ts";

const POSTFIX: PackageSet = {
  name: "postfix-1",
  roots: ["postfix"],
  what: "Postfix's smtp-sink",
  versionOf: "postfix",
  otherwise: "install Postfix",
  complete: async (folder) => {
    const { executable, env } = unpacked(folder);
    const { stderr } = await tryCommand(executable, [], { env: { ...process.env, ...env } });
    if (!stderr.includes("usage:")) throw new HarnessError(`smtp-sink does not start: ${stderr}`);
  },
};

interface Program {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

let found: Promise<Program> | undefined;

async function findProgram(options: FetchOptions): Promise<Program> {
  const own = findOnPath("smtp-sink");
  if (own !== undefined) return { executable: own, env: {} };
  return unpacked(await unpackedPackages(POSTFIX, options));
}

function unpacked(folder: string): Program {
  const env = packageEnv(folder);
  const libraries = [env["LD_LIBRARY_PATH"] ?? "", join(folder, "root/usr/lib/postfix")];
  return {
    executable: programIn(folder, "smtp-sink"),
    env: { ...env, LD_LIBRARY_PATH: libraries.join(delimiter) },
  };
}

/** Postfix's own stand-in for a mail server. It knows neither TLS nor a login. */
export interface SmtpSink {
  readonly port: number;
  /** The mails that it took whole, as it got them, with the envelope in `X-` lines before. */
  readonly mails: () => readonly string[];
  close(): Promise<void>;
}

/** `flags` as in smtp-sink(1): which faults it has. */
export async function startSmtpSink(
  flags: readonly string[] = [],
  options: FetchOptions = {},
): Promise<SmtpSink> {
  const { executable, env } = await (found ??= findProgram(options));
  const folder = temporaryDirectory();
  const port = await freePort();
  const asUser = process.getuid?.() === 0 ? ["-u", "root"] : [];
  const child = spawn(
    executable,
    [...asUser, ...flags, "-d", "mail.", `127.0.0.1:${String(port)}`, "50"],
    { cwd: folder.path, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const takeBack = cleanUpAtExit(() => child.kill("SIGKILL"));
  const ended = endOf(child);
  await Promise.race([eventually("smtp-sink listens", () => listens(port)), diedEarly(child)]);
  return {
    port,
    mails: () =>
      readdirSync(folder.path)
        .map((name) => readFileSync(join(folder.path, name), "utf8"))
        .filter((text) => text !== ""),
    async close() {
      child.kill("SIGKILL");
      await ended;
      takeBack();
      folder.remove();
    },
  };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}

function diedEarly(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("exit", () => reject(new HarnessError(`smtp-sink ended: ${said}`)));
  });
}

/** smtp-sink cannot say which port it got. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (result: boolean) => () => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", end(true)).once("error", end(false));
  });
}
