import { caseOf } from "../domain/heal/case.ts";
import {
  planHeals,
  type HealTarget,
  type PlannedHeal,
  type RefusedHeal,
} from "../domain/heal/plan.ts";
import { healEnd, type HealEnd, type HealRecord } from "../domain/heal/record.ts";
import { isToldRefusal } from "../domain/heal/rest.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import type { Account, HealBook } from "../state/heal-book.ts";
import type { HealParts } from "./parts.ts";
import { preflight } from "./preflight.ts";
import { recoverHeal } from "./recover.ts";
import { runHeal } from "./transaction.ts";
import type { HealWorldView } from "./world.ts";

/** What whoever heals, the daemon or a command, brings along. */
export interface HealerParts extends HealParts {
  readonly book: HealBook;
  readonly account: Account;
  readonly newId: () => string;
  readonly by: HealRecord["by"];
  readonly cleanup: boolean;
  readonly hiddenLoss: (inspect: JsonObject) => Promise<string | null>;
  /** Called after every end, once it is committed. */
  readonly ended?: (record: HealRecord, end: HealEnd) => void;
}

/** A heal that can be run. */
export interface ReadyHeal {
  readonly planned: PlannedHeal;
  readonly record: HealRecord;
}

export interface PreparedHeals {
  /** In their order. */
  readonly ready: readonly ReadyHeal[];
  readonly refused: readonly RefusedHeal[];
}

/** Plans, and looks whether the plan can be carried out. Changes nothing: this is all that a dry run does. */
export async function prepareHeals(
  targets: readonly HealTarget[],
  view: HealWorldView,
  parts: Omit<HealerParts, "book" | "account">,
  signal: AbortSignal,
): Promise<PreparedHeals> {
  const { cleanup, by, newId, hiddenLoss, clock } = parts;
  const plan = planHeals({
    targets,
    relations: view.relations,
    methodOf: () => "engine",
    cleanup,
  });
  const ready: ReadyHeal[] = [];
  const refused: RefusedHeal[] = [...plan.refused];
  for (const planned of plan.heals) {
    const options = { id: newId(), by, cleanup, now: clock.now(), hiddenLoss };
    const answer = await preflight(planned, view, parts.engine, options, signal);
    if (answer.kind === "ready") ready.push({ planned, record: answer.record });
    else refused.push({ target: planned.target, reason: answer.reason });
  }
  return { ready, refused };
}

export interface HealReport {
  readonly record: HealRecord;
  readonly end: HealEnd;
}

/** One after the other. An abort ends it between two heals, or leads the one under way back. */
export async function runHeals(
  ready: readonly ReadyHeal[],
  parts: HealerParts,
  signal: AbortSignal,
): Promise<readonly HealReport[]> {
  const reports: HealReport[] = [];
  for (const { record } of ready) {
    if (signal.aborted) break;
    const lease = parts.book.open(record, parts.account);
    const end = await runHeal(lease, parts, signal);
    parts.ended?.(record, end);
    reports.push({ record, end });
  }
  return reports;
}

/** Finishes or undoes what was cut off, on this very engine. */
export async function recoverHeals(
  parts: HealerParts,
  signal: AbortSignal,
): Promise<readonly HealReport[]> {
  const reports: HealReport[] = [];
  for (const row of parts.book.interrupted(parts.engine.identity.id)) {
    const lease = parts.book.resume(row, parts.account);
    const { record } = lease;
    const end = await recoverHeal(lease, parts, signal);
    parts.ended?.(record, end);
    reports.push({ record, end });
  }
  return reports;
}

/** Into the history, and to people if they have not heard of it. */
export function noteRefusal({ target, reason }: RefusedHeal, parts: HealerParts): void {
  const { book, engine, by, newId, clock, account } = parts;
  const more = { id: newId(), by, engine: engine.identity.id, now: clock.now() };
  const record = { ...caseOf(target, more), method: "engine" };
  const past = book.lastOf(record.engine, record.subject);
  const isTold = isToldRefusal(past, record.affected.newest.id, reason);
  book.refuse(record, healEnd("refused", reason), isTold ? SILENT : account);
}

const SILENT: Account = () => ({ incident: null, postings: [] });
