import { isStalewatchError } from "../domain/error.ts";
import type { HealOutcome } from "../domain/heal/record.ts";
import type { HealTarget } from "../domain/heal/plan.ts";
import { restsUntil } from "../domain/heal/rest.ts";
import { isServiceDue, swarmServicesOf } from "../domain/heal/swarm-due.ts";
import { dueTargets } from "../domain/heal/targets.ts";
import { healSubjectOf } from "../domain/subject.ts";
import type { Bulletin } from "../domain/news.ts";
import type { Settings } from "../config/settings.ts";
import { connectHealEngine, connectSwarmEngine } from "../engine/connect.ts";
import type { OnCall } from "../engine/call.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import type { SwarmEngine } from "../engine/swarm-engine.ts";
import {
  noteRefusal,
  openHeals,
  prepareHeals,
  recoverHeals,
  runHeals,
  type HealerParts,
} from "../heal/healer.ts";
import { composeMethod } from "../heal/compose/method.ts";
import { hiddenLoss } from "../heal/compose/hidden-loss.ts";
import { lookAt } from "../heal/look.ts";
import { viewWorld } from "../heal/world.ts";
import { takeLock, type DaemonLock } from "../state/lock.ts";
import type { Posting } from "../state/outbox-table.ts";
import type { State } from "../state/state.ts";
import type { Clock } from "./clock.ts";
import { healAccounts } from "./heal-accounts.ts";
import { Leftovers } from "./leftovers.ts";
import { errorFields, type Log } from "./log.ts";
import { logNews } from "./log-news.ts";
import { newId } from "./new-id.ts";
import type { Scan } from "./scan.ts";

export interface HealingParts {
  readonly settings: Settings;
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
  readonly route: (bulletin: Bulletin) => readonly Posting[];
  /** Called after every commit that posted something. */
  readonly posted: () => void;
  /** Counts the requests to the engine. */
  readonly onCall: OnCall;
  /** Called when a heal takes a step, and when it has ended. */
  readonly stepped: () => void;
  readonly healed: (outcome: HealOutcome) => void;
}

/** What the daemon heals by itself. One container at a time, each on a scan of its own: what the last heal changed, and
 *  what people did meanwhile, is always judged anew before the next. Scans go on beside it. */
export class Healing {
  #under: Promise<void> | null = null;
  /** Why healing is off, as far as it was said. */
  #saidOff: string | null = null;
  readonly #leftovers = new Leftovers();

  get isUnderWay(): boolean {
    return this.#under !== null;
  }

  /** After a scan: begins what is due, unless a heal is under way. `again` asks for the next scan. */
  consider(done: Scan, parts: HealingParts, signal: AbortSignal, again: () => void): void {
    if (this.#under !== null || signal.aborted) return;
    const targets = awaited(done, parts);
    const isCutOff = parts.state.heals.interrupted(done.snapshot.engine.id).length > 0;
    const isLeft = this.#leftovers.among(done.snapshot, parts).length > 0;
    if ((targets.length === 0 && !isCutOff && !isLeft) || this.#isOff(parts)) return;
    this.#under = this.#pass(done, targets, parts, signal)
      .then((acted) => {
        this.#under = null;
        if (acted) again();
      })
      .catch((error: unknown) => {
        this.#under = null;
        if (!signal.aborted)
          parts.log.error("heal-broke-off", "a heal broke off", errorFields(error));
      });
  }

  /** Ends at a clean point: a heal under way is led back. */
  async ended(): Promise<void> {
    await this.#under;
  }

  /** No journal, no heal. */
  #isOff({ state, log }: HealingParts): boolean {
    const damaged = state.healingOff();
    const why =
      damaged === null
        ? state.degraded
        : `a damaged state was set aside as ${damaged}; \`stalewatch doctor --repair\` looks for what heals left`;
    if (why !== null && why !== this.#saidOff)
      log.warn("healing-off", "nothing is healed", { cause: why });
    this.#saidOff = why;
    return why !== null;
  }

  /** Whether anything was done. */
  async #pass(
    done: Scan,
    targets: readonly HealTarget[],
    parts: HealingParts,
    signal: AbortSignal,
  ): Promise<boolean> {
    const lock = lockFor(parts);
    if (lock === null) return false;
    try {
      const where = { ...parts.settings.engine, onCall: parts.onCall };
      const engine = await connectHealEngine(where, signal);
      const swarm = await connectSwarmEngine(where, signal);
      const healer = healerParts(engine, swarm, parts);
      const { reports, failures } = await recoverHeals(healer, signal);
      for (const { record, error } of failures)
        parts.log.error("heal-broke-off", `the heal of ${record.container} cannot be ended`, {
          container: record.container,
          heal: record.id,
          ...errorFields(error),
        });
      if (reports.length > 0) return true;
      await this.#leftovers.settle(done.snapshot, healer, parts, signal);
      return await healFirst(done, targets, healer, signal);
    } finally {
      lock.release();
      parts.posted();
    }
  }
}

/** Due ones that do not rest after a heal that came to nothing. */
function awaited(done: Scan, { state }: HealingParts): readonly HealTarget[] {
  const { engine } = done.snapshot;
  const services = swarmServicesOf(done.judgements);
  return dueTargets(done.judgements, done.at).filter(({ judgement }) => {
    const subject = healSubjectOf(judgement.subject);
    if (done.memory.healing.has(subject) || !("graceEndsAt" in judgement)) return false;
    const service = services.find((one) => one.subject === subject);
    if (service !== undefined && !isServiceDue(service, done.at)) return false;
    const grace = judgement.graceEndsAt - judgement.divergedSince;
    const past = state.heals.lastOf(engine.id, subject);
    const until = restsUntil(past, judgement.newest.id, grace);
    return until === null || until <= done.at;
  });
}

/** A command may be healing: the next scan tries again. */
function lockFor({ settings, clock }: HealingParts): DaemonLock | null {
  try {
    const owner = { pid: process.pid, since: clock.now(), command: "run" };
    return takeLock(settings.state, owner, "heal");
  } catch (error) {
    if (isStalewatchError(error, "STATE_LOCKED")) return null;
    throw error;
  }
}

function healerParts(engine: HealEngine, swarm: SwarmEngine, parts: HealingParts): HealerParts {
  const { settings, state, clock, log, route } = parts;
  const { method, composeRoots, settle, healthTimeout, cleanup } = settings.heal;
  return {
    engine,
    swarm,
    clock,
    gate: { settle, healthTimeout },
    progress: ({ container, step }) => {
      log.debug("heal-step", `${container}: ${step}`, { container, step });
      parts.stepped();
    },
    book: state.heals,
    account: healAccounts(engine.identity.name, route, (bulletin) => {
      logNews(log, bulletin);
    }),
    ended: ({ container, id }, { outcome, detail }) => {
      parts.healed(outcome);
      parts.stepped();
      // People hear of all other ends.
      if (outcome === "discarded")
        log.info("heal-discarded", `${container} was not healed: ${detail}`, {
          container,
          heal: id,
        });
    },
    newId,
    by: "daemon",
    cleanup,
    compose: method === "compose" ? composeMethod(settings.engine.address, composeRoots) : null,
    hiddenLoss: (inspect) => hiddenLoss(lookAt(inspect).labels),
  };
}

async function healFirst(
  done: Scan,
  targets: readonly HealTarget[],
  healer: HealerParts,
  signal: AbortSignal,
): Promise<boolean> {
  if (targets.length === 0) return false;
  const view = await viewWorld(done.judgements, done.memory, healer.engine, signal);
  const planner = { ...healer, open: openHeals(healer) };
  const { ready, refused } = await prepareHeals(targets, view, planner, signal);
  for (const refusal of refused) noteRefusal(refusal, healer);
  await runHeals(ready.slice(0, 1), healer, signal);
  return ready.length > 0;
}
