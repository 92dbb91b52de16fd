import { describe, expect, it } from "vitest";
import { WARNING_CODES } from "../../../src/domain/verdict.ts";
import {
  ANONYMOUS_VOLUME,
  builtFor,
  composeLabels,
  container,
  host,
  image,
  rebuilt,
  V1,
  V2,
  volume,
  type ContainerSketch,
  type Host,
  type ImageSketch,
  type SketchedImage,
} from "./builders.ts";
import { judged, outcomeOf, truth } from "./outcome.ts";

describe("newer-build-elsewhere: a later build for this service, under a name that it does not follow", () => {
  const followed = image("v1", { tags: ["shop_web:latest"], built: "10:00" });
  const elsewhere = (sketch: ImageSketch): SketchedImage =>
    image("elsewhere", {
      tags: ["shop-web:latest"],
      built: "12:00",
      labels: builtFor("shop", "web"),
      ...sketch,
    });
  const beside = (sketch: ImageSketch, of: ContainerSketch = {}, own = followed): Host =>
    host({
      containers: [container({ follows: "shop_web", ...of })],
      images: [own, elsewhere(sketch)],
    });
  const warned = "fresh, warns: newer-build-elsewhere";
  truth([
    [
      "Compose 2.x built shop-web, the container of 1.x follows shop_web",
      { host: beside({}) },
      warned,
    ],
    ["built under another tag", { host: beside({ tags: ["shop_web:dev"] }) }, warned],
    ["not later", { host: beside({ built: "10:00" }) }, "fresh"],
    ["for another service", { host: beside({ labels: builtFor("shop", "api") }) }, "fresh"],
    ["for another project", { host: beside({ labels: builtFor("blog", "web") }) }, "fresh"],
    ["without labels, as Compose 1.x builds", { host: beside({ labels: {} }) }, "fresh"],
    [
      "no build, but a container of the service that was committed",
      { host: beside({ labels: composeLabels("shop/web/1") }) },
      "fresh",
    ],
    ["no name at all: overwritten since", { host: beside({ tags: [] }) }, "fresh"],
    ["the container is not of Compose", { host: beside({}, { compose: null }) }, "fresh"],
    [
      "its own image was built reproducibly: nothing can be said of later",
      { host: beside({}, {}, image("v1", { tags: ["shop_web:latest"], built: 0 })) },
      "fresh",
    ],
    ["the other one's build time is in the future", { host: beside({ built: "12:21" }) }, "fresh"],
    [
      "diverged already, and a still later build elsewhere",
      { host: rebuilt({}, { images: [elsewhere({ tags: ["shop/web:ci"], built: "12:10" })] }) },
      "stale tag-moved, 12:00–12:15, heal: mode, warns: newer-build-elsewhere",
    ],
    [
      "diverged already, and the build elsewhere is older than the newest",
      { host: rebuilt({}, { images: [elsewhere({ tags: ["shop/web:ci"], built: "11:50" })] }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "diverged, and the newest image itself is the one",
      { host: host({ containers: [container()], images: [V1, elsewhere({})] }) },
      "stale tag-moved, 12:00–12:15, heal: mode",
    ],
    [
      "its own name has no image any more",
      { host: host({ containers: [container()], images: [V1, elsewhere({ tags: ["x:1"] })] }) },
      "untracked tag-missing, warns: newer-build-elsewhere",
    ],
    [
      "excluded: nothing is said",
      { host: beside({}, { labels: { "stalewatch.enable": "false" } }) },
      "excluded label",
    ],
  ]);

  it("names the latest, whatever the order of the list", () => {
    const late = [
      elsewhere({}),
      image("later", laterBuild(["b:1"])),
      image("same", laterBuild(["a:1"])),
    ];
    const messages = [late, [...late].reverse()].map((images) =>
      judged({
        host: host({
          containers: [container({ follows: "shop_web" })],
          images: [followed, ...images],
        }),
      }).warnings.map(({ message }) => message),
    );
    expect(messages[0]).toEqual(messages[1]);
    expect(messages[0]).toHaveLength(1);
    expect(messages[0]?.[0]).toMatch(
      /^[ab]:1 was built for this service 2 h 10 min later, under a name that this container does not follow$/,
    );
  });

  function laterBuild(tags: readonly string[]): ImageSketch {
    return { tags, built: "12:10", labels: builtFor("shop", "web") };
  }
});

describe("volume-shadows-image: an anonymous volume older than the newest image", () => {
  const anonymous = volume("/srv/www", { name: ANONYMOUS_VOLUME });
  const mounting = (sketch: ContainerSketch): Host => rebuilt(sketch);
  const plain = "stale tag-moved, 12:00–12:15, heal: mode";
  const warned = `${plain}, warns: volume-shadows-image`;
  truth([
    ["there since before the build", { host: mounting({ mounts: [anonymous] }) }, warned],
    [
      "read-only, which hides as much",
      { host: mounting({ mounts: [{ ...anonymous, writable: false }] }) },
      warned,
    ],
    [
      "one warning for each",
      { host: mounting({ mounts: [anonymous, volume("/var", { name: ANONYMOUS_VOLUME })] }) },
      `${warned} volume-shadows-image`,
    ],
    ["a named volume", { host: mounting({ mounts: [volume("/srv/www")] }) }, plain],
    ["a bind mount", { host: mounting({ mounts: [{ ...anonymous, type: "bind" }] }) }, plain],
    [
      "there only since the build",
      { host: mounting({ mounts: [anonymous], created: "12:00" }) },
      plain,
    ],
    ["fresh: nothing to warn of", { host: rebuilt({ mounts: [anonymous], runs: "v2" }) }, "fresh"],
  ]);

  it("says which path", () => {
    expect(judged({ host: mounting({ mounts: [anonymous] }) }).warnings[0]?.message).toBe(
      "an anonymous volume older than the newest image covers /srv/www: " +
        "files there may stay old even after a recreate",
    );
  });
});

it("no warning changes the verdict, and all ride together", () => {
  const labels = { "stalewatch.grace": "banana", "stalewatch.mode": "heal" };
  const forgotten = container({
    labels,
    mounts: [volume("/srv", { name: ANONYMOUS_VOLUME })],
  });
  const rival = container({ id: "rival", name: "0123456789ab_shop-web-1", runs: "v2" });
  const later = image("later", {
    tags: ["x:1"],
    built: "12:10",
    labels: builtFor("shop", "web"),
  });
  const one = host({ store: "containerd", containers: [forgotten, rival], images: [V2, later] });
  const said = outcomeOf(judged({ host: one }));
  const all = `bad-label label-from-image newer-build-elsewhere identity-unknown volume-shadows-image deploy-cut-off`;
  expect(said).toBe(`stale tag-moved, 12:00–12:15, heal: mode, warns: ${all}`);
  expect(all.split(" ").sort()).toEqual([...WARNING_CODES].sort());
});
