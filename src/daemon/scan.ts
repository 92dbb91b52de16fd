import pMap from "p-map";
import { breakerNews } from "../domain/breaker-news.ts";
import { clockJumped, restartHealClocks, type ClockReading } from "../domain/clocks.ts";
import type { ContainerId, EngineId, EpochMs, Milliseconds } from "../domain/ids.ts";
import { judge, type JudgeInput } from "../domain/judge.ts";
import type { Memory } from "../domain/memory.ts";
import type { Bulletin, NewsItem } from "../domain/news.ts";
import type { ContainerFact, Snapshot } from "../domain/observation.ts";
import { withOwnLabels } from "../domain/own-labels.ts";
import type { PolicyConfig } from "../domain/policy.ts";
import { progress } from "../domain/progress.ts";
import { questionsOf, withAnswers, type Answers } from "../domain/questions.ts";
import { isEmptyChange, rememberScan } from "../domain/remember.ts";
import { turnsOf } from "../domain/timeline/turns.ts";
import type { Judgement } from "../domain/verdict.ts";
import { hiddenLoss } from "../heal/compose/hidden-loss.ts";
import type { Engine } from "../engine/engine.ts";
import type { Posting } from "../state/outbox-table.ts";
import type { Remembered, ScanRecord } from "../state/state.ts";

/** Where a scan finds what is remembered and leaves what it learned. */
export interface Ledger {
  remember(engine: EngineId): Remembered;
  /** False: somebody else wrote meanwhile, judge again. */
  commitScan(record: ScanRecord): boolean;
}

/** Which containers a scan is about; all, when there is no selection. */
export type Selection = (container: Snapshot["containers"][number]) => boolean;

/** How incidents and their news are handled. Without it a scan only looks and remembers. */
export interface Reporting {
  readonly reminder: Milliseconds;
  readonly newId: () => string;
  /** Which channel is to say what; called once a bulletin, before it is committed. */
  readonly route: (bulletin: Bulletin) => readonly Posting[];
  /** News of this scan's own success, such as the end of an outage. */
  readonly extra: readonly NewsItem[];
}

export interface ScanOptions {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly policy: PolicyConfig;
  readonly self: ContainerId | null;
  readonly healWindowOpen: boolean;
  readonly selection: Selection | null;
  /** What of the engine's answer is taken otherwise than it is. */
  readonly view?: (seen: Snapshot) => Snapshot;
  readonly reporting: Reporting | null;
  readonly now: () => EpochMs;
  /** When this process last scanned all, under the same policy; null at its first. */
  readonly lastScanAt: EpochMs | null;
  /** The clocks at the last scan of this process and at this one; null at its first. */
  readonly clocks: { readonly before: ClockReading; readonly after: ClockReading } | null;
}

export interface Scan {
  readonly snapshot: Snapshot;
  /** Of the selected containers, in the order of the engine's list. */
  readonly judgements: readonly Judgement[];
  /** What it was judged with. */
  readonly memory: Memory;
  readonly bulletin: Bulletin | null;
  readonly at: EpochMs;
  /** Engine calls that it took. */
  readonly calls: number;
  /** Whether anything was written. */
  readonly wrote: boolean;
}

/** How many questions are put to the engine at once: enough to hide the latency, too few to make it sweat. */
const CONCURRENCY = 8;

/** Looks once, asks what is not known yet, judges, and commits what changed. */
export async function scan(options: ScanOptions, signal: AbortSignal): Promise<Scan> {
  const { engine } = options;
  const before = engine.calls;
  const { healing } = options.ledger.remember(engine.identity.id).memory;
  const seen = await engine.observe(signal);
  const snapshot = options.view?.(seen) ?? seen;
  const answers = await askAll(options, snapshot, signal);
  const startedAt = someoneIsMissing(options, snapshot) ? await engine.startedAt(signal) : null;
  const concluded = conclude(options, { snapshot, healing }, answers, startedAt);
  return { ...concluded, calls: engine.calls - before };
}

/** Puts questions until there are none left. Nothing is asked twice in one scan, whatever the answer. */
async function askAll(
  options: ScanOptions,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<Answers> {
  const { engine, selection } = options;
  const remembered = options.ledger.remember(engine.identity.id);
  const containers =
    selection === null ? snapshot.containers : snapshot.containers.filter(selection);
  const input = judgeInput(options, { ...snapshot, containers }, remembered);
  const asked = new Set<string>();
  let answers: Answers = { images: [], containers: [], vanished: [] };
  for (;;) {
    const open = questionsOf(withAnswers(input, answers));
    const images = open.images.filter((id) => !asked.has(id));
    const ids = open.containers.filter((id) => !asked.has(id));
    if (images.length + ids.length === 0) return answers;
    for (const id of [...images, ...ids]) asked.add(id);
    const [facts, found] = await Promise.all([
      pMap(images, (id) => engine.learnImage(id, options.now(), signal), {
        concurrency: CONCURRENCY,
        signal,
      }),
      pMap(ids, async (id) => ({ id, fact: await learn(id, snapshot, engine, signal) }), {
        concurrency: CONCURRENCY,
        signal,
      }),
    ]);
    answers = {
      images: [...answers.images, ...facts],
      containers: [...answers.containers, ...found.flatMap(({ fact }) => fact ?? [])],
      vanished: [
        ...answers.vanished,
        ...found.flatMap(({ id, fact }) => (fact === null ? [id] : [])),
      ],
    };
  }
}

/** With what an inspect does not show: what a project's files put into a container after it was created. */
async function learn(
  id: ContainerId,
  { containers }: Snapshot,
  engine: Engine,
  signal: AbortSignal,
): Promise<ContainerFact | null> {
  const fact = await engine.learnContainer(id, signal);
  if (fact?.notClonable !== null) return fact;
  const labels = containers.find((one) => one.id === id)?.labels ?? {};
  return { ...fact, notClonable: await hiddenLoss(labels) };
}

function judgeInput(options: ScanOptions, snapshot: Snapshot, { memory }: Remembered): JudgeInput {
  const { policy, self, healWindowOpen, clocks } = options;
  const now = options.now();
  const jumped = clocks !== null && clockJumped(clocks.before, clocks.after);
  const divergences = jumped
    ? new Map(restartHealClocks(memory.divergences.values(), now).map((one) => [one.subject, one]))
    : memory.divergences;
  const lastScanAt = jumped ? null : options.lastScanAt;
  return {
    snapshot,
    policy,
    memory: { ...memory, divergences },
    now,
    self,
    healWindowOpen,
    lastScanAt,
  };
}

/** Only then is it worth a call to learn when the engine was started. */
function someoneIsMissing(options: ScanOptions, snapshot: Snapshot): boolean {
  if (options.reporting === null) return false;
  const remembered = options.ledger.remember(options.engine.identity.id);
  if (remembered.open.length === 0) return false;
  const present = new Set(
    judge(judgeInput(options, snapshot, remembered)).map(({ subject }) => subject),
  );
  return remembered.open.some(({ subject }) => !present.has(subject));
}

interface Look {
  readonly snapshot: Snapshot;
  /** What was being healed before it: of that it may show what is gone by now. */
  readonly healing: Memory["healing"];
}

/** Synchronous from the reading of memory to the commit; again when another process wrote in between. */
function conclude(
  options: ScanOptions,
  { snapshot, healing }: Look,
  answers: Answers,
  engineStartedAt: EpochMs | null,
): Omit<Scan, "calls"> {
  for (;;) {
    const remembered = stillHealing(options.ledger.remember(options.engine.identity.id), healing);
    const input = withOwnLabels(withAnswers(judgeInput(options, snapshot, remembered), answers));
    const all = judge(input);
    const { selection } = options;
    const judgements =
      selection === null ? all : all.filter(({ container }) => selection(container));
    const { record, bulletin } = account(options, {
      remembered,
      input,
      judgements,
      engineStartedAt,
    });
    const { snapshot: seen, memory, now } = input;
    const result = { snapshot: seen, judgements, memory, bulletin, at: now };
    if (record === null) return { ...result, wrote: false };
    if (options.ledger.commitScan(record)) return { ...result, wrote: true };
  }
}

function stillHealing(remembered: Remembered, healing: Memory["healing"]): Remembered {
  const { memory } = remembered;
  return {
    ...remembered,
    memory: { ...memory, healing: new Set([...memory.healing, ...healing]) },
  };
}

interface Judged {
  readonly remembered: Remembered;
  readonly input: JudgeInput;
  readonly judgements: readonly Judgement[];
  readonly engineStartedAt: EpochMs | null;
}

/** What is to be committed, or null after a quiet scan. */
function account(
  options: ScanOptions,
  { remembered, input, judgements, engineStartedAt }: Judged,
): { readonly record: ScanRecord | null; readonly bulletin: Bulletin | null } {
  const { engine, reporting, clocks } = options;
  const { now, snapshot } = input;
  const step =
    reporting &&
    progress({
      open: remembered.open,
      judgements,
      containers: snapshot.containers,
      now,
      engineStartedAt,
      mayOpen: clocks === null || !clockJumped(clocks.before, clocks.after),
      reminder: reporting.reminder,
      newId: reporting.newId,
      healing: remembered.memory.healing,
    });
  const breaker = breakerNews(judgements, {
    limit: options.policy.breaker,
    told: remembered.breakerTold,
  });
  const incidents = step?.changed ?? [];
  const change = rememberScan({
    before: remembered.memory,
    after: input.memory,
    snapshot,
    judgements,
    open: openSubjects(remembered, incidents),
    looksOnly: reporting === null,
    complete: options.selection === null,
  });
  // A look that tells nobody may have judged by another policy: what it saw is no turn.
  const turns =
    reporting === null
      ? []
      : turnsOf({
          last: remembered.lastTurns,
          judgements,
          healing: remembered.memory.healing,
          complete: options.selection === null,
          now,
        });
  const items = [
    ...(reporting?.extra ?? []),
    ...(step?.news ?? []),
    ...(reporting === null || breaker.news === null ? [] : [breaker.news]),
  ];
  const breakerTold = reporting === null ? remembered.breakerTold : breaker.told;
  const bulletin = items.length === 0 ? null : { engine: engine.identity.name, at: now, items };
  const isQuiet = incidents.length === 0 && turns.length === 0 && isEmptyChange(change);
  if (bulletin === null && isQuiet && breakerTold === remembered.breakerTold)
    return { record: null, bulletin };
  const postings = bulletin === null || reporting === null ? [] : reporting.route(bulletin);
  const endsOutage = (reporting?.extra.length ?? 0) > 0;
  return {
    record: {
      engine: engine.identity.id,
      version: remembered.version,
      change,
      turns,
      incidents,
      postings,
      endsOutage,
      breakerTold,
      now,
    },
    bulletin,
  };
}

function openSubjects(
  remembered: Remembered,
  changed: ScanRecord["incidents"],
): ReadonlySet<Judgement["subject"]> {
  const open = new Set(remembered.open.map(({ subject }) => subject));
  for (const { subject, resolvedAt } of changed)
    if (resolvedAt === null) open.add(subject);
    else open.delete(subject);
  return open;
}
