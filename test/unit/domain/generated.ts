import fc from "fast-check";
import type { ContainerState } from "../../../src/domain/observation.ts";
import type { PolicyConfig } from "../../../src/domain/policy.ts";
import {
  at,
  builtFor,
  container,
  hold,
  host,
  image,
  imageNamed,
  memory,
  minutes,
  volume,
  WEB,
  type Host,
  type HostSketch,
  type SketchedContainer,
  type SketchedImage,
} from "./builders.ts";

// Hosts as fast-check makes them up. Few names, so that they meet: what is interesting happens where two containers
// stand for one subject, a tag is gone, or a time cannot be believed.

const NICKNAMES = ["v1", "v2", "v3", "v4"] as const;
const CONTENTS = ["a", "b"] as const;
const TAGS = ["shop-web:latest", "shop-web:b1", "shop-web:b2", "api:latest"] as const;

/** What an image is made of, in truth, whatever the engine tells of it. */
type Contents = Readonly<Record<string, (typeof CONTENTS)[number]>>;

/** Minutes of the day from 08:00 to 13:00; the tests look at 12:30. */
const time = fc.integer({ min: 480, max: 780 }).map(minutes);
const clock = time.map((since) => at("00:00") + since);
const builtAt = fc.oneof({ weight: 6, arbitrary: clock }, { weight: 1, arbitrary: fc.constant(0) });
const taggedAt = fc.oneof(
  { weight: 6, arbitrary: clock },
  { weight: 1, arbitrary: fc.constantFrom(null, 0, -62_135_596_800_000) },
);
const maybe = fc.boolean();

const labels = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { "stalewatch.mode": "heal" },
  { "stalewatch.grace": "1m" },
  { "stalewatch.grace": "banana" },
  { "stalewatch.enable": "false" },
  { "stalewatch.strategy": "newest-tag", "stalewatch.tags": "b*" },
  { "stalewatch.image": "shop-web:b1" },
  { "com.docker.compose.oneoff": "True" },
);

function imageOf(nickname: string, content: string): fc.Arbitrary<SketchedImage> {
  return fc
    .record({
      built: builtAt,
      tagged: taggedAt,
      labels: fc.constantFrom({}, {}, { "stalewatch.mode": "heal" }, builtFor("shop", "web")),
      repoDigests: fc.constantFrom([], [], [`shop-web@sha256:${nickname}`]),
      tellsManifest: maybe,
      tellsContent: maybe,
    })
    .map(({ tellsManifest, tellsContent, ...sketch }) =>
      image(nickname, {
        ...sketch,
        manifests: tellsManifest ? [`manifest of ${content}`] : [],
        contentKey: tellsContent ? content : null,
      }),
    );
}

function containerOf(id: string, contents: Contents): fc.Arbitrary<SketchedContainer> {
  return fc
    .record({
      runs: fc.constantFrom(...NICKNAMES),
      compose: fc.constantFrom("shop/web/1", "shop/web/1", "shop/web/2", "shop/api/1", null),
      follows: fc.constantFrom(
        ...["shop-web", "shop-web", "shop-web", "shop-web:b1", "api:latest", "gone", ""],
        ...[imageNamed("v1"), `shop-web@sha256:${"d".repeat(64)}`],
      ),
      created: clock,
      state: fc.constantFrom<ContainerState>("running", "running", "running", "paused", "exited"),
      labels,
      mounts: fc.constantFrom([], [], [volume("/data")]),
      tellsManifest: maybe,
      autoRemove: fc.constantFrom(false, false, true),
    })
    .map(({ tellsManifest, ...sketch }) => {
      const manifest = `manifest of ${contents[sketch.runs] ?? ""}`;
      return container({ ...sketch, id, name: id, ...(tellsManifest ? { manifest } : {}) });
    });
}

export interface GeneratedHost {
  readonly sketch: HostSketch;
  readonly contents: Contents;
}

/** Each tag is on one image or on none; each image is listed or not. */
export const hosts: fc.Arbitrary<GeneratedHost> = fc
  .record({ v1: content(), v2: content(), v3: content(), v4: content() })
  .chain((contents) =>
    fc
      .record({
        store: fc.constantFrom<"classic" | "containerd">("classic", "containerd"),
        images: fc.tuple(...NICKNAMES.map((nickname) => imageOf(nickname, contents[nickname]))),
        listed: fc.tuple(...NICKNAMES.map(() => fc.constantFrom(true, true, true, false))),
        owners: fc.tuple(...TAGS.map(() => fc.integer({ min: 0, max: NICKNAMES.length }))),
        containers: fc.tuple(...["c1", "c2", "c3", "c4"].map((id) => containerOf(id, contents))),
      })
      .map(({ store, images, listed, owners, containers }) => ({
        contents,
        sketch: {
          store,
          containers,
          images: images
            .map((one, n) =>
              withTags(
                one,
                TAGS.filter((_, tag) => owners[tag] === n),
              ),
            )
            .filter((_, n) => listed[n] === true),
        },
      })),
  );

function content(): fc.Arbitrary<(typeof CONTENTS)[number]> {
  return fc.constantFrom(...CONTENTS);
}

function withTags(one: SketchedImage, tags: readonly string[]): SketchedImage {
  return { ...one, row: { ...one.row, tags } };
}

/** The same host with both lists in another order. */
export function reordered({ sketch }: GeneratedHost): fc.Arbitrary<Host> {
  const whole = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...list], { minLength: list.length });
  return fc
    .record({ containers: whole(sketch.containers), images: whole(sketch.images) })
    .map((lists) => host({ ...sketch, ...lists }));
}

export const policies: fc.Arbitrary<Partial<PolicyConfig>> = fc.record({
  mode: fc.constantFrom<"alert" | "heal">("alert", "heal"),
  grace: fc.constantFrom(0, minutes(15), minutes(60)),
  breaker: fc.constantFrom(0, 1, 5),
  rules: fc.constantFrom(
    [],
    [{ match: { service: "web" }, mode: "heal" as const, grace: minutes(5) }],
    [{ match: { name: "c1" }, strategy: "newest-tag" as const, tags: ["b*", "latest"] }],
  ),
});

/** What people told it before: a hold, an ack, an image that failed. */
export const told = fc.constantFrom(
  memory(),
  memory({ holds: [hold({ project: "shop" }, "12:45"), hold({ container: "c1" }, "13:00")] }),
  memory({ acks: { [WEB]: "13:00" }, quarantine: [[WEB, "v2"]] }),
);
