import type { Settings } from "../config/settings.ts";
import { connectEngine } from "../engine/connect.ts";
import type { Engine } from "../engine/engine.ts";
import type { State } from "../state/state.ts";
import { interruption } from "./context.ts";
import { openState } from "./opened-state.ts";

/** Runs with the state and the engine that its entries belong to, and closes the state afterwards. */
export async function withState<T>(
  settings: Settings,
  work: (state: State, engine: Engine, signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const signal = interruption();
  const engine = await connectEngine(settings.engine, signal);
  const state = await openState(settings.state);
  try {
    return await work(state, engine, signal);
  } finally {
    state.close();
  }
}
