import { describe, expect, it } from "vitest";
import { BLOCK_TEXT, causeOf, explain } from "../../../src/domain/explain.ts";
import { isDiverged } from "../../../src/domain/verdict.ts";
import {
  at,
  container,
  containerNamed,
  host,
  image,
  imageNamed,
  memory,
  rebuilt,
  remembered,
  V1,
  V2,
  type Host,
} from "./builders.ts";
import { judged, type Scene } from "./outcome.ts";

/** What is said of the scene at 12:20. */
const said = (scene: Scene): string => explain(judged(scene), at("12:20"));
const labelled = (labels: Record<string, string>): Scene => ({ host: rebuilt({ labels }) });

describe("fresh", () => {
  it.each<[string, Scene]>([
    ["runs the newest local build of shop-web:latest", { host: rebuilt({ runs: "v2" }) }],
    [
      "runs the same content as shop-web:latest, whose ID a cached rebuild changed",
      {
        host: host({
          store: "containerd",
          containers: [container({ manifest: "m1" })],
          images: [cached()],
        }),
      },
    ],
  ])("%s", (text, scene) => {
    expect(said(scene)).toBe(text);
  });

  function cached(): typeof V2 {
    return image("v2", { tags: ["shop-web:latest"], manifests: ["m1"] });
  }
});

describe("diverged, and what is kept of it for later", () => {
  const policy = { strategy: "newest-tag", tags: ["b*"] } as const;
  const tagged = (tag: string, built: string): typeof V2 =>
    image(tag, { tags: [`shop-web:${tag}`], built });
  const following = (tag: string, ...images: readonly (typeof V2)[]): Host =>
    host({ containers: [container({ follows: `shop-web:${tag}`, runs: tag })], images });
  const pinned = container({ follows: "shop-web:b1", runs: "b1", created: "12:15" });
  const older = image("v0", { tags: ["shop-web:latest"], built: "09:00", tagged: "12:00" });
  it.each<[string, Scene, string, string]>([
    [
      "built again",
      { host: rebuilt() },
      "shop-web:latest was built again 20 min ago",
      "shop-web:latest was built again",
    ],
    [
      "built again this very second",
      { host: rebuilt({}, { v2: image("v2", { tags: ["shop-web:latest"], built: "12:20" }) }) },
      "shop-web:latest was built again just now",
      "shop-web:latest was built again",
    ],
    [
      "built again a second ago",
      { host: rebuilt({}, { v2: image("v2", { tags: ["shop-web:latest"], built: "12:19:59" }) }) },
      "shop-web:latest was built again 1 s ago",
      "shop-web:latest was built again",
    ],
    [
      "built again, and the engine has forgotten what runs",
      { host: host({ store: "containerd", containers: [container()], images: [V2] }) },
      "shop-web:latest was built again 20 min ago, and the image that runs is gone",
      "shop-web:latest was built again, and the image that runs is gone",
    ],
    [
      "loaded just now, built long ago",
      {
        host: rebuilt(
          {},
          { v2: image("v2", { tags: ["shop-web:latest"], built: "11:00", tagged: null }) },
        ),
      },
      "shop-web:latest was built again 80 min ago",
      "shop-web:latest was built again",
    ],
    [
      "built nobody knows when",
      { host: rebuilt({}, { v2: image("v2", { tags: ["shop-web:latest"], built: 0 }) }) },
      "shop-web:latest was moved to another image",
      "shop-web:latest was moved to another image",
    ],
    [
      "moved back",
      { host: rebuilt({}, { v2: older }) },
      "shop-web:latest was moved back to an older image, built 3 h 20 min ago",
      "shop-web:latest was moved back to an older image",
    ],
    [
      "a newer tag",
      { host: following("b1", tagged("b1", "10:00"), tagged("b2", "12:00")), policy },
      "shop-web:b2 was built 20 min ago, the container follows shop-web:b1",
      "shop-web:b2 was built, the container follows shop-web:b1",
    ],
    [
      "no newer tag is left",
      { host: following("main", tagged("main", "10:00"), tagged("b1", "09:00")), policy },
      "the newest matching tag, shop-web:b1, is older than what runs (shop-web:main)",
      "the newest matching tag, shop-web:b1, is older than what runs (shop-web:main)",
    ],
    [
      "pinned by hand",
      {
        host: host({
          containers: [pinned],
          images: [tagged("b1", "10:00"), tagged("b2", "12:00")],
        }),
        policy,
        memory: memory({ images: [remembered(tagged("b2", "12:00"), "12:05")] }),
      },
      "shop-web:b1 was put in place by hand when shop-web:b2 was already there",
      "shop-web:b1 was put in place by hand when shop-web:b2 was already there",
    ],
  ])("%s", (_, scene, text, cause) => {
    const judgement = judged(scene);
    if (!isDiverged(judgement)) throw new Error("not diverged");
    expect(explain(judgement, at("12:20"))).toBe(text);
    expect(causeOf(judgement)).toBe(cause);
  });
});

describe("untracked", () => {
  const digest = `shop-web@sha256:${"d".repeat(64)}`;
  const newest = { strategy: "newest-tag", tags: ["*"] } as const;
  it.each<[string, Scene]>([
    [
      `pinned by digest (${digest}): a local build cannot move it`,
      { host: rebuilt({ listed: digest }) },
    ],
    [
      "created by image ID: it follows no tag that a build could move",
      { host: rebuilt({ follows: imageNamed("v1") }) },
    ],
    [
      "no local image has the tag it follows (shop-web:latest)",
      { host: host({ containers: [container()], images: [V1] }) },
    ],
    ["the name of its image cannot be learned", { host: rebuilt({ follows: "" }) }],
    [
      "an image among the matching tags of shop-web:latest has no believable build time",
      {
        host: rebuilt({}, { v2: image("v2", { tags: ["shop-web:2"], built: 0 }) }),
        policy: newest,
      },
    ],
  ])("%s", (text, scene) => {
    expect(said(scene)).toBe(text);
  });
});

describe("excluded", () => {
  it.each<[string, Scene]>([
    ["its label stalewatch.enable=false says so", labelled({ "stalewatch.enable": "false" })],
    [
      "the configuration excludes it (exclude, or a rule with enable: false)",
      { host: rebuilt(), policy: { exclude: ["*"] } },
    ],
    ["this is stalewatch itself", { host: rebuilt(), self: containerNamed("shop-web-1") }],
    ["a one-off of docker compose run", labelled({ "com.docker.compose.oneoff": "True" })],
    ["lives for one job, test or session", labelled({ "devcontainer.local_folder": "/src" })],
    [
      "lives for one job, test or session",
      { host: rebuilt({ name: "buildx_buildkit_ci0", compose: null }) },
    ],
    [
      "Kubernetes manages it and replaces it itself",
      labelled({ "io.kubernetes.pod.name": "web-0" }),
    ],
    ["Nomad manages it and replaces it itself", labelled({ "com.hashicorp.nomad.alloc_id": "7" })],
    ["systemd manages it and replaces it itself", labelled({ PODMAN_SYSTEMD_UNIT: "web.service" })],
  ])("%s", (text, scene) => {
    expect(said(scene)).toBe(text);
  });
});

it("says of every heal block what it means", () => {
  expect(BLOCK_TEXT).toEqual({
    mode: "its mode is alert",
    "rolled-back": "going back to an older image is left to people",
    "identity-unknown": "it cannot be told whether the content differs",
    hold: "a hold is on it",
    window: "heal.window is closed",
    breaker: "too many services are due at once (heal.breaker)",
    quarantine: "this image failed here before",
    "deploy-under-way": "a deploy is under way",
    stateful: "it has a writable volume, and only a rule or label for it may say mode: heal",
    pulled:
      "the newest image was pulled, not built here, and only a rule or label may say mode: heal",
    "auto-remove": "it was started with --rm",
    "not-clonable": "a clone would lose something of it",
  });
});
