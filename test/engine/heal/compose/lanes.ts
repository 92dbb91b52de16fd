import type { ComposeStage } from "./stage.ts";

/** Stages at once: enough that the engine's waits overlap. */
const LANES = 3;

/** Goes through n = 0, 1, 2, … until there is no n-th step, each on a stage that is stale, and gives the names of those
 *  that there are. A stage serves again and again: to set one up takes Compose longer than all else. */
export async function atEveryStepOn(
  open: () => Promise<ComposeStage>,
  step: (n: number, stage: ComposeStage) => Promise<string | null>,
): Promise<string[]> {
  const points = new Map<number, string>();
  let next = 0;
  let through = false;
  const lane = async (): Promise<void> => {
    const stage = await open();
    try {
      while (!through) {
        const n = next++;
        const point = await step(n, stage);
        if (point === null) through = true;
        else points.set(n, point);
        if (!through) await stage.reset();
      }
    } finally {
      await stage.clear();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return [...points].sort(([a], [b]) => a - b).map(([, point]) => point);
}
