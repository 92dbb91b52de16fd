import { describe, expect, it } from "vitest";
import type { ContainerState } from "../../../src/domain/observation.ts";
import {
  at,
  container,
  containerNamed,
  hold,
  host,
  image,
  imageNamed,
  memory,
  rebuilt,
  remembered,
  V1,
  V2,
  WEB,
  type ContainerSketch,
  type Host,
} from "./builders.ts";
import { judged, truth, type Row } from "./outcome.ts";
import { look } from "./watch.ts";

// Unless a row says otherwise: shop-web was built as v1 at 10:00 and again as v2 at 12:00, the container was created
// at 10:01 and runs v1, the grace is 15 min, and it is 12:20.

describe("a container that runs what its name means now", () => {
  const v1 = image("v1", { tags: ["shop-web:latest"], built: "10:00" });
  const unchanged = host({ containers: [container()], images: [v1] });
  truth([
    ["nothing was built since", { host: unchanged }, "fresh"],
    ["a fully cached rebuild moved the tag to the same ID", { host: retagged() }, "fresh"],
    ["another tag of the same image moved away", { host: besidesAnother() }, "fresh"],
  ]);

  function retagged(): Host {
    const again = image("v1", { tags: ["shop-web:latest"], built: "10:00", tagged: "12:00" });
    return host({ containers: [container()], images: [again] });
  }

  function besidesAnother(): Host {
    const other = image("other", { tags: ["shop-web:test"], built: "12:00" });
    return host({ containers: [container()], images: [v1, other] });
  }
});

describe("a container whose name was built again", () => {
  truth([
    [
      "a second before the grace ends",
      { host: rebuilt(), now: "12:14:59" },
      "pending tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "when the grace ends",
      { host: rebuilt(), now: "12:15" },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "no grace at all",
      { host: rebuilt(), now: "12:00", policy: { grace: 0 } },
      "stale tag-moved, 12:00–12:00, heal: mode",
    ],
    [
      "a cached rebuild went back to an image that was built before the running one",
      { host: movedBack() },
      "stale tag-moved, 12:00–12:15, rolled back, heal: mode",
    ],
    [
      "the old image was built reproducibly, so that no direction can be told",
      { host: rebuilt({ runs: "v0" }, { images: [image("v0", { built: 0 })] }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "the new image was built reproducibly: 1970 is no rollback",
      { host: rebuilt({}, { v2: reproducible() }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "it was created when v2 had been seen already: only under newest-tag that is a pin",
      {
        host: rebuilt({ created: "12:04" }),
        memory: memory({ images: [remembered(V2, "12:01")] }),
      },
      "stale tag-moved, 12:04–12:19, heal: mode",
    ],
    [
      "the list does not say its name, an inspect does",
      { host: rebuilt({ listed: "" }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "it is paused",
      { host: rebuilt({ state: "paused" }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "it is in a crash loop",
      { host: rebuilt({ state: "restarting" }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "it is one of several replicas",
      { host: rebuilt({ compose: "shop/web/2", name: "shop-web-2" }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "it is a Swarm task",
      { host: rebuilt({ compose: null, name: "web.1.x7f", labels: swarmTask() }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "plain docker run, no Compose",
      { host: rebuilt({ compose: null, name: "web" }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "it carries the temporary name that Compose 2.40 leaves, all alone",
      { host: rebuilt({ name: "0123456789ab_shop-web-1" }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
  ]);

  function movedBack(): Host {
    return rebuilt(
      {},
      { v2: image("v0", { tags: ["shop-web:latest"], built: "09:00", tagged: "12:00" }) },
    );
  }

  function reproducible(): typeof V2 {
    return image("v2", { tags: ["shop-web:latest"], built: 0, tagged: "12:00" });
  }

  function swarmTask(): Record<string, string> {
    return {
      "com.docker.swarm.service.name": "web",
      "com.docker.swarm.task.name": "web.1.x7f",
    };
  }
});

describe("the same name in other spellings", () => {
  const following = (follows: string, tag: string): Host =>
    rebuilt(
      { follows, listed: imageNamed("v1") },
      { v2: image("v2", { tags: [tag], built: "12:00" }) },
    );
  const stale = "stale tag-moved, 12:00–12:15, heal: mode";
  truth([
    ["without a tag", { host: following("web", "web:latest") }, stale],
    ["with docker.io", { host: following("docker.io/web", "web:latest") }, stale],
    ["with docker.io/library", { host: following("docker.io/library/web:1", "web:1") }, stale],
    [
      "a registry with a port",
      { host: following("reg:5000/a/web", "reg:5000/a/web:latest") },
      stale,
    ],
    ["localhost", { host: following("localhost/web", "localhost/web:latest") }, stale],
    ["a tag that looks like an ID", { host: following("cafe", "cafe:latest") }, stale],
  ]);

  it("goes by the tag when a name is spelled like the running image's own ID", () => {
    const spelled = imageNamed("v1").slice(7, 19);
    const tagged = image("v2", { tags: [`${spelled}:latest`], built: "12:00" });
    const [judgement] = look(rebuilt({ follows: spelled, listed: spelled }, { v2: tagged }), {
      now: "12:20",
    }).judgements;
    expect(judgement).toMatchObject({ verdict: "stale", reference: `${spelled}:latest` });
  });
});

describe("the containerd store, where the old image is gone once its tag has moved", () => {
  const cached = { tags: ["shop-web:latest"], built: "12:00" } as const;
  const store = "containerd";
  const running = (sketch: ContainerSketch, newest: Parameters<typeof image>[1]): Host =>
    host({
      store,
      containers: [container(sketch)],
      images: [image("v2", { ...cached, ...newest })],
    });
  const knewV1 = memory({ images: [remembered(image("v1", { contentKey: "same" }), "10:05")] });
  truth([
    [
      "a cached rebuild: new index, same platform manifest",
      { host: running({ manifest: "sha256:m1" }, { manifests: ["sha256:m0", "sha256:m1"] }) },
      "fresh",
    ],
    [
      "the newest image is the very manifest that it runs",
      { host: running({ manifest: imageNamed("v2") }, {}) },
      "fresh",
    ],
    [
      "a cached rebuild on an API without manifests, the old content is remembered",
      { host: running({}, { contentKey: "same" }), memory: knewV1 },
      "fresh",
    ],
    [
      "another manifest, but the same content under it",
      {
        host: running({ manifest: "sha256:m1" }, { manifests: ["sha256:m2"], contentKey: "same" }),
        memory: knewV1,
      },
      "fresh",
    ],
    [
      "another manifest",
      { host: running({ manifest: "sha256:m1" }, { manifests: ["sha256:m2"] }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "other content",
      { host: running({}, { contentKey: "other" }), memory: knewV1 },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "the old image was gone before anybody could look at it",
      { host: running({}, {}) },
      "stale tag-moved, 12:00–12:15, heal: mode, warns: identity-unknown",
    ],
    [
      "the newest image does not say what is in it",
      { host: running({}, { contentKey: null }), memory: knewV1 },
      "stale tag-moved, 12:00–12:15, heal: mode, warns: identity-unknown",
    ],
  ]);
});

describe("Podman, whose list keeps the name and whose tag time is always zero", () => {
  const tags = ["localhost/shop-web:latest"];
  const follows = "localhost/shop-web:latest";
  const podman = (runs: string): Host =>
    host({
      podman: true,
      containers: [container({ follows, runs, compose: null, name: "web" })],
      images: [V1, image("v2", { tags, built: "12:00", tagged: -62_135_596_800_000 })],
    });
  truth([
    ["it runs what the name means", { host: podman("v2") }, "fresh"],
    [
      "it runs an older build: the divergence is as old as it is known",
      { host: podman("v1") },
      "pending tag-moved, 12:20–12:35, heal: mode",
    ],
  ]);
});

describe("a container that follows no tag", () => {
  const digest = `sha256:${"d".repeat(64)}`;
  const short = imageNamed("v1").slice(7, 19);
  truth([
    [
      "pinned by digest",
      { host: rebuilt({ listed: `shop-web@${digest}` }) },
      "untracked pinned-by-digest",
    ],
    [
      "pinned by tag and digest, as Swarm does",
      { host: rebuilt({ listed: `shop-web:latest@${digest}` }) },
      "untracked pinned-by-digest",
    ],
    [
      "created by image ID",
      { host: rebuilt({ follows: imageNamed("v1") }) },
      "untracked pinned-by-id",
    ],
    ["created by a short ID", { host: rebuilt({ follows: short }) }, "untracked pinned-by-id"],
    [
      "created by a short ID with its algorithm",
      { host: rebuilt({ follows: `sha256:${short}` }) },
      "untracked pinned-by-id",
    ],
    [
      "the list shows another image's ID",
      { host: rebuilt({ listed: imageNamed("other") }) },
      "untracked pinned-by-id",
    ],
    ["its tag was removed", { host: rebuilt({ follows: "shop-old" }) }, "untracked tag-missing"],
    [
      "its only tag is <none>",
      { host: host({ containers: [container()], images: [V1] }) },
      "untracked tag-missing",
    ],
    [
      "the engine does not say its name",
      { host: rebuilt({ follows: "" }) },
      "untracked image-missing",
    ],
    ["its name is no name", { host: rebuilt({ listed: "Not A Name" }) }, "untracked image-missing"],
  ]);
});

describe("strategy newest-tag: the most recently built tag that matches", () => {
  const policy = { strategy: "newest-tag", tags: ["build-*"] } as const;
  const build = (tag: string, built: string | number, nickname = tag): typeof V2 =>
    image(nickname, { tags: [`shop-web:${tag}`], built });
  const running = (...images: readonly (typeof V2)[]): Host =>
    host({ containers: [container({ follows: "shop-web:build-1", runs: "build-1" })], images });
  const one = build("build-1", "10:00");
  const two = build("build-2", "12:00");
  truth([
    ["nothing newer", { host: running(one), policy }, "fresh"],
    [
      "a newer tag",
      { host: running(one, two), policy },
      "stale newer-tag, 12:00–12:15, heal: mode",
    ],
    [
      "a newer tag, still within the grace",
      { host: running(one, two), policy, now: "12:05" },
      "pending newer-tag, 12:00–12:15, heal: mode",
    ],
    [
      "a newer tag that does not match",
      { host: running(one, build("test-2", "12:00")), policy },
      "fresh",
    ],
    [
      "a newer tag of another repository",
      { host: running(one, image("x", { tags: ["shop-api:build-2"], built: "12:00" })), policy },
      "fresh",
    ],
    [
      "a tag built in the same second: natural order decides",
      { host: running(one, build("build-10", "10:00")), policy },
      "stale newer-tag, 10:01–10:16, heal: mode",
    ],
    [
      "two tags of the running image",
      {
        host: running(image("build-1", { tags: ["shop-web:build-1", "shop-web:build-9"] })),
        policy,
      },
      "fresh",
    ],
    [
      "its own tag was removed, and what is left is older: the way back",
      { host: running(build("build-0", "09:00"), build("main", "10:00", "build-1")), policy },
      "stale newer-tag, 10:01–10:16, rolled back, heal: mode",
    ],
    [
      "somebody put it in place when the newer one had been seen already",
      {
        host: host({
          containers: [
            container({ follows: "shop-web:build-1", runs: "build-1", created: "12:10" }),
          ],
          images: [one, two],
        }),
        policy,
        memory: memory({ images: [remembered(two, "12:05")] }),
      },
      "pending newer-tag, 12:10–12:25, rolled back, heal: mode",
    ],
    [
      "no tag matches",
      { host: running(build("main", "10:00", "build-1")), policy },
      "untracked tag-missing",
    ],
    [
      "a candidate was built reproducibly",
      { host: running(one, build("build-2", 0)), policy },
      "untracked build-time-unknown",
    ],
    [
      "a candidate was built in the future",
      { host: running(one, build("build-2", "12:21")), policy },
      "untracked build-time-unknown",
    ],
    [
      "an image that is no candidate was built reproducibly",
      { host: running(one, build("test-2", 0)), policy },
      "fresh",
    ],
  ]);
});

describe("a container that is not to be judged", () => {
  const labelled = (labels: Record<string, string>, sketch: ContainerSketch = {}): Host =>
    rebuilt({ ...sketch, labels });
  const inherits = (own: Record<string, string>, fromImage: Record<string, string>): Host =>
    host({
      containers: [container({ labels: own })],
      images: [image("v1", { labels: fromImage }), V2],
    });
  const oneOff = { "com.docker.compose.oneoff": "True" };
  const testcontainers = { "org.testcontainers": "true" };
  const kubernetes = { "io.kubernetes.pod.name": "web-0" };
  const enabled = { "stalewatch.enable": "true" };
  const stale = "stale tag-moved, 12:00–12:15, heal: mode";
  const rule = (
    enable: boolean,
  ): { readonly rules: readonly [{ match: object; enable: boolean }] } => ({
    rules: [{ match: { project: "shop" }, enable }],
  });
  const rows: Row[] = [
    ["its label says so", { host: labelled({ "stalewatch.enable": "false" }) }, "excluded label"],
    [
      "its name matches exclude",
      { host: rebuilt(), policy: { exclude: ["shop-*"] } },
      "excluded filter",
    ],
    ["a rule says so", { host: rebuilt(), policy: rule(false) }, "excluded filter"],
    [
      "it is stalewatch itself",
      { host: rebuilt(), self: containerNamed("shop-web-1") },
      "excluded self",
    ],
    ["a one-off of docker compose run", { host: labelled(oneOff) }, "excluded short-lived"],
    ["Kubernetes owns it", { host: labelled(kubernetes) }, "excluded managed-elsewhere"],
    [
      "Nomad owns it",
      { host: labelled({ "com.hashicorp.nomad.alloc_id": "a" }) },
      "excluded managed-elsewhere",
    ],
    [
      "systemd owns it, through Podman",
      { host: labelled({ PODMAN_SYSTEMD_UNIT: "web.service" }) },
      "excluded managed-elsewhere",
    ],
    [
      "a buildx builder",
      { host: rebuilt({ name: "buildx_buildkit_ci0" }) },
      "excluded short-lived",
    ],
    ["short-lived, but its label wants it", { host: labelled({ ...oneOff, ...enabled }) }, stale],
    ["short-lived, but a rule wants it", { host: labelled(oneOff), policy: rule(true) }, stale],
    [
      "its name matches exclude, but its label wants it",
      { host: labelled(enabled), policy: { exclude: ["*"] } },
      stale,
    ],
    [
      "its name matches exclude, but a rule wants it",
      { host: rebuilt(), policy: { exclude: ["*"], ...rule(true) } },
      stale,
    ],
    [
      "a rule wants it, but its label does not",
      { host: labelled({ "stalewatch.enable": "false" }), policy: rule(true) },
      "excluded label",
    ],
    [
      "managed elsewhere, and no label brings it back",
      { host: labelled({ ...kubernetes, ...enabled }) },
      "excluded managed-elsewhere",
    ],
    [
      "managed elsewhere, and no rule brings it back",
      { host: labelled(kubernetes), policy: rule(true) },
      "excluded managed-elsewhere",
    ],
    [
      "stalewatch itself, and no label brings it back",
      { host: labelled(enabled), self: containerNamed("shop-web-1") },
      "excluded self",
    ],
    [
      "one session's label from its image, another's of its own",
      { host: inherits({ ...testcontainers, "io.drone": "1" }, testcontainers) },
      "excluded short-lived",
    ],
    [
      "a session's label from its image, as memory knows",
      {
        host: host({ containers: [container({ labels: testcontainers })], images: [V2] }),
        memory: memory({ images: [remembered(image("v1", { labels: testcontainers }), "10:00")] }),
      },
      stale,
    ],
    [
      "a session's label, and nobody knows its image's any more",
      { host: host({ containers: [container({ labels: testcontainers })], images: [V2] }) },
      "excluded short-lived",
    ],
    [
      "excluded goes before untracked",
      { host: labelled(oneOff, { follows: "" }) },
      "excluded short-lived",
    ],
  ];
  for (const label of [
    "org.testcontainers",
    "org.testcontainers.sessionId",
    "com.gitlab.gitlab-runner.managed",
    "com.gitlab.gitlab-runner.type",
    "com.github.actions.runner",
    "io.drone",
    "devcontainer.local_folder",
    "devcontainer.config_file",
    "vsch.local.folder",
  ])
    rows.push(
      [`it has the label ${label}`, { host: labelled({ [label]: "" }) }, "excluded short-lived"],
      [
        `it has the label ${label} from its image only`,
        { host: inherits({ [label]: "1" }, { [label]: "1" }) },
        stale,
      ],
      [
        `it has a label ${label} other than its image's`,
        { host: inherits({ [label]: "2" }, { [label]: "1" }) },
        "excluded short-lived",
      ],
    );
  truth(rows);
});

describe("two containers of one service", () => {
  const old = container({ id: "old", name: "0123456789ab_shop-web-1", created: "10:01" });
  const replacement = container({ id: "new", runs: "v2", created: "12:10" });
  truth([
    [
      "the old one while its replacement starts",
      { host: host({ containers: [old, replacement], images: [V1, V2] }), of: old.row.name },
      "stale tag-moved, 12:00–12:15, heal: mode, warns: deploy-cut-off",
    ],
    [
      "the replacement",
      { host: host({ containers: [old, replacement], images: [V1, V2] }), of: "shop-web-1" },
      "fresh",
    ],
  ]);
});

describe("which containers are judged", () => {
  const LIVE: Readonly<Record<ContainerState, boolean>> = {
    running: true,
    paused: true,
    restarting: true,
    created: false,
    removing: false,
    exited: false,
    dead: false,
    unknown: false,
  };

  it.each(Object.entries(LIVE))("%s: %s", (state, isJudged) => {
    const one = rebuilt({ state: state as ContainerState });
    expect(look(one, { now: "12:20" }).judgements).toHaveLength(isJudged ? 1 : 0);
  });

  it("answers in the order of the engine's list", () => {
    const names = ["c", "a", "b"];
    const three = host({
      containers: names.map((name) => container({ name, compose: null })),
      images: [V1, V2],
    });
    const { judgements } = look(three, { now: "12:20" });
    expect(judgements.map((one) => one.container.name)).toEqual(names);
  });
});

describe("what else a judgement says", () => {
  const said = (sketch: Parameters<typeof memory>[0]): ReturnType<typeof judged> =>
    judged({ host: rebuilt(), memory: memory(sketch) });

  it("the hold that lasts longest, of those that cover it now", () => {
    const holds = [
      { ...hold({ project: "shop" }, "12:30"), id: "short" },
      { ...hold({ container: "shop-web-1" }, "13:00"), id: "long" },
      { ...hold({ project: "shop" }, "12:45"), id: "middle" },
      { ...hold({ project: "blog" }, "14:00"), id: "elsewhere" },
    ];
    expect(said({ holds }).hold?.id).toBe("long");
    expect(said({ holds: holds.toReversed() }).hold?.id).toBe("long");
    expect(said({ holds: [hold({ project: "shop" }, "12:20")] }).hold).toBeNull();
  });

  it("the ack of its subject, until that is over", () => {
    expect(said({ acks: { [WEB]: "12:21" } }).ack).toEqual({ until: at("12:21") });
    expect(said({ acks: { [WEB]: "12:20" } }).ack).toBeNull();
    expect(said({ acks: { "compose:shop/web/2": "12:21" } }).ack).toBeNull();
    expect(said({}).ack).toBeNull();
  });

  it("names the image by the tag that people type, with its revision", () => {
    const labels = { "org.opencontainers.image.revision": "4f2a9c1" };
    const v2 = image("v2", { tags: ["docker.io/library/shop-web:latest"], built: "12:00", labels });
    const [judgement] = look(rebuilt({ listed: imageNamed("v1") }, { v2 }), {
      now: "12:20",
    }).judgements;
    expect(judgement).toMatchObject({
      project: "shop",
      service: "web",
      reference: "shop-web:latest",
      running: { id: imageNamed("v1"), createdAt: V1.row.createdAt },
      newest: { id: imageNamed("v2"), tag: "shop-web:latest", revision: "4f2a9c1" },
    });
  });

  it("knows when a forgotten image was built, if it was ever asked about", () => {
    const gone = host({ store: "containerd", containers: [container()], images: [V2] });
    const built = (knows: Parameters<typeof memory>[0]): unknown =>
      look(gone, { now: "12:20", memory: memory(knows) }).judgements[0]?.running.createdAt;
    expect(built({ images: [remembered(V1, "10:05")] })).toBe(V1.row.createdAt);
    expect(built({})).toBeNull();
  });
});
