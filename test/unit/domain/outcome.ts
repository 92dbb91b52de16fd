import { expect, it } from "vitest";
import { isDiverged, type Judgement } from "../../../src/domain/verdict.ts";
import { clockOf, type Host } from "./builders.ts";
import { look, type LookOptions } from "./watch.ts";

/** What is the case, and what is to be said of the container: a row of a truth table. */
export type Row = readonly [what: string, scene: Scene, outcome: string];

export interface Scene extends Partial<LookOptions> {
  readonly host: Host;
  /** The name of the container that the row is about; the first of the host if not said. */
  readonly of?: string;
}

/** Twenty minutes after v2 was built: five more than the default grace. */
const NOW = "12:20";

export function truth(rows: readonly Row[]): void {
  for (const [what, scene, outcome] of rows)
    it(`${what} → ${outcome}`, () => {
      expect(outcomeOf(judged(scene))).toBe(outcome);
    });
}

/** The judgement of the container that the scene is about. */
export function judged(scene: Scene): Judgement {
  const { judgements } = look(scene.host, { now: NOW, ...scene });
  const found = judgements.find(({ container }) => container.name === (scene.of ?? container.name));
  if (found === undefined) throw new Error("the scene's container was not judged");
  return found;
}

/** A judgement in one line: `stale tag-moved, 12:00–12:15, rolled back, heal: mode, warns: bad-label`. For a
 *  divergence the times are its start and the end of its grace; `heal: free` means that nothing blocks a heal. */
export function outcomeOf(judgement: Judgement): string {
  const { verdict, warnings } = judgement;
  const parts = ["reasonCode" in judgement ? `${verdict} ${judgement.reasonCode}` : verdict];
  if (isDiverged(judgement)) {
    parts.push(`${clockOf(judgement.divergedSince)}–${clockOf(judgement.graceEndsAt)}`);
    if (judgement.rolledBack) parts.push("rolled back");
    parts.push(`heal: ${judgement.healBlockedBy ?? "free"}`);
  }
  if (warnings.length > 0) parts.push(`warns: ${warnings.map(({ code }) => code).join(" ")}`);
  return parts.join(", ");
}
