import { describe, expect, it } from "vitest";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import type { ContainerDefinition } from "../../harness/container-definition.ts";
import { runContainer } from "../../harness/containers.ts";
import { privateEngineForFile, uniqueName } from "../../harness/engines-in-tests.ts";
import { isCall, Killed, type Watched } from "../../harness/heal/mortal.ts";
import { eventually } from "../../harness/wait.ts";
import { healersOf, type Healers } from "./healers.ts";
import { inLanes } from "./lanes.ts";
import { expectServing, healStage, stageImages, type HealStage } from "./stage.ts";

const engine = privateEngineForFile();

type Policy = NonNullable<ContainerDefinition["restart"]>;
const POLICIES: readonly Policy[] = ["no", "on-failure", "unless-stopped", "always"];
/** One more than the calls that change something: the last heal has ended when the engine is killed. */
const CALLS = 9;

/** Where the process that heals is when the engine is killed: right before its n-th call, which finds nobody; in the
 *  middle of it, sent and not answered; or right before it, and dead, too, as with the power. */
const SITUATIONS = ["before", "during", "dead"] as const;
type Situation = (typeof SITUATIONS)[number];

interface Run {
  readonly policy: Policy;
  readonly situation: Situation;
  readonly stage: HealStage;
  readonly healers: Healers;
  readonly life: Held;
  readonly ended: Promise<HealEnd | null>;
}

// Its containers exit with an error when they are stopped: that is what `on-failure` looks at.
const IMAGE = {
  cmd: ["sh", "-c", "trap 'exit 143' TERM; httpd -p 8080 -h /; sleep 2147483 & wait $!"],
};
// No network: an engine that starts again takes its time for every one.
const CONTAINER = { networkMode: "none" };

describe("when the engine is killed before any call of a heal", () => {
  it("exactly one container serves afterwards, where an untouched one would", async () => {
    const images = await stageImages(engine(), { image: IMAGE });
    const baseline = await baselines(images.old);
    const runs = await inLanes(cases(), async ({ situation, policy, n }) => {
      const options = { restart: policy, container: CONTAINER };
      return begin(await healStage(engine(), images, options), policy, situation, n);
    });
    const sent = runs.filter(({ situation }) => situation === "during");
    for (const { life } of sent) life.release();
    await engine().killDaemon();
    for (const { life } of runs) life.release();
    await engine().startDaemon();
    expect(await twins(runs)).toEqual([]);
    const revived = await baseline();
    for (const run of runs) await check(run, revived);
    expect(runs.map(({ life }) => life.heldAt())).toContain("before remove");
    expect(revived.get("always")).toBe(true);
  }, 400_000);
});

function cases(): { readonly situation: Situation; readonly policy: Policy; readonly n: number }[] {
  return SITUATIONS.flatMap((situation) =>
    POLICIES.flatMap((policy) =>
      Array.from({ length: CALLS }, (_, n) => ({ situation, policy, n })),
    ),
  ).filter(({ situation, policy }) => situation === "before" || policy === "always");
}

/** Waits before its n-th call until it is let go. */
interface Held extends Watched {
  readonly heldAt: () => string | null;
  readonly release: () => void;
}

function held(n: number, dies: boolean): Held {
  let left = n;
  let at: string | null = null;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const die = (): never => {
    throw new Killed(at ?? "");
  };
  return {
    step(what) {
      if (at !== null && dies) die();
      if (at !== null || !isCall(what) || left-- > 0) return;
      at = what;
      return dies ? released.then(die) : released;
    },
    heldAt: () => at,
    diedAt: () => (dies ? at : null),
    release,
  };
}

/** Begins a heal and gives it back when it stands before its n-th call, or has ended. */
async function begin(
  stage: HealStage,
  policy: Policy,
  situation: Situation,
  n: number,
): Promise<Run> {
  const life = held(n, situation === "dead");
  const healers = healersOf(stage);
  let isOver = false;
  const ended = healers.heal({ life }).finally(() => {
    isOver = true;
  });
  // It is looked at in the end.
  ended.catch(() => undefined);
  await eventually(`${policy}: call ${n}`, () => isOver || life.heldAt() !== null, {
    timeoutMs: 60_000,
  });
  return { policy, situation, stage, healers, life, ended };
}

/** One container a policy that nobody heals; afterwards it is asked whether it runs. */
async function baselines(image: string): Promise<() => Promise<ReadonlyMap<Policy, boolean>>> {
  const names = new Map(POLICIES.map((policy) => [policy, uniqueName("baseline")]));
  for (const [restart, name] of names)
    await runContainer(engine(), { name, image, restart, ...CONTAINER });
  return async () => {
    const states = [...names].map(async ([policy, name]) => {
      const { State } = await engine().docker.getContainer(name).inspect();
      return [policy, State.Running] as const;
    });
    return new Map(await Promise.all(states));
  };
}

/** Of which both the old and the new container came up with the engine: two writers on one volume. */
async function twins(runs: readonly Run[]): Promise<string[]> {
  const found = await Promise.all(
    runs.map(async ({ policy, situation, stage, life }) => {
      const up = (await stage.present()).filter(({ state }) => state === "running");
      return up.length > 1 ? [`${policy}, ${situation}: ${String(life.heldAt())}`] : [];
    }),
  );
  return found.flat();
}

async function check(run: Run, revived: ReadonlyMap<Policy, boolean>): Promise<void> {
  const { policy, situation, stage, healers, life } = run;
  const end = (await run.ended) ?? (await healers.recover());
  const when = `${policy}, ${situation}: ${String(life.heldAt())}, ${JSON.stringify(end)}`;
  expect(healers.open(), when).toBe(0);
  const isUntouched = end?.outcome === "discarded" || life.heldAt() === null;
  if (isUntouched && revived.get(policy) === false)
    expect(await stage.present(), when).toMatchObject([{ name: stage.name, state: "exited" }]);
  else await expectServing(stage, {}, when, end?.outcome === "healed" ? ["new"] : ["old"]);
}
