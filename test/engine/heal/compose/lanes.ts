import { atEveryStepOn } from "../lanes.ts";
import type { ComposeStage } from "./stage.ts";

/** Stages at once: enough that the engine's waits overlap. */
const LANES = 3;

/** Goes through every step there is, each on a stage that is stale. A stage serves again and again: to set one up takes
 *  Compose longer than all else. */
export function atEveryStepOnStages(
  open: () => Promise<ComposeStage>,
  step: (n: number, stage: ComposeStage) => Promise<string | null>,
): Promise<string[]> {
  const ground = {
    open,
    reset: (stage: ComposeStage) => stage.reset(),
    close: (stage: ComposeStage) => stage.clear(),
  };
  return atEveryStepOn(LANES, ground, step);
}
