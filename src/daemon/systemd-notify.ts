import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Milliseconds } from "../domain/ids.ts";
import type { Notify } from "./systemd.ts";

const run = promisify(execFile);

/** It waits until systemd has read the message, which takes a few milliseconds on a machine that is not overrun. */
const PATIENCE: Milliseconds = 10_000;

/** Through systemd's own command: Node has no datagram sockets of the kind that systemd listens on. */
export function systemdNotify(env: Readonly<Record<string, string | undefined>>): Notify {
  const { PATH, NOTIFY_SOCKET } = env;
  return async (assignments) => {
    await run("systemd-notify", [...assignments], {
      env: { PATH, NOTIFY_SOCKET },
      timeout: PATIENCE,
    });
  };
}
