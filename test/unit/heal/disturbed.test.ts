import { describe, expect, it } from "vitest";
import { StalewatchError } from "../../../src/domain/error.ts";
import { disturbed, isAnswer, isCall, isEntry, type Disturbed } from "../../harness/heal/mortal.ts";
import { expectServing, modelStage, type ModelStage, type ModelStageOptions } from "./model/stage.ts";

const CASES: readonly (readonly [string, ModelStageOptions])[] = [
  ["that would succeed", {}],
  ["with the restart policy always", { restart: "always" }],
  ["with the restart policy on-failure", { restart: "on-failure" }],
  ["whose replacement exits at once", { behaviour: "exits" }],
  ["with dependents", { dependents: true, restart: "unless-stopped" }],
  ["with dependents, always", { dependents: true, restart: "always" }],
  ["whose dependents fail", { dependents: true, restart: "always", dependentsBehaviour: "exits" }],
];

/** One stage for every step there is. */
async function atEveryStep(
  options: ModelStageOptions,
  disturbance: (n: number, stage: ModelStage) => Disturbed,
  check: (stage: ModelStage, when: string) => void,
  signalOf: (stage: ModelStage) => AbortSignal | undefined = () => undefined,
): Promise<void> {
  for (let n = 0; ; n++) {
    const stage = await modelStage(options);
    const life = disturbance(n, stage);
    const seen: string[] = [];
    const end = await stage.heal(life, signalOf(stage)).catch((error: unknown) => {
      seen.push(String(error));
      return null;
    });
    const when = `${n}: ${String(life.disturbedAt())}`;
    seen.push(String(end?.outcome));
    check(stage, `at once ${when} ${seen.join(" | ")}`);
    await stage.recoverAll().catch((error: unknown) => seen.push(String(error)));
    check(stage, `${when} ${seen.join(" | ")}`);
    if (life.disturbedAt() === null) break;
    expect(n).toBeLessThan(1000);
  }
}

const connectionLost = (): StalewatchError =>
  new StalewatchError("ENGINE_CONNECTION", "the connection broke");

describe("everything serves after a heal", () => {
  it.each(CASES)("%s, when an answer is lost", async (_, options) => {
    await atEveryStep(
      options,
      (n) =>
        disturbed(
          n,
          () => {
            throw connectionLost();
          },
          isAnswer,
        ),
      (stage, when) => expectServing(stage, options, when),
    );
  });

  it.each(CASES.filter(([, { restart = "no" }]) => restart !== "no"))(
    "%s, when the engine restarts",
    async (_, options) => {
      await atEveryStep(
        options,
        (n, stage) =>
          disturbed(
            n,
            (what) => {
              stage.engine.restartEngine();
              if (isCall(what)) throw connectionLost();
            },
          ),
        (stage, when) => expectServing(stage, options, when),
      );
    },
  );

  it.each(CASES)("%s, when the journal cannot be written from an entry on", async (_, options) => {
    await atEveryStep(
      options,
      (n) => {
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
      },
      (stage, when) => expectServing(stage, options, when),
    );
  });

  it.each(CASES)("%s, when it is told to stop", async (_, options) => {
    const controllers = new WeakMap<ModelStage, AbortController>();
    await atEveryStep(
      options,
      (n, stage) => {
        const controller = new AbortController();
        controllers.set(stage, controller);
        return disturbed(n, () => {
          controller.abort();
        });
      },
      (stage, when) => {
        expect(stage.journal.interrupted().length, when).toBe(0);
        expectServing(stage, options, when);
      },
      (stage) => controllers.get(stage)?.signal,
    );
  });
});

const OTHERS: readonly (readonly [string, (stage: ModelStage) => void])[] = [
  ["stops", ({ engine }) => { const one = engine.find("web"); if (one?.status === "running") void engine.stop(one.id as never); }],
  ["removes", ({ engine }) => { engine.forceRemove("web"); }],
  ["restarts", ({ engine }) => { const one = engine.find("web"); if (one !== null) void engine.restart(one.id as never); }],
  ["prunes", ({ engine }) => { for (const one of [...engine.containers.values()]) if (one.status !== "running") engine.forceRemove(one.id); }],
];

describe("others at every call", () => {
  for (const [what, act] of OTHERS)
    it.each(CASES)(`%s, when somebody ${what} it`, async (_, options) => {
      await atEveryStep(
        options,
        (n, stage) => disturbed(n, () => { act(stage); }, isCall),
        (stage, when) => {
          console.log(options, when, stage.describe(), stage.journal.interrupted().length, stage.journal.ends.map(({outcome, detail}) => outcome + ": " + detail));
        },
      );
    });
});
