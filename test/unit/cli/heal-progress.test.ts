import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { progressView, type ProgressView } from "../../../src/cli/render/heal-progress.ts";
import { healEnd, HEAL_OUTCOMES, type HealOutcome } from "../../../src/domain/heal/record.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { healCase } from "../domain/heal/samples.ts";

/** What is written to something that is no terminal. */
function written(show: (view: ProgressView) => void): string {
  const stream = new PassThrough({ encoding: "utf8" });
  const view = progressView(stream as unknown as NodeJS.WriteStream);
  show(view);
  view.close();
  return String(stream.read() ?? "");
}

describe("the progress of a heal, where nobody watches", () => {
  it("is a line a step", () => {
    const text = written((view) => {
      for (const step of ["create", "stop", "start", "gate", "swap", "cleanup"] as const)
        view.step({ container: "web", step });
    });
    expect(text).toBe(
      "web: creating the replacement …\n" +
        "web: stopping the old container …\n" +
        "web: starting the replacement …\n" +
        "web: waiting for it to prove itself …\n" +
        "web: taking over name and restart policy …\n" +
        "web: removing the old image …\n",
    );
  });

  const endOf = (outcome: HealOutcome, more = {}): string =>
    written((view) => {
      view.ended(healCase({ container: "web" }), healEnd(outcome, "so it went", more));
    });

  it.each<[HealOutcome, string]>([
    ["healed", "web: healed: so it went\n"],
    ["rolled-back", "web: rolled back, the old container runs again: so it went\n"],
    ["discarded", "web: not touched: so it went\n"],
    ["failed", "web: failed: so it went\n"],
    ["left", "web: left to others: so it went\n"],
    ["lost", "web: lost: so it went\n"],
    ["refused", "web: refused: so it went\n"],
  ])("ends with what became of it: %s", (outcome, line) => {
    expect(endOf(outcome)).toBe(line);
  });

  it("every outcome has its row above", () => {
    expect(HEAL_OUTCOMES).toHaveLength(7);
  });

  it("ends with the downtime, the warnings and the last words, one a line", () => {
    const more = { downtime: 1240, warnings: ["its init differs"], logs: ["no such table", "bye"] };
    expect(endOf("healed", more)).toBe(
      "web: healed: so it went, 1.2 s of downtime\n  ! its init differs\n  | no such table\n  | bye\n",
    );
  });

  it.each(Object.entries(HOSTILE_TEXTS))("does nothing to a terminal: %s", (_, text) => {
    const lines = written((view) => {
      view.step({ container: text, step: "create" });
      view.ended(healCase({ container: text }), healEnd("failed", text, { logs: [text] }));
      view.said(text, text);
    }).split("\n");
    expect(lines).toHaveLength(5);
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  });
});
