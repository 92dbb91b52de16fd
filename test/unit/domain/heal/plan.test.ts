import { describe, expect, it } from "vitest";
import {
  planHeals,
  type HealMethod,
  type HealPlan,
  type HealStep,
} from "../../../../src/domain/heal/plan.ts";
import { TIES, type Relations, type Tie } from "../../../../src/domain/heal/relations.ts";
import { relations, stepsOf, target } from "./samples.ts";

interface Sketch {
  /** Names of those that are to be healed; all that there are, unless told otherwise. */
  readonly heal?: readonly string[];
  readonly cleanup?: boolean;
  readonly method?: HealMethod;
}

function plan(containers: readonly Relations[], sketch: Sketch = {}): HealPlan {
  const { heal = containers.map(({ name }) => name), cleanup = false, method = "engine" } = sketch;
  return planHeals({
    targets: heal.map(target),
    relations: containers,
    methodOf: () => method,
    cleanup,
  });
}

/** In a line: `db; web with proxy, tail`, and what is refused after a bar. */
function inALine({ heals, refused }: HealPlan): string {
  const planned = heals.map(({ target: { judgement }, dependents }) => {
    const names = dependents.map(({ container }) => container.name);
    return judgement.container.name + (names.length === 0 ? "" : ` with ${names.join(", ")}`);
  });
  const left = refused.map(
    ({ target: { judgement }, reason }) => `${judgement.container.name}: ${reason}`,
  );
  return [planned.join("; "), ...left].join(" | ");
}

const web = relations("web");
const on = (tie: Tie, name = "proxy"): Relations => relations(name, { ties: [`${tie}:web`] });

describe("a plan's order", () => {
  it.each<[string, HealPlan, string]>([
    ["is by name, where nothing ties them", plan([relations("b"), relations("a")]), "a; b"],
    ["follows depends_on", plan([relations("a", { needs: ["db"] }), relations("db")]), "db; a"],
    [
      "follows it through a container that is not healed itself but recreated with another",
      plan(
        [relations("a", { needs: ["proxy"] }), relations("proxy", { ties: ["network:web"] }), web],
        { heal: ["a", "web"] },
      ),
      "web with proxy; a",
    ],
    ["names nobody who is not asked for", plan([web, relations("db")], { heal: ["db"] }), "db"],
    ["is empty where nothing is asked for", plan([web], { heal: [] }), ""],
  ])("%s", (_, made, expected) => {
    expect(inALine(made)).toBe(expected);
  });
});

describe("what hangs on a container", () => {
  it.each(TIES)("is recreated with it: %s", (tie) => {
    expect(inALine(plan([web, on(tie)], { heal: ["web"] }))).toBe("web with proxy");
  });

  it.each<[string, HealPlan, string]>([
    [
      "is no heal of its own when it is to be healed as well",
      plan([web, on("network")]),
      "web with proxy",
    ],
    [
      "follows through each other, nearest first, each once",
      plan(
        [
          web,
          on("network", "a"),
          on("pid", "b"),
          relations("c", { ties: ["volumes-from:b", "network:a"] }),
        ],
        { heal: ["web"] },
      ),
      "web with a, b, c",
    ],
    [
      "comes after all that it hangs on itself",
      plan(
        [relations("backup", { ties: ["network:proxy", "volumes-from:web"] }), on("link"), web],
        { heal: ["web"] },
      ),
      "web with proxy, backup",
    ],
    [
      "comes after what Compose starts before it",
      plan([relations("a", { ties: ["network:web"], needs: ["b"] }), on("network", "b"), web], {
        heal: ["web"],
      }),
      "web with b, a",
    ],
    [
      "is left alone when it is stopped: whoever starts it points it anew",
      plan([web, relations("proxy", { ties: ["network:web"], running: false })], {
        heal: ["web"],
      }),
      "web",
    ],
    [
      "does not pull in what it hangs on itself",
      plan([web, on("network")], { heal: ["proxy"] }),
      "proxy",
    ],
    [
      "is not pulled in by a mere depends_on",
      plan([web, relations("a", { needs: ["web"] })], { heal: ["web"] }),
      "web",
    ],
  ])("%s", (_, made, expected) => {
    expect(inALine(made)).toBe(expected);
  });
});

describe("a plan refuses", () => {
  it.each<[string, HealPlan, string]>([
    [
      "a circle, whose members it names",
      plan([relations("a", { needs: ["b"] }), relations("b", { needs: ["a"] })]),
      " | a: containers need each other in a circle: a → b → a | b: containers need each other in a circle: a → b → a",
    ],
    [
      "a circle, and heals the rest",
      plan([relations("a", { needs: ["b"] }), relations("b", { needs: ["a"] }), web]),
      "web | a: containers need each other in a circle: a → b → a | b: containers need each other in a circle: a → b → a",
    ],
    [
      "two circles, each with its own members",
      plan([
        relations("a", { needs: ["b"] }),
        relations("b", { needs: ["a"] }),
        relations("c", { needs: ["d"] }),
        relations("d", { needs: ["c"] }),
      ]),
      " | a: containers need each other in a circle: a → b → a | b: containers need each other in a circle: a → b → a" +
        " | c: containers need each other in a circle: c → d → c | d: containers need each other in a circle: c → d → c",
    ],
    [
      "what needs a member of a circle, in the order as far as there is one",
      plan([
        relations("a", { needs: ["b"] }),
        relations("b", { needs: ["a"] }),
        relations("c", { needs: ["a"] }),
      ]),
      "c | a: containers need each other in a circle: a → b → a | b: containers need each other in a circle: a → b → a",
    ],
    [
      "a container whose dependents hang on each other in a circle with it",
      plan([relations("web", { ties: ["volumes-from:proxy"] }), on("network")], {
        heal: ["web"],
      }),
      " | web: containers need each other in a circle: proxy → web → proxy",
    ],
    [
      "a container whose dependents hang on each other in a circle",
      plan(
        [
          web,
          relations("a", { ties: ["network:web", "volumes-from:b"] }),
          relations("b", { ties: ["network:web", "volumes-from:a"] }),
          relations("db"),
        ],
        { heal: ["web", "db"] },
      ),
      "db | web: containers need each other in a circle: a → b → a",
    ],
    [
      "by name, whatever the order of the list",
      plan([relations("b", { needs: ["a"] }), relations("a", { needs: ["b"] })]),
      " | a: containers need each other in a circle: a → b → a | b: containers need each other in a circle: a → b → a",
    ],
  ])("%s", (_, made, expected) => {
    expect(inALine(made)).toBe(expected);
  });
});

it("what is gone by now is neither healed nor refused: it is judged anew", () => {
  const made = plan([web], { heal: ["web", "api"] });
  expect(inALine(made)).toBe("web");
  expect(made.gone.map(({ judgement }) => judgement.container.name)).toEqual(["api"]);
});

describe("the steps of a plan", () => {
  it("are in the order in which they run", () => {
    expect(stepsOf(plan([web, on("network")], { cleanup: true }))).toEqual([
      "create web",
      "stop web",
      "start web",
      "gate web",
      "create proxy",
      "stop proxy",
      "start proxy",
      "gate proxy",
      "swap web",
      "cleanup web",
    ]);
  });

  it("carry their cause each: why it is healed, why something hangs on it", () => {
    const [heal] = plan([web, on("network")], { cleanup: true, heal: ["web"] }).heals;
    const causes = (heal?.steps ?? []).map(({ step, container, cause }) => [
      `${step} ${container}`,
      cause,
    ]);
    expect(Object.fromEntries(causes)).toEqual({
      "create web": "web:latest was built again",
      "stop web": "web:latest was built again",
      "start web": "web:latest was built again",
      "gate web": "web:latest was built again",
      "create proxy": "it joins the network of web",
      "stop proxy": "it joins the network of web",
      "start proxy": "it joins the network of web",
      "gate proxy": "it joins the network of web",
      "swap web": "every replacement has passed its gate",
      "cleanup web": "heal.cleanup",
    });
  });

  it.each<[Tie, string]>([
    ["network", "it joins the network of web"],
    ["ipc", "it joins the IPC namespace of web"],
    ["pid", "it joins the PID namespace of web"],
    ["volumes-from", "it mounts the volumes of web"],
    ["link", "it is linked to web"],
  ])("say how a dependent hangs on it: %s", (tie, cause) => {
    const [heal] = plan([web, on(tie)], { heal: ["web"] }).heals;
    expect(heal?.steps.find(({ container }) => container === "proxy")?.cause).toBe(cause);
  });

  it("are one where Compose or Swarm recreates it, whatever hangs on it", () => {
    const stepOf = (method: HealMethod): HealStep | undefined =>
      plan([web, on("network")], { heal: ["web"], method, cleanup: true }).heals[0]?.steps[0];
    expect(stepOf("compose")).toEqual({
      step: "compose",
      container: "web",
      does: "let Compose recreate the service web, and watch it prove itself",
      cause: "web:latest was built again",
    });
    expect(stepOf("swarm")).toEqual({
      step: "swarm",
      container: "web",
      does: "let Swarm roll the service of web, and watch its tasks",
      cause: "web:latest was built again",
    });
  });
});

it("the plan of a host does not depend on the order of its list", () => {
  const host = [web, on("network"), relations("api", { needs: ["web"] }), relations("db")];
  expect(inALine(plan(host.toReversed()))).toBe(inALine(plan(host)));
  expect(inALine(plan(host))).toBe("web with proxy; api; db");
});
