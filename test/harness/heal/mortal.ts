import { StalewatchError } from "../../../src/domain/error.ts";
import type { HealRecord } from "../../../src/domain/heal/record.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { HealLease } from "../../../src/heal/journal.ts";

export class Killed extends Error {
  override readonly name = "Killed";
}

/** A process, seen from its steps: before a call that changes something, when the answer to a call has come, and before
 *  a journal entry. What `step` throws is what the call, or the entry, comes to. */
export interface Watched {
  readonly step: (what: string) => void | Promise<void>;
  /** The step that it died of, or null while it lives. */
  readonly diedAt: () => string | null;
}

/** One that may die, and then does so at once. */
export interface Life extends Watched {
  readonly step: (what: string) => void;
}

/** Killed at its n-th step. From then on nothing it tries does anything, as with SIGKILL. */
export function life(steps: number): Life {
  let left = steps;
  let died: string | null = null;
  return {
    step(what) {
      if (died === null && left-- > 0) return;
      died ??= what;
      throw new Killed(died);
    },
    diedAt: () => died,
  };
}

export const IMMORTAL: Life = { step: () => undefined, diedAt: () => null };

/** Something happens at its n-th step, and it goes on, or with what `happen` throws. */
export interface Disturbed extends Watched {
  /** The step at which it happened, or null if there were fewer. */
  readonly disturbedAt: () => string | null;
}

/** Counts only steps that `counts` says yes to. */
export function disturbed(
  n: number,
  happen: (what: string) => void | Promise<void>,
  counts: (what: string) => boolean = () => true,
): Disturbed {
  let left = n;
  let at: string | null = null;
  return {
    step(what) {
      if (at !== null || !counts(what) || left-- > 0) return;
      at = what;
      return happen(what);
    },
    diedAt: () => null,
    disturbedAt: () => at,
  };
}

export const isCall = (what: string): boolean => what.startsWith("before ");
export const isAnswer = (what: string): boolean => what.startsWith("after ");
/** The answer to a call that changes something. */
export const isDone = (what: string): boolean => isAnswer(what) && !LOOKS.test(what.slice(6));
/** Anything but the answer to a look: between two of those nothing has changed. */
export const isChange = (what: string): boolean => !isAnswer(what) || isDone(what);
export const isEntry = (what: string): boolean => !isCall(what) && !isAnswer(what);

/** A process whose disk is full from its n-th journal entry on. */
export function unwritableFrom(n: number): Disturbed {
  let left = n;
  let at: string | null = null;
  return {
    step(what) {
      if (!isEntry(what) || left-- > 0) return;
      at ??= what;
      throw new StalewatchError("STATE_UNUSABLE", "the disk is full");
    },
    diedAt: () => null,
    disturbedAt: () => at,
  };
}

const LOOKS = /^(?:inspect|has|list|logs|exitedAt|wasToldToEnd)/;

/** Counts only steps at which something changes. */
export function changesOf(own: Life): Life {
  return {
    diedAt: own.diedAt,
    step(what) {
      if (isChange(what) || own.diedAt() !== null) own.step(what);
    },
  };
}

/** Every call is a step before it is sent, if it changes something, and one when its answer has come. */
export function mortalEngine(engine: HealEngine, { step }: Watched): HealEngine {
  return new Proxy(engine, {
    get(target, key, receiver): unknown {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value !== "function" || typeof key !== "string") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        if (!LOOKS.test(key)) await step(`before ${key}`);
        const call = value as (...all: unknown[]) => Promise<unknown>;
        const answer: unknown = await call.apply(target, args);
        await step(`after ${key}`);
        return answer;
      };
    },
  });
}

/** Every entry is a step before it is written. What happens at one is over at once, as the entry itself is. */
export function mortalLease(lease: HealLease, life: Watched): HealLease {
  const dependents = lease.dependents.map((one) => mortalLease(one, life));
  const step = (what: string): void => {
    if (life.step(what) instanceof Promise) throw new Error(`${what} cannot wait`);
  };
  return {
    record: lease.record,
    get phase() {
      return lease.phase;
    },
    get replacementId() {
      return lease.replacementId;
    },
    dependents,
    enter(phase) {
      step(`enter ${phase}`);
      lease.enter(phase);
    },
    created(id) {
      step("created");
      lease.created(id);
    },
    close(end) {
      step(`close ${end.outcome}`);
      lease.close(end);
    },
    openDependent(record: HealRecord) {
      step("open dependent");
      const child = mortalLease(lease.openDependent(record), life);
      dependents.push(child);
      return child;
    },
  };
}
