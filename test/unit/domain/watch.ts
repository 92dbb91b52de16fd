import { clockJumped, restartHealClocks, type ClockReading } from "../../../src/domain/clocks.ts";
import type { ContainerId, EpochMs } from "../../../src/domain/ids.ts";
import type { Incident } from "../../../src/domain/incident.ts";
import { judge, type JudgeInput } from "../../../src/domain/judge.ts";
import { EMPTY_MEMORY, type Memory } from "../../../src/domain/memory.ts";
import type { NewsItem } from "../../../src/domain/news.ts";
import type { PolicyConfig } from "../../../src/domain/policy.ts";
import { progress } from "../../../src/domain/progress.ts";
import {
  questionsOf,
  withAnswers,
  type Answers,
  type Questions,
} from "../../../src/domain/questions.ts";
import { changedBy, rememberScan, type MemoryChange } from "../../../src/domain/remember.ts";
import type { Judgement } from "../../../src/domain/verdict.ts";
import { at, minutes, neverKnown, policy, type Host } from "./builders.ts";

/** What a scan is made with, beside the host. */
export interface LookOptions {
  readonly now: string | EpochMs;
  readonly memory?: Memory;
  readonly policy?: Partial<PolicyConfig>;
  readonly self?: ContainerId;
  readonly healWindowOpen?: boolean;
  /** Containers that are gone by the time they are asked about. */
  readonly vanishing?: readonly ContainerId[];
}

/** Everything that one scan finds out. */
export interface Look {
  /** One a round: answers may raise new questions. */
  readonly rounds: readonly Questions[];
  readonly input: JudgeInput;
  readonly judgements: readonly Judgement[];
}

/** More rounds than this would be a scan that goes on asking for ever. */
const ROUNDS = 5;

/** One scan of a host: asks until there is no question left, then judges. */
export function look(host: Host, options: LookOptions): Look {
  let input = inputOf(host, options);
  const rounds: Questions[] = [];
  for (;;) {
    const questions = questionsOf(input);
    if (questions.images.length + questions.containers.length === 0) break;
    if (rounds.length === ROUNDS) throw new Error(`still asking: ${JSON.stringify(questions)}`);
    rounds.push(questions);
    input = withAnswers(input, answersOf(host, questions, input.now, options.vanishing ?? []));
  }
  return { rounds, input, judgements: judge(input) };
}

export function inputOf(host: Host, options: LookOptions): JudgeInput {
  return {
    snapshot: host.snapshot,
    policy: policy(options.policy),
    memory: options.memory ?? EMPTY_MEMORY,
    now: typeof options.now === "number" ? options.now : at(options.now),
    self: options.self ?? null,
    healWindowOpen: options.healWindowOpen ?? true,
  };
}

/** What the host's engine says when it is asked. */
export function answersOf(
  host: Host,
  questions: Questions,
  now: EpochMs,
  vanishing: readonly ContainerId[] = [],
): Answers {
  const there = questions.containers.filter((id) => !vanishing.includes(id));
  return {
    images: questions.images.map((id) => {
      const fact = host.images.get(id);
      return fact === undefined ? neverKnown(id, now) : { ...fact, firstSeenAt: now };
    }),
    containers: there.flatMap((id) => host.containers.get(id) ?? []),
    vanished: questions.containers.filter((id) => vanishing.includes(id)),
  };
}

/** The memory after it was written to disk and read back by another process. */
export function reloaded(memory: Memory): Memory {
  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  return {
    images: new Map(copy([...memory.images])),
    containers: new Map(copy([...memory.containers])),
    divergences: new Map(copy([...memory.divergences])),
    holds: copy(memory.holds),
    acks: new Map(copy([...memory.acks])),
    quarantine: new Set(copy([...memory.quarantine])),
    healing: new Set(copy([...memory.healing])),
  };
}

export interface ScanOptions extends Omit<LookOptions, "now" | "memory"> {
  /** What the monotonic clock says, where the wall clock was set; else both run alike. */
  readonly monotonic?: number;
  readonly engineStartedAt?: string;
  readonly reminder?: number;
  readonly mayOpen?: boolean;
}

/** What one scan of a `Watch` did. */
export interface Scan extends Look {
  readonly change: MemoryChange;
  readonly incidents: readonly Incident[];
  readonly news: readonly NewsItem[];
}

/** A watchdog over many scans: what it remembers, which incidents are open, and what it said. */
export class Watch {
  memory: Memory;
  open: readonly Incident[] = [];
  readonly news: NewsItem[] = [];
  private before: ClockReading | null = null;
  private opened = 0;

  constructor(memory: Memory = EMPTY_MEMORY) {
    this.memory = memory;
  }

  scan(host: Host, time: string | EpochMs, options: ScanOptions = {}): Scan {
    const now = typeof time === "number" ? time : at(time);
    const jumped = this.jumped({ wall: now, monotonic: options.monotonic ?? now });
    if (jumped) this.restartHealClocks(now);
    const seen = look(host, { ...options, now, memory: this.memory });
    const step = progress({
      open: this.open,
      judgements: seen.judgements,
      containers: seen.input.snapshot.containers,
      now,
      engineStartedAt: options.engineStartedAt === undefined ? null : at(options.engineStartedAt),
      mayOpen: options.mayOpen ?? !jumped,
      reminder: options.reminder ?? minutes(360),
      newId: () => `incident-${++this.opened}`,
      healing: this.memory.healing,
    });
    this.carryOn(step.changed);
    const change = rememberScan({
      before: this.memory,
      after: seen.input.memory,
      snapshot: seen.input.snapshot,
      judgements: seen.judgements,
      open: new Set(this.open.map(({ subject }) => subject)),
      complete: true,
    });
    this.memory = changedBy(this.memory, change);
    this.news.push(...step.news);
    return { ...seen, change, incidents: step.changed, news: step.news };
  }

  /** The process ends and starts again on the same state. */
  restart(): void {
    this.memory = reloaded(this.memory);
    this.open = JSON.parse(JSON.stringify(this.open)) as Incident[];
    this.before = null;
  }

  private jumped(reading: ClockReading): boolean {
    const jumped = this.before !== null && clockJumped(this.before, reading);
    this.before = reading;
    return jumped;
  }

  private restartHealClocks(now: EpochMs): void {
    const again = restartHealClocks(this.memory.divergences.values(), now);
    const divergences = new Map(again.map((one) => [one.subject, one]));
    this.memory = { ...this.memory, divergences };
  }

  private carryOn(changed: readonly Incident[]): void {
    const byId = new Map([...this.open, ...changed].map((one) => [one.id, one]));
    this.open = [...byId.values()].filter(({ resolvedAt }) => resolvedAt === null);
  }
}
