import { messageOf, StalewatchError } from "../domain/error.ts";
import type { ContainerId, Milliseconds } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { lookAt, type Look } from "./look.ts";

export interface HealClock {
  now(): number;
  sleep(length: Milliseconds, signal: AbortSignal): Promise<void>;
}

/** Acts that are safe to repeat: each looks, does what is missing, and looks again. What a call answered is never the
 *  proof: its answer may have been lost, and the engine may have done it all the same. */
export interface Acts {
  look(idOrName: string): Promise<Look | null>;
  ensureStopped(id: ContainerId): Promise<void>;
  ensureStarted(id: ContainerId): Promise<void>;
  ensureName(id: ContainerId, name: string): Promise<void>;
  ensureRestartPolicy(id: ContainerId, policy: JsonObject): Promise<void>;
  ensureRemoved(id: ContainerId, options: { readonly volumes: boolean }): Promise<void>;
  /** A removal in the middle of which the engine died leaves a container that can be removed, and nothing else. */
  finishRemoval(id: ContainerId): Promise<void>;
}

/** How often a state that the engine is still working on is looked at again. */
const AGAIN: Milliseconds = 100;
/** The engine's own time to stop a container is on top of it: see `stopPatience`. */
const PATIENCE: Milliseconds = 30_000;

/** Who is to be waited for without end is waited for as long. */
const DAY: Milliseconds = 86_400_000;

/** `StopTimeout` of the container, 10 s unless it says otherwise, and some; below 0 the engine never loses patience. */
export function stopPatience(inspect: JsonObject): Milliseconds {
  const config = inspect["Config"] as { StopTimeout?: unknown } | undefined;
  const seconds = typeof config?.StopTimeout === "number" ? config.StopTimeout : 10;
  return (seconds < 0 ? DAY : seconds * 1000) + PATIENCE;
}

/** Calls are never cut off by a shutdown: only their deadline ends them. Between two acts, `signal` is looked at. */
export function actsOn(engine: HealEngine, clock: HealClock, signal: AbortSignal): Acts {
  const calls = new AbortController().signal;

  const look = async (idOrName: string): Promise<Look | null> => {
    const inspect = await engine.inspect(idOrName, calls);
    return inspect === null ? null : lookAt(inspect);
  };

  /** Does it unless it is so, and waits until it is. The error of the act counts only if it is still not so. */
  const ensure = async (
    what: string,
    isSo: () => Promise<boolean>,
    act: () => Promise<void>,
    patience: Milliseconds,
  ): Promise<void> => {
    signal.throwIfAborted();
    if (await isSo()) return;
    let failure: unknown = null;
    try {
      await act();
    } catch (error) {
      failure = error;
    }
    const deadline = clock.now() + (failure === null ? patience : 2 * AGAIN);
    while (!(await isSo())) {
      if (clock.now() >= deadline) throw notSo(what, failure);
      await clock.sleep(AGAIN, calls);
    }
  };

  const ensureRemoved: Acts["ensureRemoved"] = (id, options) =>
    ensure(
      `remove ${id}`,
      async () => (await engine.inspect(id, calls)) === null,
      () => engine.remove(id, options, calls),
      PATIENCE,
    );

  return {
    look,
    async ensureStopped(id) {
      const inspect = await engine.inspect(id, calls);
      if (inspect === null) return;
      const patience = stopPatience(inspect);
      const isDown = async (): Promise<boolean> => (await look(id))?.sighting !== "running";
      await ensure(`stop ${id}`, isDown, () => engine.stop(id, patience, calls), patience);
    },
    async ensureStarted(id) {
      signal.throwIfAborted();
      if ((await look(id))?.sighting === "running") return;
      try {
        await engine.start(id, calls);
      } catch (error) {
        // The answer may have been lost on the way. Whether it then holds is for the gate to say.
        if ((await look(id))?.sighting !== "running") throw notSo(`start ${id}`, error);
      }
    },
    ensureName: (id, name) =>
      ensure(
        `rename ${id} to ${name}`,
        async () => (await look(id))?.name === name,
        () => engine.rename(id, name, calls),
        PATIENCE,
      ),
    ensureRestartPolicy: (id, policy) =>
      ensure(
        `set the restart policy of ${id}`,
        async () => hasPolicy(await engine.inspect(id, calls), policy),
        () => engine.setRestartPolicy(id, policy, calls),
        PATIENCE,
      ),
    ensureRemoved,
    async finishRemoval(id) {
      if ((await look(id))?.gate.status === "dead") await ensureRemoved(id, { volumes: false });
    },
  };
}

/** For what a shutdown does not cut off: it is short, and stands between a service and nothing. */
export function steady({
  engine,
  clock,
}: {
  readonly engine: HealEngine;
  readonly clock: HealClock;
}): Acts {
  return actsOn(engine, clock, new AbortController().signal);
}

function hasPolicy(inspect: JsonObject | null, policy: JsonObject): boolean {
  const host = inspect?.["HostConfig"] as { RestartPolicy?: JsonObject } | undefined;
  return host?.RestartPolicy?.["Name"] === policy["Name"];
}

function notSo(what: string, cause: unknown): StalewatchError {
  const why = cause === null ? "it did not happen in time" : messageOf(cause);
  return new StalewatchError("HEAL_STEP", `could not ${what}: ${why}`, {
    hint: "see the engine's log (`journalctl -u docker`)",
    ...(cause !== null && { cause }),
  });
}
