import { describe, expect, it } from "vitest";
import { policyResolver, type EffectivePolicy } from "../../../src/domain/effective-policy.ts";
import type { PolicyConfig, Rule, RuleMatch } from "../../../src/domain/policy.ts";
import {
  container,
  host,
  image,
  memory,
  minutes,
  policy,
  remembered,
  V2,
  type ContainerSketch,
} from "./builders.ts";
import { taskSketch } from "./tasks.ts";
import { look } from "./watch.ts";

type Labels = Readonly<Record<string, string>>;

interface Setting {
  readonly config?: Partial<PolicyConfig>;
  readonly labels?: Labels;
  /** The labels of the image it runs; none if not said, null if they cannot be learned. */
  readonly imageLabels?: Labels | null;
  readonly of?: ContainerSketch;
}

function resolved({
  config = {},
  labels = {},
  imageLabels = {},
  of = {},
}: Setting): EffectivePolicy {
  return policyResolver(policy(config))(container({ ...of, labels }).row, imageLabels);
}

const warned = (setting: Setting): readonly string[] =>
  resolved(setting).warnings.map(({ code, message }) => `${code}: ${message}`);

describe("each layer goes before the one below it", () => {
  const top = { grace: minutes(20) };
  const rules = [{ match: { service: "web" }, grace: minutes(5) }];
  const labels = { "stalewatch.grace": "1m" };
  it.each<[string, Setting, number]>([
    ["built in", {}, 15],
    ["top level", { config: top }, 20],
    ["a rule", { config: { ...top, rules } }, 5],
    ["its label", { config: { ...top, rules }, labels }, 1],
    ["its label, no rule", { config: top, labels }, 1],
  ])("%s: %s", (_, setting, grace) => {
    expect(resolved(setting).grace).toBe(minutes(grace));
  });

  it("takes from a layer only what it says", () => {
    const both: Rule[] = [
      { match: {}, mode: "heal", grace: null, strategy: "newest-tag", tags: ["v*"] },
    ];
    const result = resolved({
      config: { ...top, rules: both },
      labels: { "stalewatch.tags": "w*" },
    });
    expect(result).toMatchObject({ mode: "heal", grace: minutes(20), strategy: "newest-tag" });
    expect(result.tags).toEqual(["w*"]);
  });

  it("lets the first matching rule hold, and no other", () => {
    const list: Rule[] = [
      { match: { service: "api" }, grace: minutes(1) },
      { match: { service: "web" }, grace: minutes(2) },
      { match: {}, grace: minutes(3), mode: "heal" },
    ];
    expect(resolved({ config: { rules: list } })).toMatchObject({
      grace: minutes(2),
      mode: "alert",
    });
  });
});

describe("a heal mode is its own", () => {
  const rule = (mode: "alert" | "heal" | null): Rule[] => [{ match: {}, mode }];
  it.each<[string, Setting, string]>([
    ["not from the top level", { config: { mode: "heal" } }, "heal"],
    ["from a rule", { config: { rules: rule("heal") } }, "heal, its own"],
    ["from its label", { labels: { "stalewatch.mode": "heal" } }, "heal, its own"],
    [
      "from a rule that repeats the top level",
      { config: { mode: "heal", rules: rule("heal") } },
      "heal, its own",
    ],
    ["not from a rule without a mode", { config: { mode: "heal", rules: rule(null) } }, "heal"],
  ])("%s", (_, setting, said) => {
    const { mode, modeIsOwn } = resolved(setting);
    expect(modeIsOwn ? `${mode}, its own` : mode).toBe(said);
  });
});

describe("a rule matches", () => {
  const of = { name: "shop-web-1" };
  const labels = { tier: "front", empty: "" };
  it.each<[RuleMatch, boolean]>([
    [{}, true],
    [{ project: "shop" }, true],
    [{ project: "sh*" }, true],
    [{ project: "blog" }, false],
    [{ service: "web" }, true],
    [{ service: "api" }, false],
    [{ name: "shop-web-?" }, true],
    [{ name: "web" }, false],
    [{ label: "tier" }, true],
    [{ label: "tier=front" }, true],
    [{ label: "tier=f*" }, true],
    [{ label: "tier=back" }, false],
    [{ label: "tier=" }, false],
    [{ label: "empty=" }, true],
    [{ label: "other" }, false],
    [{ project: "shop", service: "web", name: "*", label: "tier" }, true],
    [{ project: "shop", service: "api" }, false],
    [{ project: null, service: "web" }, true],
  ])("%j: %s", (match, matches) => {
    const config = { rules: [{ match, grace: minutes(1) }] };
    expect(resolved({ config, of, labels }).grace).toBe(minutes(matches ? 1 : 15));
  });

  it.each<[RuleMatch, boolean]>([
    [{ service: "shop_web" }, true],
    [{ project: "shop" }, true],
    [{ name: "shop_web.*" }, true],
    [{ service: "web" }, false],
  ])("a Swarm task by its stack and service: %j", (match, matches) => {
    const of = taskSketch("shop_web.1.x7f");
    const labels = { ...of.labels, "com.docker.stack.namespace": "shop" };
    const rules = [{ match, grace: minutes(1) }];
    expect(resolved({ config: { rules }, of, labels }).grace === minutes(1)).toBe(matches);
  });

  it("no project or service of a container without Compose", () => {
    const config = { rules: [{ match: { project: "*" }, grace: minutes(1) }] };
    expect(resolved({ config, of: { compose: null } }).grace).toBe(minutes(15));
  });
});

describe("a label", () => {
  it.each<[string, string, Partial<EffectivePolicy>]>([
    ["stalewatch.mode", "heal", { mode: "heal" }],
    ["stalewatch.mode", "alert", { mode: "alert" }],
    ["stalewatch.grace", "90s", { grace: 90_000 }],
    ["stalewatch.grace", "0", { grace: 0 }],
    ["stalewatch.strategy", "same-tag", { strategy: "same-tag" }],
    ["stalewatch.tags", "v*, w*", { tags: ["v*", "w*"] }],
    ["stalewatch.image", "reg:5000/web:2", { image: "reg:5000/web:2" }],
    ["stalewatch.enable", "true", { enable: { value: true, by: "label" } }],
    ["stalewatch.enable", "false", { enable: { value: false, by: "label" } }],
  ])("%s=%s", (label, value, says) => {
    const result = resolved({ labels: { [label]: value } });
    expect(result).toMatchObject(says);
    expect(result.warnings).toEqual([]);
  });

  it("may ask for newest-tag, with tags beside it", () => {
    const labels = { "stalewatch.strategy": "newest-tag", "stalewatch.tags": "v*" };
    expect(resolved({ labels })).toMatchObject({
      strategy: "newest-tag",
      tags: ["v*"],
      warnings: [],
    });
  });

  it("may ask for newest-tag with the tags of a layer below", () => {
    const labels = { "stalewatch.strategy": "newest-tag" };
    expect(resolved({ labels, config: { tags: ["v*"] } })).toMatchObject({
      strategy: "newest-tag",
    });
  });
});

describe("a wrong label is ignored, with the warning bad-label", () => {
  it.each([
    [
      "stalewatch.grace",
      "banana",
      'label stalewatch.grace="banana" ignored: a whole number followed by s, m, h or d, such as 90s, 15m, 6h or 2d',
    ],
    ["stalewatch.mode", "Heal", 'label stalewatch.mode="Heal" ignored: alert or heal'],
    ["stalewatch.enable", "yes", 'label stalewatch.enable="yes" ignored: true or false'],
    [
      "stalewatch.strategy",
      "latest",
      'label stalewatch.strategy="latest" ignored: same-tag or newest-tag',
    ],
    [
      "stalewatch.tags",
      "v[0-9]",
      'label stalewatch.tags="v[0-9]" ignored: globs separated by commas, such as v*,release-?',
    ],
    [
      "stalewatch.image",
      "a b",
      'label stalewatch.image="a b" ignored: an image name with or without a tag',
    ],
    [
      "stalewatch.image",
      `web@sha256:${"a".repeat(64)}`,
      `label stalewatch.image="web@sha256:${"a".repeat(49)}…" ignored: an image name with or without a tag`,
    ],
    [
      "stalewatch.strategy",
      "newest-tag",
      'label stalewatch.strategy="newest-tag" ignored: it needs stalewatch.tags beside it',
    ],
    [
      "stalewatch.gracee",
      "5m",
      'label stalewatch.gracee="5m" ignored: no such label; known: stalewatch.enable, stalewatch.mode, stalewatch.grace, stalewatch.image, stalewatch.strategy, stalewatch.tags',
    ],
  ])("%s=%s", (label, value, message) => {
    expect(warned({ labels: { [label]: value } })).toEqual([`bad-label: ${message}`]);
  });

  it.each<[string, string, Partial<EffectivePolicy>]>([
    ["stalewatch.grace", "banana", { grace: minutes(5) }],
    ["stalewatch.mode", "banana", { mode: "heal", modeIsOwn: true }],
    ["stalewatch.strategy", "banana", { strategy: "newest-tag" }],
    ["stalewatch.tags", "(", { tags: ["v*"] }],
    ["stalewatch.enable", "banana", { enable: { value: true, by: "filter" } }],
  ])("%s=%s: the rule below it holds", (label, value, holds) => {
    const rule: Rule = {
      match: {},
      grace: minutes(5),
      mode: "heal",
      strategy: "newest-tag",
      tags: ["v*"],
      enable: true,
    };
    expect(resolved({ labels: { [label]: value }, config: { rules: [rule] } })).toMatchObject(
      holds,
    );
  });

  it("and the others hold beside it", () => {
    const labels = { "stalewatch.grace": "banana", "stalewatch.mode": "heal" };
    expect(resolved({ labels })).toMatchObject({ mode: "heal", grace: minutes(15) });
  });

  it("is shown in full up to 60 characters, and cut beyond", () => {
    const shown = (length: number): string =>
      warned({ labels: { "stalewatch.mode": "x".repeat(length) } })[0]?.match(/"(.*)"/)?.[1] ?? "";
    expect([shown(60), shown(61)]).toEqual(["x".repeat(60), `${"x".repeat(60)}…`]);
  });

  it("is quoted, so that a hostile value stays one line", () => {
    const [warning] = warned({ labels: { "stalewatch.mode": '"\n<0>evil\u001b[31m' } });
    expect(warning).toBe(
      'bad-label: label stalewatch.mode="\\"\\n<0>evil\\u001b[31m" ignored: alert or heal',
    );
  });
});

describe("a label that the container inherited from its image is ignored", () => {
  const healing = { "stalewatch.mode": "heal" };
  const fromImage =
    "label-from-image: label stalewatch.mode ignored: it comes from the image, not from the container's definition";

  it("with the warning label-from-image", () => {
    const setting = { labels: healing, imageLabels: healing };
    expect(resolved(setting)).toMatchObject({ mode: "alert", modeIsOwn: false });
    expect(warned(setting)).toEqual([fromImage]);
  });

  it("each by itself: the container's own ones hold", () => {
    const labels = { ...healing, "stalewatch.grace": "1m" };
    expect(resolved({ labels, imageLabels: healing })).toMatchObject({
      mode: "alert",
      grace: minutes(1),
    });
  });

  it("but not when the container says something else than the image", () => {
    const imageLabels = { "stalewatch.mode": "alert" };
    expect(resolved({ labels: healing, imageLabels })).toMatchObject({
      mode: "heal",
      warnings: [],
    });
  });

  it("before anybody asks whether its value is right", () => {
    const wrong = { "stalewatch.grace": "banana" };
    expect(warned({ labels: wrong, imageLabels: wrong })[0]).toMatch(/^label-from-image: /);
  });

  it("where the image's labels are unknown, heal is not believed, all else is", () => {
    const labels = { ...healing, "stalewatch.grace": "1m" };
    const setting = { labels, imageLabels: null };
    expect(resolved(setting)).toMatchObject({ mode: "alert", grace: minutes(1) });
    expect(warned(setting)).toEqual([
      "label-from-image: label stalewatch.mode ignored: its image is gone, so it cannot be told whether the label comes from the image",
    ]);
  });

  it("alert is believed even then", () => {
    const setting = { labels: { "stalewatch.mode": "alert" }, imageLabels: null };
    expect(resolved({ ...setting, config: { mode: "heal" } })).toMatchObject({
      mode: "alert",
      warnings: [],
    });
  });
});

describe("the labels of the running image", () => {
  const healing = { "stalewatch.mode": "heal" };
  const labelled = image("v1", { labels: healing });
  const modes = (images: Parameters<typeof host>[0]["images"], knows = memory()): unknown => {
    const one = host({ containers: [container({ labels: healing })], images });
    return look(one, { now: "12:20", memory: knows }).judgements[0]?.mode;
  };

  it("are read from the engine's list", () => {
    expect(modes([labelled, V2])).toBe("alert");
    expect(modes([image("v1"), V2])).toBe("heal");
  });

  it("are read from memory when the engine has forgotten the image", () => {
    const knowing = (one: typeof V2) => memory({ images: [remembered(one, "10:05")] });
    expect(modes([V2], knowing(labelled))).toBe("alert");
    expect(modes([V2], knowing(image("v1")))).toBe("heal");
  });

  it("are unknown when nobody ever saw the image", () => {
    expect(modes([V2])).toBe("alert");
  });
});
