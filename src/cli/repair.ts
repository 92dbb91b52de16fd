import { messageOf } from "../domain/error.ts";
import { leftoversAmong } from "../domain/heal/leftovers.ts";
import type { Settings } from "../config/settings.ts";
import { connectEngine } from "../engine/connect.ts";
import { recoverHeals, type HealReport, type Recovery } from "../heal/healer.ts";
import { settleLeftovers } from "../heal/leftovers.ts";
import type { State } from "../state/state.ts";
import { commandHealer } from "./command-healer.ts";
import { failure, ok, warn, type Finding } from "./findings.ts";
import { withHealLock } from "./heal-lock.ts";
import { openState } from "./opened-state.ts";

/** Finishes or undoes heals that were cut off, looks for what lost ones left, and allows healing again. */
export async function repairFindings(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  try {
    const state = await openState(settings.state);
    try {
      return await withHealLock(settings.state, signal, () => repair(settings, state, signal));
    } finally {
      state.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return [failure("repair", error)];
  }
}

async function repair(settings: Settings, state: State, signal: AbortSignal): Promise<Finding[]> {
  const healer = await commandHealer(settings, state, signal);
  const { reports, failures } = await recoverHeals(healer, signal);
  const snapshot = await (await connectEngine(settings.engine, signal)).observe(signal);
  const leftovers = leftoversAmong(snapshot.containers, settings.policy);
  const left = await settleLeftovers(leftovers, snapshot, healer);
  const wasOff = state.healingOff() !== null;
  if (wasOff) state.allowHealing();
  return [
    ...reports.map(reportFinding),
    ...failures.map(stuckFinding),
    ...left.map((report) => warn("repair", report, "`docker ps -a` shows them")),
    ...(wasOff ? [ok("repair", "healing is on again")] : []),
    ...(reports.length + failures.length + left.length === 0
      ? [ok("repair", "no heal was cut off")]
      : []),
  ];
}

function reportFinding({ record, end }: HealReport): Finding {
  const text = `the heal of ${record.container} that was cut off: ${end.outcome}: ${end.detail}`;
  return end.outcome === "healed" || end.outcome === "rolled-back" || end.outcome === "discarded"
    ? ok("repair", text)
    : warn(
        "repair",
        text,
        "`stalewatch history --json` has its steps and, where needed, its definition",
      );
}

function stuckFinding({ record, error }: Recovery["failures"][number]): Finding {
  return warn(
    "repair",
    `the heal of ${record.container} that was cut off can be neither finished nor undone yet: ${messageOf(error)}`,
    "mend what that says, and repeat `stalewatch doctor --repair`; the daemon tries it at every scan",
  );
}
