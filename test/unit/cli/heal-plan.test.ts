import { describe, expect, it } from "vitest";
import { healPlanText, type HealPlanText } from "../../../src/cli/render/heal-plan.ts";
import { PLAIN } from "../../../src/cli/render/style.ts";
import { planHeals, type PlanInput } from "../../../src/domain/heal/plan.ts";
import type { Relations } from "../../../src/domain/heal/relations.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { healRecord } from "../../integration/state/heal-records.ts";
import { freshOne, relations, staleOne, target, untrackedOne } from "../domain/heal/samples.ts";

const WIDTH = 80;

function plan(sketch: Partial<HealPlanText>): string {
  return healPlanText({
    engine: "host-1",
    ready: [],
    refused: [],
    nothing: [],
    width: WIDTH,
    style: PLAIN,
    ...sketch,
  });
}

/** What is ready to be healed, and what hangs on it. */
function ready(
  names: readonly string[],
  containers: readonly Relations[],
  more: Partial<PlanInput> = {},
): HealPlanText["ready"] {
  const { heals } = planHeals({
    targets: names.map(target),
    relations: containers,
    methodOf: () => "engine",
    cleanup: false,
    ...more,
  });
  return heals.map((planned) => ({ planned, record: healRecord(), warnings: [] }));
}

describe("a plan in words", () => {
  it("has every step in its order, and each cause once", () => {
    expect(plan({ ready: ready(["shop-web-1"], [relations("shop-web-1")]) })).toBe(
      `host-1: 1 to heal

shop-web-1: shop-web-1:latest was built again
  1.  create a replacement of shop-web-1 from shop-web-1:latest (1495c85cf274),
      while the old one serves
  2.  stop shop-web-1
  3.  start the replacement of shop-web-1
  4.  wait until it has proved that it works; if not, go back to the old
      shop-web-1
  5.  give the new shop-web-1 its name and restart policy, and remove what ran
      before (every replacement has passed its gate)`,
    );
  });

  it("names what is recreated with it, and why", () => {
    const proxy = relations("shop-proxy-1", { ties: ["network:shop-web-1"] });
    const containers = [relations("shop-web-1"), proxy];
    expect(plan({ ready: ready(["shop-web-1"], containers, { cleanup: true }) })).toBe(
      `host-1: 1 to heal

shop-web-1: shop-web-1:latest was built again
  1.  create a replacement of shop-web-1 from shop-web-1:latest (1495c85cf274),
      while the old one serves
  2.  stop shop-web-1
  3.  start the replacement of shop-web-1
  4.  wait until it has proved that it works; if not, go back to the old
      shop-web-1
  5.  create a replacement of shop-proxy-1 joined to the new shop-web-1, while
      the old one serves (it joins the network of shop-web-1)
  6.  stop shop-proxy-1
  7.  start the replacement of shop-proxy-1
  8.  wait until it has proved that it works; if not, go back to the old
      shop-proxy-1
  9.  give each of the new shop-web-1, shop-proxy-1 its name and restart policy,
      and remove what ran before (every replacement has passed its gate)
  10. remove the image 3bfc269594ef, unless a container uses it or a tag names
      it (heal.cleanup)`,
    );
  });

  it("ends with what cannot be undone", () => {
    const [heal] = ready(["api"], [relations("api")], { methodOf: () => "compose" });
    if (heal === undefined) throw new Error("nothing was planned");
    const warnings = [
      "if the new one fails, api cannot be brought back: the engine has forgotten its image",
    ];
    expect(plan({ ready: [{ ...heal, warnings }] })).toBe(
      `host-1: 1 to heal

api: api:latest was built again
  1.  let Compose recreate the service api, and watch it prove itself
  ! if the new one fails, api cannot be brought back: the engine has forgotten
    its image`,
    );
  });

  it("says what is refused and what to type instead, and what is as it should be", () => {
    const text = plan({
      ready: ready(["api"], [relations("api")], { methodOf: () => "compose" }),
      refused: [
        {
          judgement: staleOne("shop-db-1"),
          reason: "it was started with --rm: stopped, it would be gone for good",
          remedy: "docker compose -p shop up -d --no-deps --force-recreate db",
        },
        {
          judgement: untrackedOne("shop-cron-1"),
          reason: "no local image has the tag it follows (cron:latest)",
          remedy: null,
        },
      ],
      nothing: [
        { judgement: freshOne("shop-web-1"), reason: "runs the newest local build of web:latest" },
      ],
    });
    expect(text).toBe(
      `host-1: 1 to heal, 2 refused, nothing to do for 1
shop-web-1: nothing to do: runs the newest local build of web:latest

api: api:latest was built again
  1.  let Compose recreate the service api, and watch it prove itself

shop-db-1 is refused: it was started with --rm: stopped, it would be gone for
good
  By hand, type:
  docker compose -p shop up -d --no-deps --force-recreate db

shop-cron-1 is refused: no local image has the tag it follows (cron:latest)`,
    );
  });

  it("is one line where there is nothing to heal", () => {
    expect(plan({})).toBe("host-1: nothing to heal");
  });

  it("keeps to the width of the terminal, but for a command, which must be typed as one", () => {
    const long = "a-container-with-a-name-that-is-as-long-as-people-make-them-in-large-projects-1";
    const remedy = `docker compose -p shop up -d ${"x".repeat(90)}`;
    const text = plan({
      ready: ready([long], [relations(long)]),
      refused: [{ judgement: staleOne(long), reason: "it is paused", remedy }],
      nothing: [{ judgement: freshOne(long), reason: "runs the newest local build of web:latest" }],
    });
    const tooLong = text.split("\n").filter((line) => line.length > WIDTH);
    expect(tooLong).toEqual([`  ${remedy}`]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("does nothing to a terminal: %s", (_, text) => {
    const shown = plan({
      ready: ready([text], [relations(text)]),
      refused: [{ judgement: staleOne(text), reason: text, remedy: text }],
      nothing: [{ judgement: freshOne(text), reason: text }],
      engine: text,
    });
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  });
});
