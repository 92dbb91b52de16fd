import type { HealRecord } from "../../../src/domain/heal/record.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { HealLease } from "../../../src/heal/journal.ts";

export class Killed extends Error {
  override readonly name = "Killed";
}

/** A process that is killed at its n-th step: before or after an engine call, or before or after a journal entry. From
 *  then on nothing it tries does anything, as with SIGKILL. */
export interface Life {
  /** Takes a step, or dies of it. */
  readonly step: (what: string) => void;
  /** The step that it died of, or null while it lives. */
  readonly diedAt: () => string | null;
}

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

/** Every call is a step before it is sent, if it changes something, and one when its answer has come. */
export function mortalEngine(engine: HealEngine, { step }: Life): HealEngine {
  return new Proxy(engine, {
    get(target, key, receiver): unknown {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value !== "function" || typeof key !== "string") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const isLook = /^(?:inspect|has|logs|list)/.test(key);
        if (!isLook) step(`before ${key}`);
        const call = value as (...all: unknown[]) => Promise<unknown>;
        const answer: unknown = await call.apply(target, args);
        step(`after ${key}`);
        return answer;
      };
    },
  });
}

/** Every entry is a step before it is written. */
export function mortalLease(lease: HealLease, life: Life): HealLease {
  const dependents = lease.dependents.map((one) => mortalLease(one, life));
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
      life.step(`enter ${phase}`);
      lease.enter(phase);
    },
    created(id) {
      life.step("created");
      lease.created(id);
    },
    close(end) {
      life.step(`close ${end.outcome}`);
      lease.close(end);
    },
    openDependent(record: HealRecord) {
      life.step("open dependent");
      const child = mortalLease(lease.openDependent(record), life);
      dependents.push(child);
      return child;
    },
  };
}
