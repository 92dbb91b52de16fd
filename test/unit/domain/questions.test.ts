import { describe, expect, it } from "vitest";
import { questionsOf, withAnswers } from "../../../src/domain/questions.ts";
import {
  at,
  container,
  containerNamed,
  host,
  image,
  imageNamed,
  rebuilt,
  V1,
  V2,
  type ContainerSketch,
  type Host,
} from "./builders.ts";
import { inputOf, look, Watch, type Scan } from "./watch.ts";

/** How many engine calls a scan made beyond its two lists. */
function calls({ rounds }: Pick<Scan, "rounds">): { images: number; containers: number } {
  return {
    images: rounds.reduce((sum, { images }) => sum + images.length, 0),
    containers: rounds.reduce((sum, { containers }) => sum + containers.length, 0),
  };
}

const NONE = { images: 0, containers: 0 };
const v1 = image("v1", { tags: ["shop-web:latest"], built: "10:00" });
const fresh = host({ containers: [container()], images: [v1] });

/** The calls of one scan after the other, five minutes apart. */
function callsOver(...hosts: readonly Host[]): ReturnType<typeof calls>[] {
  const watch = new Watch();
  return hosts.map((one, n) => calls(watch.scan(one, at("12:05") + n * 300_000)));
}

/** So many services, each on an image of its own. */
function many(count: number, tagged = true): Host {
  const names = Array.from({ length: count }, (_, n) => `s${n}`);
  return host({
    containers: names.map((name) =>
      container({ name, compose: `shop/${name}/1`, runs: name, follows: name }),
    ),
    images: names.map((name) => image(name, { tags: tagged ? [`${name}:latest`] : [] })),
  });
}

describe("what is fresh and known costs no call", () => {
  it("one per image never seen, then none", () => {
    expect(callsOver(fresh, fresh)).toEqual([{ images: 1, containers: 0 }, NONE]);
  });

  it("a thousand containers on a thousand images: none", () => {
    expect(callsOver(many(1000), many(1000))).toEqual([{ images: 1000, containers: 0 }, NONE]);
  });

  it("replicas share the question", () => {
    const replicas = [1, 2, 3].map((n) =>
      container({ name: `shop-web-${n}`, compose: `shop/web/${n}` }),
    );
    expect(callsOver(host({ containers: replicas, images: [v1] }))).toEqual([
      { images: 1, containers: 0 },
    ]);
  });

  it("only the new one, when one is started beside known ones", () => {
    const api = container({ name: "api", compose: "shop/api/1", runs: "api", follows: "api" });
    const both = host({
      containers: [container(), api],
      images: [v1, image("api", { tags: ["api:latest"] })],
    });
    expect(callsOver(fresh, both, both)).toEqual([
      { images: 1, containers: 0 },
      { images: 1, containers: 0 },
      NONE,
    ]);
  });
});

describe("what is newly diverged costs at most two calls", () => {
  const third = rebuilt({}, { v2: image("v3", { tags: ["shop-web:latest"], built: "12:08" }) });

  it("itself and its newest image, once", () => {
    expect(callsOver(fresh, rebuilt(), rebuilt())).toEqual([
      { images: 1, containers: 0 },
      { images: 1, containers: 1 },
      NONE,
    ]);
  });

  it("and its running image, if the watchdog was never here before", () => {
    expect(callsOver(rebuilt(), rebuilt())).toEqual([{ images: 2, containers: 1 }, NONE]);
  });

  it("replicas share the newest image", () => {
    const replicas = rebuilt(
      {},
      { containers: [container({ name: "shop-web-2", compose: "shop/web/2" })] },
    );
    expect(callsOver(fresh, replicas, replicas)[1]).toEqual({ images: 1, containers: 2 });
    expect(callsOver(fresh, replicas, replicas)[2]).toEqual(NONE);
  });

  it("a still newer build costs that image only", () => {
    expect(callsOver(fresh, rebuilt(), third, third).slice(2)).toEqual([
      { images: 1, containers: 0 },
      NONE,
    ]);
  });

  it("a tag that comes back to a known image has a new tag time, which a new divergence needs", () => {
    const onThird = rebuilt(
      { runs: "v3", id: "new" },
      { images: [image("v3", { built: "12:08" })], v2: V2 },
    );
    const deployed = rebuilt({ runs: "v2" });
    expect(callsOver(rebuilt(), deployed, onThird, onThird).slice(2)).toEqual([
      { images: 2, containers: 1 },
      NONE,
    ]);
  });

  it("a tag that comes back while the divergence lasts costs nothing: its clock runs on", () => {
    const v2 = image("v2", { built: "12:00" });
    const v3 = image("v3", { tags: ["shop-web:latest"], built: "12:08" });
    const away = rebuilt({}, { v2: v3, images: [v2] });
    expect(callsOver(fresh, rebuilt(), away, rebuilt(), rebuilt()).slice(3)).toEqual([NONE, NONE]);
  });

  it("two containers of one service that follow different names: none on the next round, either", () => {
    const other = container({ id: "other", name: "other", follows: "shop/web", runs: "v1" });
    const newest = image("renamed", { tags: ["shop/web:latest"], built: "12:01" });
    const pair = rebuilt({}, { containers: [other], images: [newest] });
    expect(callsOver(pair, pair, pair).slice(1)).toEqual([NONE, NONE]);
  });

  it("with a name in the list, as on Podman, all is asked in one round", () => {
    const podman = rebuilt({}, { podman: true });
    expect(look(podman, { now: "12:20" }).rounds).toHaveLength(1);
  });

  it("a cached rebuild on the containerd store is looked at once and then known as the same", () => {
    const one = host({
      store: "containerd",
      containers: [container({ manifest: "m1" })],
      images: [image("v2", { tags: ["shop-web:latest"], manifests: ["m1"] })],
    });
    expect(callsOver(one, one)).toEqual([{ images: 2, containers: 1 }, NONE]);
  });
});

describe("what cannot be judged is asked about once", () => {
  const once = (sketch: ContainerSketch, images = [V1, V2]): ReturnType<typeof calls>[] => {
    const one = host({ containers: [container(sketch)], images });
    return callsOver(one, one);
  };
  it.each<[string, ContainerSketch, number, number]>([
    ["pinned by digest", { listed: `web@sha256:${"a".repeat(64)}` }, 1, 0],
    ["pinned by ID", { follows: imageNamed("v1") }, 1, 1],
    ["its tag is gone", { follows: "elsewhere" }, 1, 1],
    ["its name is empty", { follows: "" }, 1, 1],
    ["its image was gone already", { runs: "v0", listed: "elsewhere" }, 1, 0],
  ])("%s", (_, sketch, images, containers) => {
    expect(once(sketch)).toEqual([{ images, containers }, NONE]);
  });

  it("again, when an image that was gone is listed again", () => {
    const gone = host({ containers: [container({ listed: "shop-web" })], images: [V2] });
    const back = host({ containers: [container({ listed: "shop-web" })], images: [V1, V2] });
    expect(callsOver(gone, back, back).slice(1)).toEqual([{ images: 1, containers: 0 }, NONE]);
  });

  it("once a scan, while an image is listed that the engine does not find", () => {
    const broken: Host = { ...fresh, images: new Map() };
    expect(callsOver(broken)).toEqual([{ images: 1, containers: 0 }]);
  });
});

describe("nothing is asked about", () => {
  it("containers that do not run", () => {
    expect(callsOver(rebuilt({ state: "exited" }))).toEqual([NONE]);
  });

  it("excluded ones", () => {
    expect(callsOver(rebuilt({ labels: { "stalewatch.enable": "false" } }))).toEqual([NONE]);
  });
});

describe("an answer", () => {
  it("leaves an image as long known as it was", () => {
    const input = inputOf(fresh, { now: "12:05" });
    const first = withAnswers(input, {
      images: [{ ...v1.fact, firstSeenAt: 1 }],
      containers: [],
      vanished: [],
    });
    const again = withAnswers(first, {
      images: [{ ...v1.fact, firstSeenAt: 2 }],
      containers: [],
      vanished: [],
    });
    expect(again.memory.images.get(v1.row.id)?.firstSeenAt).toBe(1);
    expect(questionsOf(again)).toEqual({ images: [], containers: [] });
  });

  it("takes a container that vanished between list and inspect out of the scan", () => {
    const other = container({ name: "api", compose: null, listed: "shop-web:latest" });
    const both = rebuilt({}, { containers: [other] });
    const vanishing = [containerNamed("shop-web-1")];
    const { judgements, input } = look(both, { now: "12:20", vanishing });
    expect(judgements.map((one) => one.container.name)).toEqual(["api"]);
    expect(input.memory.containers.has(containerNamed("shop-web-1"))).toBe(false);
  });

  it("does not change what it was asked for", () => {
    const input = inputOf(rebuilt(), { now: "12:05" });
    withAnswers(input, { images: [{ ...V1.fact, firstSeenAt: 1 }], containers: [], vanished: [] });
    expect(input.memory.images.size).toBe(0);
  });
});
