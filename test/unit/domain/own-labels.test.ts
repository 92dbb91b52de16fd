import { describe, expect, it } from "vitest";
import type { Judgement } from "../../../src/domain/verdict.ts";
import {
  builtFor,
  composeLabels,
  container,
  hold,
  host,
  image,
  imageNamed,
  memory,
  remembered,
  V1,
  V2,
  type ContainerSketch,
  type Host,
} from "./builders.ts";
import { outcomeOf } from "./outcome.ts";
import { look, type LookOptions } from "./watch.ts";

// The shop's web container, which runs v1, was committed as the image `debug`: with all its labels.

const MARKS = {
  ...composeLabels("shop/web/1"),
  "com.docker.compose.config-hash": "5f1d",
  "com.docker.compose.image": imageNamed("v1"),
};
const COMMITTED = image("committed", { tags: ["debug:latest"], labels: MARKS, built: "10:30" });
const web = container({ labels: MARKS });

/** What is run from the committed image, beside the shop's own container. */
function beside(sketch: ContainerSketch = {}, images = [V1, V2, COMMITTED]): Host {
  const other = { name: "debug", runs: "committed", follows: "debug", compose: null, ...sketch };
  return host({ containers: [web, container({ labels: MARKS, ...other })], images });
}

function judgements(one: Host, options: Partial<LookOptions> = {}): readonly Judgement[] {
  return look(one, { now: "12:20", ...options }).judgements;
}

/** Of the container that is run from the committed image. */
function ofDebug(one: Host, options: Partial<LookOptions> = {}): Judgement {
  const found = judgements(one, options).find(({ container: { name } }) => name !== "shop-web-1");
  if (found === undefined) throw new Error("it was not judged");
  return found;
}

describe("a container that somebody runs from a committed container of Compose", () => {
  it("stands for itself and not for the service", () => {
    expect(ofDebug(beside())).toMatchObject({
      subject: "name:debug",
      project: null,
      service: null,
      verdict: "fresh",
    });
  });

  it("is no deploy of the service under way", () => {
    const policy = { mode: "heal" as const };
    expect(judgements(beside(), { policy }).map(outcomeOf)).toEqual([
      "stale tag-moved, 12:00–12:15, heal: free",
      "fresh",
    ]);
  });

  it("is met neither by the service's rules nor by the project's holds", () => {
    const rules = [{ match: { service: "web" }, mode: "heal" as const }];
    const told = memory({ holds: [hold({ project: "shop" }, "13:00")] });
    const found = judgements(beside(), { policy: { rules }, memory: told });
    expect(found).toMatchObject([
      { mode: "heal", hold: { id: "hold-1" } },
      { mode: "alert", hold: null },
    ]);
  });

  it("is told apart also when only memory knows the image's labels", () => {
    const told = memory({ images: [remembered(COMMITTED, "10:31")] });
    expect(ofDebug(beside({}, [V1, V2]), { memory: told }).subject).toBe("name:debug");
  });

  it("is taken for the service's where nobody knows the image's labels any more", () => {
    expect(ofDebug(beside({}, [V1, V2])).subject).toBe("compose:shop/web/1");
  });
});

describe("a container that Compose itself creates", () => {
  const replica = (labels: Record<string, string>): ContainerSketch => ({
    name: "shop-web-2",
    labels: { ...MARKS, ...labels },
  });

  it.each<[string, Record<string, string>]>([
    ["by Compose 2.x", { "com.docker.compose.image": imageNamed("committed") }],
    ["by Compose 1.x", { "com.docker.compose.config-hash": "77aa" }],
    ["as another replica", { "com.docker.compose.container-number": "2" }],
  ])("from a committed image is the service's: %s", (_, labels) => {
    expect(ofDebug(beside(replica(labels)))).toMatchObject({ project: "shop", service: "web" });
  });

  it("from an image that Compose built is the service's", () => {
    const built = image("v1", { tags: ["shop-web:latest"], labels: builtFor("shop", "web") });
    const one = host({ containers: [web], images: [built] });
    expect(judgements(one)).toMatchObject([{ subject: "compose:shop/web/1", project: "shop" }]);
  });
});

it("a container that somebody runs from a committed Swarm task stands for itself", () => {
  const labels = {
    "com.docker.swarm.service.name": "shop_web",
    "com.docker.swarm.task.name": "shop_web.1.x7fk",
  };
  const committed = image("committed", { tags: ["debug:latest"], labels });
  const debug = { name: "debug", runs: "committed", follows: "debug", compose: null, labels };
  const one = host({ containers: [container(debug)], images: [committed] });
  expect(judgements(one)).toMatchObject([{ subject: "name:debug" }]);
});
