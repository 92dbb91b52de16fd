import { containerId, engineId, type ContainerId } from "../../../src/domain/ids.ts";
import type { ObservedContainer } from "../../../src/domain/observation.ts";
import type { HealClock } from "../../../src/heal/acts.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";

/** An engine that is nothing but a list of containers that can be stopped and started; whatever else is asked of it is
 *  a fault of the test. Its clock moves by sleeping alone. */
export interface MemoryEngine extends HealEngine {
  readonly clock: HealClock;
  readonly running: () => readonly string[];
}

export function memoryEngine(
  containers: readonly ObservedContainer[],
  does: Partial<HealEngine> = {},
): MemoryEngine {
  let time = 0;
  const states = new Map<ContainerId, string>(containers.map(({ id, state }) => [id, state]));
  const refused = (): Promise<never> => Promise.reject(new Error("this engine cannot do that"));
  const set = (id: ContainerId, state: string): Promise<void> => {
    states.set(containerId(id), state);
    return Promise.resolve();
  };
  return {
    identity: {
      id: engineId("ENGINE:ONE"),
      name: "host-1",
      apiVersion: "1.41",
      version: "20.10.24",
      store: "classic",
    },
    clock: {
      now: () => time,
      sleep: (length) => {
        time += length;
        return Promise.resolve();
      },
    },
    running: () =>
      containers.filter(({ id }) => states.get(id) === "running").map(({ name }) => name),
    inspect: (idOrName) => {
      const found = containers.find(({ id, name }) => id === idOrName || name === idOrName);
      if (found === undefined) return Promise.resolve(null);
      const { id, name, labels } = found;
      const Status = states.get(id) ?? "";
      return Promise.resolve({
        Id: id,
        Name: `/${name}`,
        Config: { Labels: labels },
        State: { Status },
      });
    },
    stop: (id) => set(id, "exited"),
    start: (id) => set(id, "running"),
    inspectImage: refused,
    list: refused,
    inspectNetwork: refused,
    inspectVolume: refused,
    hasVolume: refused,
    create: refused,
    connectNetwork: refused,
    rename: refused,
    setRestartPolicy: refused,
    remove: refused,
    removeImage: refused,
    exitedAt: refused,
    wasToldToEnd: refused,
    logs: refused,
    ...does,
  };
}
