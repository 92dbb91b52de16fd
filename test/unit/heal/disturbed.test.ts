import { describe, expect, it } from "vitest";
import { StalewatchError } from "../../../src/domain/error.ts";
import { containerId } from "../../../src/domain/ids.ts";
import {
  disturbed,
  isAnswer,
  isCall,
  unwritableFrom,
  type Disturbed,
} from "../../harness/heal/mortal.ts";
import {
  expectServing,
  modelStage,
  serving,
  WEB,
  type ModelStage,
  type ModelStageOptions,
} from "./model/stage.ts";

const CASES: readonly (readonly [string, ModelStageOptions])[] = [
  ["that would succeed", {}],
  ["with a folder of the host", { bound: true }],
  ["with the restart policy always", { restart: "always" }],
  ["with the restart policy always, without a port", { restart: "always", published: false }],
  ["with the restart policy on-failure", { restart: "on-failure", published: false }],
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
          disturbed(n, (what) => {
            stage.engine.restartEngine();
            if (isCall(what)) throw connectionLost();
          }),
        (stage, when) => {
          expect(stage.engine.twins, when).toEqual([]);
          expectServing(stage, options, when);
        },
      );
    },
  );

  it.each(CASES)("%s, when the journal cannot be written from an entry on", async (_, options) => {
    await atEveryStep(
      options,
      (n) => unwritableFrom(n),
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

it.each(["before create", "after create"])(
  "an engine that breaks off %s, when asked for a folder of the host, has not said that it is missing",
  async (step) => {
    const stage = await modelStage({ bound: true });
    const breakOff = (): void => {
      throw connectionLost();
    };
    const end = await stage.heal(disturbed(0, breakOff, (what) => what === step));
    expect(end).toMatchObject({ outcome: "discarded", detail: "the connection broke" });
    expect(stage.describe()).toEqual(serving("old"));
  },
);

interface Other {
  readonly what: string;
  readonly act: (stage: ModelStage) => Promise<void>;
  /** Whether what is there in the end is what they wanted, though nothing serves. */
  readonly wanted?: (stage: ModelStage) => boolean;
}

const OTHERS: readonly Other[] = [
  {
    what: "stops",
    act: async ({ engine }) => {
      const one = engine.find(WEB);
      if (one?.status === "running") await engine.stop(containerId(one.id));
    },
    wanted: ({ engine }) => engine.find(WEB)?.status === "exited",
  },
  {
    what: "removes",
    act: async ({ engine }) => {
      engine.forceRemove(WEB);
      await Promise.resolve();
    },
    // Or there is no way back from a replacement that fails, which is told.
    wanted: ({ engine, journal }) =>
      engine.find(WEB) === null || journal.ends[0]?.outcome === "failed",
  },
  {
    what: "restarts",
    act: async ({ engine }) => {
      const one = engine.find(WEB);
      // The port may be the replacement's by now.
      if (one !== null) await engine.restart(containerId(one.id)).catch(() => undefined);
    },
    // Those that hang on it are theirs to restart.
    wanted: (stage) => stage.describe().some((line) => line.includes("without its namespace")),
  },
  {
    what: "prunes what is down beside",
    act: async ({ engine }) => {
      for (const one of [...engine.containers.values()])
        if (one.status !== "running") engine.forceRemove(one.id);
      await Promise.resolve();
    },
    // Between stop and start neither old nor new runs. Whatever that costs is told.
    wanted: ({ journal: { ends } }) =>
      ends.some(({ outcome }) => outcome === "failed" || outcome === "lost") ||
      ends.some(({ detail }) => detail.includes("is gone")),
  },
];

describe.each(OTHERS)("when somebody $what it", ({ act, wanted = () => false }) => {
  it.each(CASES)(
    "in a heal %s, no more is amiss than they wanted, and the end is true",
    async (_, options) => {
      await atEveryStep(
        options,
        (n, stage) => disturbed(n, () => act(stage), isCall),
        (stage, when) => {
          const found = `${when} ${JSON.stringify([stage.describe(), stage.journal.ends], null, 1)}`;
          expect(stage.journal.interrupted().length, found).toBe(0);
          expect(stage.describe().join(), found).not.toContain(".stalewatch-");
          const mayFail = options.behaviour === "exits" || options.dependentsBehaviour === "exits";
          const [end] = stage.journal.ends;
          if (end?.quarantine === true) expect(mayFail, found).toBe(true);
          if (wanted(stage)) return;
          expectServing(stage, options, when);
          const image = stage.engine.find(WEB)?.image;
          expect(image, found).toBe(end?.outcome === "healed" ? "sha256:new" : "sha256:old");
        },
      );
    },
  );
});
