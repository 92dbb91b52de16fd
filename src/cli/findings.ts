import { statSync } from "node:fs";
import { formatSpan } from "../domain/duration.ts";
import { isStalewatchError, messageOf, StalewatchError } from "../domain/error.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/settings.ts";
import { describeAddress } from "../engine/address.ts";
import { connectEngine } from "../engine/connect.ts";
import type { Engine } from "../engine/engine.ts";
import { lockHolder } from "../state/lock.ts";
import type { State } from "../state/state.ts";
import { isThere } from "../state/unusable.ts";
import { openStateIfUsable } from "./opened-state.ts";

/** One thing that was examined. */
export interface Finding {
  readonly about: string;
  readonly result: "ok" | "warn" | "fail";
  readonly message: string;
  readonly hint: string | null;
}

export const ok = (about: string, message: string): Finding => ({
  about,
  result: "ok",
  message,
  hint: null,
});
export const warn = (about: string, message: string, hint: string): Finding => ({
  about,
  result: "warn",
  message,
  hint,
});
export const fail = (about: string, message: string, hint: string): Finding => ({
  about,
  result: "fail",
  message,
  hint,
});

/** A failure as a finding, with the hint that it carries. */
export function failure(about: string, error: unknown): Finding {
  const hint = error instanceof StalewatchError ? error.hint : null;
  return fail(about, messageOf(error), hint ?? "see the message above");
}

export function configFindings({ file }: LoadedConfig): Finding[] {
  return [ok("config", file ?? "no file: defaults and environment")];
}

export async function engineFindings(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  try {
    const engine = await connectEngine(settings.engine, signal);
    const { containers } = await engine.observe(signal);
    const { name, version, apiVersion, store } = engine.identity;
    const about = `${name}: Docker ${version}, API ${apiVersion}, ${store} image store, ${containers.length} containers`;
    return [ok("engine", about), ...transportFindings(settings), ...clockFindings(engine)];
  } catch (error) {
    signal.throwIfAborted();
    return [failure("engine", error)];
  }
}

function transportFindings({ engine }: Settings): Finding[] {
  const { address } = engine;
  if (address.kind === "unix" || address.tls !== null) return [];
  const hint =
    "whoever can reach that port is root on the host: use TLS (engine.tls), or a socket proxy on a private network";
  return [warn("engine", `${describeAddress(address)} is not encrypted`, hint)];
}

/** Beyond this, ages and graces are visibly wrong. */
const WORST_SKEW = 60_000;

function clockFindings({ clockSkew }: Engine): Finding[] {
  if (clockSkew === null) return [];
  if (Math.abs(clockSkew) <= WORST_SKEW) return [ok("clock", "agrees with the engine's")];
  const text = `differs from the engine's by ${formatSpan(Math.abs(clockSkew))}`;
  return [warn("clock", text, "run a time service (`timedatectl set-ntp true`) on both")];
}

export async function stateFindings(settings: Settings): Promise<Finding[]> {
  const directory = settings.state;
  const missing = `there is no directory ${directory} yet`;
  try {
    return isThere(directory)
      ? [...(await fileFindings(settings)), ...daemonFindings(directory)]
      : [warn("state", missing, "the daemon makes it at its first start, as root")];
  } catch (error) {
    return [failure("state", error)];
  }
}

async function fileFindings({ state: directory, history }: Settings): Promise<Finding[]> {
  const opened = await openStateIfUsable(directory);
  if (opened.state === null)
    return [fail("state", opened.why, opened.hint ?? "start the daemon once")];
  try {
    return [...directoryFindings(directory), ...contentFindings(opened.state, history.retention)];
  } finally {
    opened.state.close();
  }
}

function directoryFindings(directory: string): Finding[] {
  const mode = statSync(directory).mode & 0o7777;
  if ((mode & 0o007) === 0) return [ok("state", `${directory} can be used`)];
  const hint = `chmod 2770 ${directory}: others than its group must not write what the daemon believes`;
  return [warn("state", `${directory} is open to everybody (mode ${mode.toString(8)})`, hint)];
}

function contentFindings(state: State, retention: number): Finding[] {
  const findings: Finding[] = [];
  const off = state.healingOff();
  if (off !== null)
    findings.push(
      warn(
        "state",
        `a damaged state was set aside as ${off}`,
        "nothing is healed until `stalewatch doctor --repair` has looked for what heals left",
      ),
    );
  const open = state.openHeals();
  if (open > 0)
    findings.push(
      warn(
        "heals",
        `${open} under way, or cut off`,
        "`stalewatch doctor --repair` finishes or undoes what was cut off; the daemon does at its next scan",
      ),
    );
  const letters = state.deadLetters(Date.now() - retention);
  if (letters.length > 0)
    findings.push(
      warn(
        "messages",
        `${letters.length} never arrived`,
        "`stalewatch history` lists them with their errors",
      ),
    );
  const { count, oldest } = state.waiting();
  if (oldest !== null)
    findings.push(
      warn(
        "messages",
        `${count} ${count === 1 ? "waits" : "wait"} to be delivered, the oldest for ${formatSpan(Date.now() - oldest)}`,
        "`stalewatch test-notify` shows what the other side answers",
      ),
    );
  return findings;
}

function daemonFindings(directory: string): Finding[] {
  try {
    const owner = lockHolder(directory);
    if (owner === null)
      return [
        warn("daemon", "is not running", "`systemctl start stalewatch`, or `stalewatch run`"),
      ];
    const since = new Date(owner.since).toISOString();
    return [ok("daemon", `runs: pid ${owner.pid}, since ${since}`)];
  } catch (error) {
    if (!isStalewatchError(error, "STATE_UNUSABLE")) throw error;
    const hint = error.hint ?? "run as root";
    return [warn("daemon", "cannot be told whether it runs", hint)];
  }
}

export function isConfigError(error: unknown): boolean {
  return isStalewatchError(error, "CONFIG_INVALID");
}
