import { describe, expect, it } from "vitest";
import { healBlocksOf, type BlockInput } from "../../../src/domain/blocks.ts";
import { policyResolver } from "../../../src/domain/effective-policy.ts";
import type { PolicyConfig } from "../../../src/domain/policy.ts";
import { HEAL_BLOCKS, isDiverged, type HealBlock } from "../../../src/domain/verdict.ts";
import {
  ANONYMOUS_VOLUME,
  container,
  hold,
  host,
  image,
  memory,
  policy as policyOf,
  rebuilt,
  V1,
  V2,
  volume,
  WEB,
  type ContainerSketch,
  type Host,
} from "./builders.ts";
import { truth, type Scene } from "./outcome.ts";
import { task, taskSketch } from "./tasks.ts";
import { Watch } from "./watch.ts";

/** Heal mode for the whole host. */
const forAll: Partial<PolicyConfig> = { mode: "heal" };
/** Heal mode said of this very container. */
const forIt: Partial<PolicyConfig> = { rules: [{ match: { service: "web" }, mode: "heal" }] };

const blocked = (block: HealBlock): string => `stale tag-moved, 12:00–12:15, heal: ${block}`;
const FREE = "stale tag-moved, 12:00–12:15, heal: free";

describe("mode", () => {
  truth([
    ["alert, as built in", { host: rebuilt() }, blocked("mode")],
    ["heal for the whole host", { host: rebuilt(), policy: forAll }, FREE],
    ["heal by a rule", { host: rebuilt(), policy: forIt }, FREE],
    ["heal by its label", { host: rebuilt({ labels: { "stalewatch.mode": "heal" } }) }, FREE],
    [
      "alert by its label in a host of heal",
      { host: rebuilt({ labels: { "stalewatch.mode": "alert" } }), policy: forAll },
      blocked("mode"),
    ],
  ]);
});

describe("rolled-back and identity-unknown", () => {
  const older = image("v0", { tags: ["shop-web:latest"], built: "09:00", tagged: "12:00" });
  const forgotten = host({ store: "containerd", containers: [container()], images: [V2] });
  truth([
    [
      "the tag was moved back: going back is left to people",
      { host: rebuilt({}, { v2: older }), policy: forIt },
      "stale tag-moved, 12:00–12:15, rolled back, heal: rolled-back",
    ],
    [
      "it cannot be told whether the content differs",
      { host: forgotten, policy: forIt },
      "stale tag-moved, 12:00–12:15, heal: identity-unknown, warns: identity-unknown",
    ],
  ]);
});

describe("hold", () => {
  const holding = (...holds: ReturnType<typeof hold>[]): Scene => ({
    host: rebuilt(),
    policy: forIt,
    memory: memory({ holds }),
  });
  truth([
    ["on its project", holding(hold({ project: "shop" }, "12:21")), blocked("hold")],
    ["on the container", holding(hold({ container: "shop-web-1" }, "12:21")), blocked("hold")],
    ["over by now", holding(hold({ project: "shop" }, "12:20")), FREE],
    ["on another project", holding(hold({ project: "blog" }, "12:21")), FREE],
    ["on another container", holding(hold({ container: "shop-web-2" }, "12:21")), FREE],
    [
      "a hold does not stop the divergence's time",
      { ...holding(hold({ project: "shop" }, "13:00")), now: "12:14" },
      "pending tag-moved, 12:00–12:15, heal: hold",
    ],
  ]);
});

describe("window and quarantine", () => {
  const quarantined = (...failed: readonly [typeof WEB, string][]): Scene => ({
    host: rebuilt(),
    policy: forIt,
    memory: memory({ quarantine: failed }),
  });
  truth([
    [
      "the window is closed",
      { host: rebuilt(), policy: forIt, healWindowOpen: false },
      blocked("window"),
    ],
    ["the newest image failed here before", quarantined([WEB, "v2"]), blocked("quarantine")],
    ["another image failed here before", quarantined([WEB, "v1.9"]), FREE],
    [
      "it failed for another service",
      quarantined(["compose:shop/api/1" as typeof WEB, "v2"]),
      FREE,
    ],
  ]);
});

describe("of a Swarm service", () => {
  const tasks = (...others: ReturnType<typeof task>[]): Host =>
    host({ containers: [task("web.1.old"), ...others], images: [V1, V2] });
  const other = (created: string, sketch: ContainerSketch = {}): ReturnType<typeof task> =>
    task("web.2.new", { runs: "v2", created, ...sketch });
  const service = "swarm:web" as typeof WEB;
  const failed = (image: string): Scene => ({
    host: tasks(),
    policy: forIt,
    memory: memory({ quarantine: [[service, image]] }),
  });
  const held = (container: string): Scene => ({
    host: tasks(),
    policy: forIt,
    memory: memory({ holds: [hold({ container }, "13:00")] }),
  });
  truth([
    ["the newest image failed for the service before", failed("v2"), blocked("quarantine")],
    ["another image failed for it", failed("v1.9"), FREE],
    ["a hold is on the service, by its name", held("web"), blocked("hold")],
    ["a hold is on another service", held("webby"), FREE],
    [
      "Swarm is replacing its tasks: another one has the newest image for less than the grace",
      { host: tasks(other("12:10")), policy: forIt },
      blocked("deploy-under-way"),
    ],
    [
      "another one on the newest image failed, and is started again and again",
      { host: tasks(other("12:19", { state: "exited" })), policy: forIt },
      blocked("deploy-under-way"),
    ],
    [
      "another one has had the newest image for longer than that",
      { host: tasks(other("12:04")), policy: forIt },
      FREE,
    ],
    [
      "another one was started on an old image",
      { host: tasks(other("12:10", { runs: "v1.5" })), policy: forIt },
      FREE,
    ],
    [
      "another service got the newest image just now",
      { host: tasks(task("api.1.new", { runs: "v2", created: "12:10" })), policy: forIt },
      FREE,
    ],
    [
      "ended tasks of its own slot are no deploy: Swarm keeps them",
      { host: tasks(task("web.1.older", { state: "exited" })), policy: forIt },
      FREE,
    ],
  ]);
});

describe("deploy-under-way", () => {
  const leftover = (sketch: ContainerSketch): Scene => ({
    host: rebuilt({}, { containers: [container({ id: "other", runs: "v2", ...sketch })] }),
    policy: forIt,
    now: "12:14",
  });
  const underWay = "pending tag-moved, 12:00–12:15, heal: deploy-under-way";
  const free = "pending tag-moved, 12:00–12:15, heal: free";
  truth([
    [
      "a replacement was created beside it",
      leftover({ name: "0123456789ab_shop-web-1", state: "created" }),
      underWay,
    ],
    ["an old one lies beside it, stopped", leftover({ name: "old", state: "exited" }), underWay],
    ["both run", leftover({ name: "0123456789ab_shop-web-1" }), underWay],
    [
      "beyond the grace it was cut off",
      { ...leftover({ name: "0123456789ab_shop-web-1" }), now: "12:20" },
      "stale tag-moved, 12:00–12:15, heal: deploy-under-way, warns: deploy-cut-off",
    ],
    ["another replica beside it", leftover({ name: "shop-web-2", compose: "shop/web/2" }), free],
    ["another service beside it", leftover({ name: "shop-api-1", compose: "shop/api/1" }), free],
    ["the same service of another project", leftover({ name: "b", compose: "blog/web/1" }), free],
    [
      "a one-off of the same service beside it",
      leftover({ name: "run", labels: { "com.docker.compose.oneoff": "True" } }),
      free,
    ],
    [
      "our own replacement beside it",
      leftover({ name: "shop-web-1.stalewatch-h7-new", state: "created" }),
      free,
    ],
    [
      "our own set-aside one beside it",
      leftover({ name: "shop-web-1.stalewatch-h7-old", state: "exited" }),
      free,
    ],
    [
      "a stranger that merely sounds like ours beside it",
      leftover({ name: "shop-web-1.stalewatch-new", state: "exited" }),
      underWay,
    ],
    [
      "docker run of an image that Compose built for the service: it has no number",
      {
        ...leftover({ name: "dreamy_turing", compose: null, labels: builtByCompose() }),
        of: "shop-web-1",
      },
      free,
    ],
  ]);

  it("takes a lone container with a temporary name for an ordinary one", () => {
    const lone = rebuilt({ name: "0123456789ab_shop-web-1" });
    const [judgement] = new Watch().scan(lone, "12:14", { policy: forIt }).judgements;
    expect(judgement).toMatchObject({ subject: WEB, healBlockedBy: null });
  });

  function builtByCompose(): Record<string, string> {
    return { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" };
  }
});

describe("stateful: a writable volume", () => {
  const mounting = (mount: ReturnType<typeof volume>): Host => rebuilt({ mounts: [mount] });
  truth([
    ["a named volume", { host: mounting(volume("/data")), policy: forAll }, blocked("stateful")],
    [
      "an anonymous volume",
      { host: rebuilt({ mounts: [anonymous()], created: "12:00" }), policy: forAll },
      blocked("stateful"),
    ],
    ["read-only", { host: mounting(volume("/data", { writable: false })), policy: forAll }, FREE],
    [
      "a bind mount",
      { host: mounting(volume("/data", { type: "bind", name: "" })), policy: forAll },
      FREE,
    ],
    ["lifted by a rule for it", { host: mounting(volume("/data")), policy: forIt }, FREE],
    [
      "lifted by its label",
      { host: rebuilt({ mounts: [volume("/d")], labels: { "stalewatch.mode": "heal" } }) },
      FREE,
    ],
    [
      "not lifted by a rule about something else",
      {
        host: mounting(volume("/data")),
        policy: { ...forAll, rules: [{ match: { service: "web" }, grace: 900_000 }] },
      },
      blocked("stateful"),
    ],
  ]);

  function anonymous(): ReturnType<typeof volume> {
    return volume("/data", { name: ANONYMOUS_VOLUME });
  }
});

describe("pulled: the newest image bears a registry's digest", () => {
  const repoDigests = ["shop-web@sha256:abc"];
  const pulled = image("v2", { tags: ["shop-web:latest"], built: "12:00", repoDigests });
  const onContainerd = host({
    store: "containerd",
    containers: [container()],
    images: [V1, pulled],
  });
  truth([
    [
      "on the classic store",
      { host: rebuilt({}, { v2: pulled }), policy: forAll },
      blocked("pulled"),
    ],
    ["on the containerd store every image has one", { host: onContainerd, policy: forAll }, FREE],
    ["lifted by a rule for it", { host: rebuilt({}, { v2: pulled }), policy: forIt }, FREE],
  ]);
});

describe("auto-remove and not-clonable", () => {
  truth([
    [
      "started with --rm",
      { host: rebuilt({ autoRemove: true }), policy: forIt },
      blocked("auto-remove"),
    ],
    [
      "a clone would lose an inline secret",
      { host: rebuilt({ notClonable: "inline secrets" }), policy: forIt },
      blocked("not-clonable"),
    ],
  ]);
});

describe("breaker: more services due at once than allowed", () => {
  /** So many services with one replica each, all stale from 12:00. */
  const services = (count: number, sketch: (n: number) => ContainerSketch = () => ({})): Host =>
    host({
      containers: Array.from({ length: count }, (_, n) =>
        container({ name: `c${n}`, compose: `shop/s${n}/1`, ...sketch(n) }),
      ),
      images: [V1, V2],
    });

  const blocksAfterGrace = (one: Host, breaker: number): (HealBlock | null)[] => {
    const watch = new Watch();
    watch.scan(one, "12:05", { policy: { ...forAll, breaker } });
    const { judgements } = watch.scan(one, "12:20", { policy: { ...forAll, breaker } });
    return judgements.filter(isDiverged).map(({ healBlockedBy }) => healBlockedBy);
  };

  it("lets as many through as it says", () => {
    expect(blocksAfterGrace(services(3), 3)).toEqual([null, null, null]);
  });

  it("lets none through when one more is due", () => {
    expect(blocksAfterGrace(services(4), 3)).toEqual(Array(4).fill("breaker"));
  });

  it("counts the replicas of one service once", () => {
    const replicas = services(4, (n) => ({ compose: `shop/web/${n + 1}` }));
    expect(blocksAfterGrace(replicas, 1)).toEqual(Array(4).fill(null));
  });

  it("counts the tasks of one Swarm service once", () => {
    const tasks = services(4, (n) => taskSketch(`web.${n + 1}.x`));
    expect(blocksAfterGrace(tasks, 1)).toEqual(Array(4).fill(null));
  });

  it("counts a container without Compose as a service of its own", () => {
    expect(
      blocksAfterGrace(
        services(2, () => ({ compose: null })),
        1,
      ),
    ).toEqual(Array(2).fill("breaker"));
  });

  it("does not count what something else blocks, and leaves it its reason", () => {
    const one = services(3, (n) => (n === 0 ? { autoRemove: true } : {}));
    expect(blocksAfterGrace(one, 2)).toEqual(["auto-remove", null, null]);
  });

  it("leaves the others their reason when it stops those that are due", () => {
    const one = services(4, (n) => (n === 0 ? { autoRemove: true } : {}));
    expect(blocksAfterGrace(one, 2)).toEqual(["auto-remove", "breaker", "breaker", "breaker"]);
  });

  it("counts only what is due: at first sight no heal is", () => {
    const { judgements } = new Watch().scan(services(4), "12:20", {
      policy: { ...forAll, breaker: 3 },
    });
    expect(judgements.filter(isDiverged).map((one) => one.healBlockedBy)).toEqual(
      Array(4).fill(null),
    );
  });

  it("counts the same when it judges again", () => {
    const watch = new Watch();
    const scan = (time: string): unknown[] =>
      watch.scan(services(4), time, { policy: { ...forAll, breaker: 3 } }).judgements.map(blockOf);
    scan("12:05");
    expect(scan("12:20")).toEqual(scan("12:20"));
  });

  function blockOf(judgement: object): unknown {
    return "healBlockedBy" in judgement ? judgement.healBlockedBy : undefined;
  }
});

describe("when several hold, the first of this order is named", () => {
  const resolve = (config: Partial<PolicyConfig>): BlockInput["policy"] =>
    policyResolver(policyOf(config))(container().row, {});
  const one = container({ mounts: [volume("/data")], autoRemove: true, notClonable: "a secret" });
  /** Everything stands in its way. */
  const all: BlockInput = {
    container: one.row,
    policy: resolve({ mode: "alert" }),
    rolledBack: true,
    identity: "unknown",
    hold: hold({ project: "shop" }, "13:00"),
    windowOpen: false,
    quarantined: true,
    deployUnderWay: true,
    newest: image("v2", { repoDigests: ["shop-web@sha256:abc"] }).row,
    store: "classic",
    fact: one.fact,
    clones: true,
  };
  /** What removes each, one after the other. */
  const removal: readonly (readonly [HealBlock, Partial<BlockInput>])[] = [
    ["mode", { policy: resolve(forAll) }],
    ["rolled-back", { rolledBack: false }],
    ["identity-unknown", { identity: "different" }],
    ["hold", { hold: null }],
    ["window", { windowOpen: true }],
    ["quarantine", { quarantined: false }],
    ["deploy-under-way", { deployUnderWay: false }],
    ["stateful", { container: { ...one.row, mounts: [] } }],
    ["pulled", { newest: V2.row }],
    ["auto-remove", { fact: { ...one.fact, autoRemove: false } }],
    ["not-clonable", { fact: { ...one.fact, autoRemove: false, notClonable: null } }],
  ];

  it("names one after the other as they are removed, then none", () => {
    let input = all;
    const named = removal.map(([, less]) => {
      const [block = null] = healBlocksOf(input);
      input = { ...input, ...less };
      return block;
    });
    expect(named).toEqual(removal.map(([block]) => block));
    expect(healBlocksOf(input)).toEqual([]);
  });

  it("knows them all; the breaker needs all judgements and comes last", () => {
    expect([...removal.map(([block]) => block), "breaker"].sort()).toEqual([...HEAL_BLOCKS].sort());
  });

  it("takes a container nobody asked about for an ordinary one", () => {
    const nothing = removal.reduce<BlockInput>((input, [, less]) => ({ ...input, ...less }), all);
    expect(healBlocksOf({ ...nothing, fact: null })).toEqual([]);
  });

  it("lets Compose make again what a clone would lose something of", () => {
    const fact = { ...one.fact, autoRemove: false, notClonable: "inline secrets" };
    const nothing = removal.reduce<BlockInput>((input, [, less]) => ({ ...input, ...less }), all);
    expect(healBlocksOf({ ...nothing, fact })).toEqual(["not-clonable"]);
    expect(healBlocksOf({ ...nothing, fact, clones: false })).toEqual([]);
  });
});
