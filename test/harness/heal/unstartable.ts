import type { HealEngine } from "../../../src/engine/heal-engine.ts";

/** As an engine that died while it stopped this container: it never starts it again, until it is started anew itself. */
export function neverStarting(id: string, engine: HealEngine): HealEngine {
  const refused = Object.assign(new Error(`task ${id}: already exists`), { statusCode: 500 });
  return {
    ...engine,
    start: (one, signal) => (one === id ? Promise.reject(refused) : engine.start(one, signal)),
  };
}
