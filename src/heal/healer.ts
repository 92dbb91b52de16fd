import { caseOf } from "../domain/heal/case.ts";
import {
  planHeals,
  type HealTarget,
  type PlannedHeal,
  type RefusedHeal,
} from "../domain/heal/plan.ts";
import { healEnd, type HealCase, type HealEnd, type HealRecord } from "../domain/heal/record.ts";
import { isToldRefusal } from "../domain/heal/rest.ts";
import { subjectsOf } from "../domain/heal/subjects.ts";
import type { SubjectKey } from "../domain/ids.ts";
import { remedyFor } from "../domain/remedy.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import type { SwarmEngine } from "../engine/swarm-engine.ts";
import type { Account, HealBook } from "../state/heal-book.ts";
import type { ComposeMethod } from "./compose/method.ts";
import {
  methodOf,
  prepareCompose,
  prepareSwarm,
  recoverByMethod,
  runByMethod,
  type MethodRecord,
  type Prepared,
} from "./method-heals.ts";
import type { HealParts } from "./parts.ts";
import { preflight } from "./preflight.ts";
import type { HealWorldView } from "./world.ts";

/** What whoever heals, the daemon or a command, brings along. */
export interface HealerParts extends HealParts {
  readonly book: HealBook;
  readonly account: Account;
  readonly newId: () => string;
  readonly by: HealRecord["by"];
  readonly cleanup: boolean;
  readonly hiddenLoss: (inspect: JsonObject) => Promise<string | null>;
  readonly swarm: SwarmEngine;
  /** null: everything over the Engine API. */
  readonly compose: ComposeMethod | null;
  /** Whether a person overrides holds. Default: nobody does. */
  readonly force?: boolean;
  /** Called after every end, once it is committed. */
  readonly ended?: (record: HealCase, end: HealEnd) => void;
}

/** A heal that can be run. */
export interface ReadyHeal {
  readonly planned: PlannedHeal;
  readonly record: MethodRecord;
  /** What should be known before it is begun, one sentence each. */
  readonly warnings: readonly string[];
}

/** What a plan needs of that: nothing that could write. */
export interface PlanParts extends Omit<HealerParts, "book" | "account"> {
  /** Heals that are not over: whatever they act on is not planned beside them. */
  readonly open: readonly MethodRecord[];
}

export interface PreparedHeals {
  /** In their order. */
  readonly ready: readonly ReadyHeal[];
  readonly refused: readonly RefusedHeal[];
  /** Not now; the next scan judges anew. */
  readonly waiting: readonly RefusedHeal[];
}

/** Plans, and looks whether the plan can be carried out. Changes nothing: this is all that a dry run does. */
export async function prepareHeals(
  targets: readonly HealTarget[],
  view: HealWorldView,
  parts: PlanParts,
  signal: AbortSignal,
): Promise<PreparedHeals> {
  const { relations } = view;
  const plan = planHeals({
    targets,
    relations,
    methodOf: (target) => methodOf(target, parts.compose),
    cleanup: parts.cleanup,
  });
  const ready: ReadyHeal[] = [];
  const refused: RefusedHeal[] = [...plan.refused];
  const waiting: RefusedHeal[] = plan.gone.map((target) => ({
    target,
    reason: "it was removed by somebody else",
    remedy: null,
  }));
  const covered = new Set<SubjectKey>();
  for (const planned of plan.heals) {
    const { target } = planned;
    if (covered.has(target.judgement.subject)) continue;
    const answer = withoutOpen(await prepare(planned, view, parts, signal), parts.open);
    if (answer.kind === "ready") {
      for (const sibling of answer.record.siblings ?? []) covered.add(sibling);
      ready.push({
        planned: { ...planned, steps: answer.steps ?? planned.steps },
        record: answer.record,
        warnings: answer.warnings ?? [],
      });
    } else if (answer.kind === "refused")
      refused.push({ target, reason: answer.reason, remedy: answer.remedy });
    else waiting.push({ target, reason: answer.reason, remedy: null });
  }
  return { ready, refused, waiting };
}

function withoutOpen(answer: Prepared, open: readonly MethodRecord[]): Prepared {
  if (answer.kind !== "ready") return answer;
  const subjects = subjectsOf(answer.record);
  const other = open.find((one) => subjectsOf(one).some((subject) => subjects.includes(subject)));
  if (other === undefined) return answer;
  return { kind: "wait", reason: `the heal of ${other.container} is not over` };
}

async function prepare(
  planned: PlannedHeal,
  view: HealWorldView,
  parts: PlanParts,
  signal: AbortSignal,
): Promise<Prepared> {
  const { by, cleanup, hiddenLoss, clock, engine, force = false } = parts;
  const options = { id: parts.newId(), by, cleanup, now: clock.now(), hiddenLoss, force };
  if (planned.method === "swarm") return prepareSwarm(planned, view, options, parts, signal);
  const { compose } = parts;
  if (planned.method === "compose" && compose !== null)
    return prepareCompose(planned, view, options, { ...parts, compose }, signal);
  const answer = await preflight(planned, view, engine, options, signal);
  return answer.kind === "ready"
    ? answer
    : { ...answer, remedy: remedyFor(planned.target.judgement) };
}

export interface HealReport {
  readonly record: HealCase;
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
    const account = unlessTold(record, parts);
    const end = await runByMethod(record, { ...parts, account }, signal);
    parts.ended?.(record, end);
    reports.push({ record, end });
  }
  return reports;
}

export interface Recovery {
  readonly reports: readonly HealReport[];
  /** What can be neither finished nor undone at the moment, and why: it is tried again. */
  readonly failures: readonly { readonly record: HealCase; readonly error: unknown }[];
}

/** Finishes or undoes what was cut off, on this very engine. One that cannot be keeps none of the others waiting. */
export async function recoverHeals(parts: HealerParts, signal: AbortSignal): Promise<Recovery> {
  const reports: HealReport[] = [];
  const failures: Recovery["failures"][number][] = [];
  for (const row of parts.book.interrupted(parts.engine.identity.id)) {
    const { record } = row;
    try {
      const end = await recoverByMethod(row, parts, signal);
      parts.ended?.(record, end);
      reports.push({ record, end });
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ record, error });
    }
  }
  return { reports, failures };
}

/** As the journal says. */
export function openHeals({ book, engine }: Pick<HealerParts, "book" | "engine">): MethodRecord[] {
  return book.interrupted(engine.identity.id).map(({ record }) => record as MethodRecord);
}

/** Into the history, and to people if they have not heard of it. */
export function noteRefusal({ target, reason, remedy }: RefusedHeal, parts: HealerParts): void {
  const { book, engine, by, newId, clock } = parts;
  const more = { id: newId(), by, engine: engine.identity.id, now: clock.now() };
  const record = { ...caseOf(target, more), remedy, method: methodOf(target, parts.compose) };
  book.refuse(record, healEnd("refused", reason), unlessTold(record, parts));
}

/** The account of a heal that is about to begin: it is refused again and again until somebody mends what forbids it, but
 *  people hear of the same refusal once. */
function unlessTold(
  { engine, subject, affected }: Pick<HealCase, "engine" | "subject" | "affected">,
  { book, account }: Pick<HealerParts, "book" | "account">,
): Account {
  const past = book.lastOf(engine, subject);
  return (record, end, incident, now) =>
    end.outcome === "refused" && isToldRefusal(past, affected.newest.id, end.detail)
      ? { incident: null, postings: [] }
      : account(record, end, incident, now);
}
