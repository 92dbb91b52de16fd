import { describe, expect, it } from "vitest";
import { subjectKey } from "../../../src/domain/ids.ts";
import { EMPTY_MEMORY, type Memory } from "../../../src/domain/memory.ts";
import {
  changedBy,
  isEmptyChange,
  rememberScan,
  type MemoryChange,
} from "../../../src/domain/remember.ts";
import {
  at,
  container,
  containerNamed,
  divergence,
  host,
  image,
  imageNamed,
  memory,
  rebuilt,
  remembered,
  V1,
  V2,
  WEB,
  type Host,
} from "./builders.ts";
import { look, Watch } from "./watch.ts";

const NOTHING: MemoryChange = {
  images: [],
  containers: [],
  divergences: [],
  forgetImages: [],
  forgetContainers: [],
  forgetDivergences: [],
};

interface Remembering {
  readonly before?: Memory;
  readonly now?: string;
  readonly open?: readonly string[];
  readonly complete?: boolean;
}

function change(one: Host, options: Remembering = {}): MemoryChange {
  const { before = EMPTY_MEMORY, now = "12:05", open = [], complete = true } = options;
  const { input, judgements } = look(one, { now, memory: before });
  return rememberScan({
    before,
    after: input.memory,
    snapshot: input.snapshot,
    judgements,
    open: new Set(open.map(subjectKey)),
    complete,
  });
}

const seen = (one: Host, now = "12:05"): Memory => changedBy(EMPTY_MEMORY, change(one, { now }));
const nobody = host({ containers: [], images: [] });

describe("what a scan writes", () => {
  it("the first one: what it asked and what has diverged", () => {
    expect(change(rebuilt())).toEqual({
      ...NOTHING,
      images: [remembered(V1, "12:05"), remembered(V2, "12:05")],
      containers: [container().fact],
      divergences: [divergence()],
    });
  });

  it("a quiet one: nothing", () => {
    const quiet = change(rebuilt(), { before: seen(rebuilt()), now: "12:10" });
    expect(quiet).toEqual(NOTHING);
    expect(isEmptyChange(quiet)).toBe(true);
  });

  it("one in which a verdict turns from pending to stale: nothing", () => {
    expect(change(rebuilt(), { before: seen(rebuilt()), now: "13:00" })).toEqual(NOTHING);
  });

  it("one after a still newer build: the image, and the heal clock's new start", () => {
    const v3 = image("v3", { tags: ["shop-web:latest"], built: "12:08" });
    expect(change(rebuilt({}, { v2: v3 }), { before: seen(rebuilt()), now: "12:10" })).toEqual({
      ...NOTHING,
      images: [remembered(v3, "12:10")],
      divergences: [divergence({ newestImageId: imageNamed("v3"), newestSeenAt: at("12:10") })],
      forgetImages: [imageNamed("v2")],
    });
  });

  it("is not empty if any of it is not", () => {
    expect(isEmptyChange({ ...NOTHING, forgetDivergences: [WEB] })).toBe(false);
  });
});

describe("a divergence is forgotten", () => {
  const before = seen(rebuilt());
  const forgets = (one: Host, options: Remembering = {}): boolean =>
    change(one, { before, now: "12:10", ...options }).forgetDivergences.includes(WEB);
  const excluded = rebuilt({ labels: { "stalewatch.enable": "false" } });
  const untracked = host({ containers: [container()], images: [V1] });
  it.each<[string, Host, Remembering, boolean]>([
    ["when it is fresh again", rebuilt({ runs: "v2" }), {}, true],
    [
      "when it is fresh again, and an incident is still open",
      rebuilt({ runs: "v2" }),
      { open: [WEB] },
      true,
    ],
    ["when it is excluded", excluded, {}, true],
    ["when nothing of it runs, and nobody was told", nobody, {}, true],
    ["not when nothing of it runs, and an incident is open", nobody, { open: [WEB] }, false],
    ["not when nothing of it was selected", nobody, { complete: false }, false],
    ["when it was selected and is fresh", rebuilt({ runs: "v2" }), { complete: false }, true],
    ["not while it lasts", rebuilt(), {}, false],
    ["not while it cannot be judged", untracked, {}, false],
  ])("%s", (_, one, options, isForgotten) => {
    expect(forgets(one, options)).toBe(isForgotten);
  });

  it.each([
    ["the unknown one first", false],
    ["the unknown one last", true],
  ])("not while one of its two containers cannot be judged: %s", (_, reversed) => {
    const unknown = container({ id: "unknown", name: "0123456789ab_shop-web-1", follows: "gone" });
    const pair = [unknown, container({ runs: "v2" })];
    const containers = reversed ? pair.toReversed() : pair;
    expect(forgets(host({ containers, images: [V1, V2] }))).toBe(false);
  });
});

describe("of an image and a container", () => {
  const before = seen(rebuilt());
  const forgotten = (one: Host, options: Remembering = {}): Partial<MemoryChange> => {
    const { forgetImages, forgetContainers } = change(one, { before, now: "12:10", ...options });
    return { forgetImages, forgetContainers };
  };
  const keepsAll = { forgetImages: [], forgetContainers: [] };
  const web = containerNamed("shop-web-1");

  it("nothing is forgotten while a container uses it, though the engine has forgotten it", () => {
    const gone = host({ store: "containerd", containers: [container()], images: [V2] });
    expect(forgotten(gone)).toEqual(keepsAll);
  });

  it("nothing is forgotten while the engine lists it, though nothing uses it", () => {
    expect(forgotten(host({ containers: [container({ runs: "v2" })], images: [V1, V2] }))).toEqual(
      keepsAll,
    );
  });

  it("nothing is forgotten of a stopped container", () => {
    expect(forgotten(rebuilt({ state: "exited" }))).toEqual(keepsAll);
  });

  it("all is forgotten when neither engine nor container knows it", () => {
    expect(forgotten(nobody)).toEqual({
      forgetImages: [imageNamed("v1"), imageNamed("v2")],
      forgetContainers: [web],
    });
  });

  it("nothing is forgotten when only some were looked at", () => {
    expect(forgotten(nobody, { complete: false })).toEqual(keepsAll);
  });
});

describe("two containers of one subject", () => {
  const young = container({ id: "young", name: "young", created: "12:03", runs: "v1.5" });

  const both = (sketch: Parameters<typeof container>[0] = {}): Host =>
    rebuilt(sketch, { containers: [young], images: [image("v1.5", { built: "11:00" })] });
  const shared = divergence({ others: [containerNamed("young")] });

  it("are remembered by the older divergence, and that both took part", () => {
    expect(change(both()).divergences).toEqual([shared]);
  });

  it("one that cannot be judged for once takes part still", () => {
    const before = seen(both());
    const unsure = both({ labels: { "stalewatch.image": "nothing:local" } });
    expect(change(unsure, { before }).divergences).toEqual([
      {
        ...shared,
        containerId: containerNamed("young"),
        runningImageId: imageNamed("v1.5"),
        others: [containerNamed("shop-web-1")],
      },
    ]);
  });

  it("one that was not looked at takes part still", () => {
    const before = seen(both());
    const { input, judgements } = look(both(), { now: "12:06", memory: before });
    const { divergences } = rememberScan({
      before,
      after: input.memory,
      snapshot: input.snapshot,
      judgements: judgements.filter(({ container: { name } }) => name !== "young"),
      open: new Set(),
      complete: false,
    });
    expect(divergences).toEqual([]);
  });

  it("one that is fresh now takes part no longer", () => {
    const before = seen(both());
    const back = rebuilt(
      {},
      { containers: [young], v2: image("v1.5", { tags: ["shop-web:latest"], built: "11:00" }) },
    );
    expect(change(back, { before }).divergences).toEqual([
      divergence({ newestImageId: imageNamed("v1.5") }),
    ]);
  });

  it("keep it while the old one goes away", () => {
    const watch = new Watch();
    watch.scan(rebuilt({}, { containers: [young] }), "12:05");
    const left = host({ containers: [young], images: [V1, V2] });
    watch.scan(left, "12:10");
    expect(watch.memory.divergences.get(WEB)).toEqual(
      divergence({ containerId: containerNamed("young"), runningImageId: imageNamed("v1.5") }),
    );
  });
});

it("what other commands write is left alone: holds, acks, quarantine", () => {
  const before = memory({ acks: { [WEB]: "13:00" }, quarantine: [[WEB, "v2"]] });
  const after = changedBy(before, change(rebuilt(), { before }));
  expect(after).toMatchObject({
    holds: before.holds,
    acks: before.acks,
    quarantine: before.quarantine,
  });
});
