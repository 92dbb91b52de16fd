import { DURATION_FORM, parseDuration } from "./duration.ts";
import { anyGlob, glob, type GlobTest } from "./glob.ts";
import type { Milliseconds } from "./ids.ts";
import { POLICY_LABEL, POLICY_PREFIX } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { placeOf } from "./place.ts";
import {
  MODES,
  parseTagGlobs,
  STRATEGIES,
  type Mode,
  type PolicyConfig,
  type PolicyLayer,
  type Rule,
  type RuleMatch,
  type Strategy,
} from "./policy.ts";
import { parseReference } from "./reference.ts";
import type { Warning } from "./verdict.ts";

type Labels = Readonly<Record<string, string>>;

/** What holds for one container after all layers. */
export interface EffectivePolicy {
  readonly mode: Mode;
  /** True when a rule or label says this mode for the container, not the top level for all. */
  readonly modeIsOwn: boolean;
  readonly grace: Milliseconds;
  readonly strategy: Strategy;
  readonly tags: readonly string[] | null;
  /** The label `stalewatch.image`: the reference to follow in place of the container's own. */
  readonly image: string | null;
  /** Told to look or not to look; null when nobody said. */
  readonly enable: { readonly value: boolean; readonly by: "label" | "filter" } | null;
  readonly warnings: readonly Warning[];
}

export type PolicyResolver = (
  container: ObservedContainer,
  imageLabels: Labels | null,
) => EffectivePolicy;

const NO_WARNINGS: readonly Warning[] = [];

/** Compiles the layers once, so that a container costs only the rules that could match it. Later wins: top level,
 *  the first matching rule, the container's own labels. `imageLabels` are those of the image it runs, or null when
 *  they cannot be learned any more. */
export function policyResolver(config: PolicyConfig): PolicyResolver {
  const excluded = anyGlob(config.exclude);
  const rules = config.rules.map((rule) => ({ rule, matches: ruleTest(rule.match) }));
  const base: EffectivePolicy = {
    mode: config.mode,
    modeIsOwn: false,
    grace: config.grace,
    strategy: config.strategy,
    tags: config.tags,
    image: null,
    enable: null,
    warnings: NO_WARNINGS,
  };
  return (container, imageLabels) => {
    let policy = base;
    if (excluded(container.name)) policy = { ...policy, enable: { value: false, by: "filter" } };
    const rule = rules.find(({ matches }) => matches(container))?.rule;
    if (rule !== undefined) policy = withRule(policy, rule);
    return hasPolicyLabel(container.labels)
      ? withLabels(policy, container.labels, imageLabels)
      : policy;
  };
}

function withRule(policy: EffectivePolicy, rule: Rule): EffectivePolicy {
  const own = rule.enable ?? null;
  return {
    ...withLayer(policy, rule),
    enable: own === null ? policy.enable : { value: own, by: "filter" },
  };
}

function withLayer(policy: EffectivePolicy, layer: PolicyLayer): EffectivePolicy {
  return {
    ...policy,
    mode: layer.mode ?? policy.mode,
    modeIsOwn: policy.modeIsOwn || (layer.mode ?? null) !== null,
    grace: layer.grace ?? policy.grace,
    strategy: layer.strategy ?? policy.strategy,
    tags: layer.tags ?? policy.tags,
  };
}

function ruleTest(match: RuleMatch): (container: ObservedContainer) => boolean {
  const project = field(match.project);
  const service = field(match.service);
  const name = field(match.name);
  const label = labelTest(match.label ?? null);
  return (container) => {
    const place = placeOf(container);
    return (
      project(place.project) &&
      service(place.service) &&
      name(container.name) &&
      label(container.labels)
    );
  };
}

function field(pattern: string | null | undefined): (value: string | null) => boolean {
  if (pattern === null || pattern === undefined) return () => true;
  const test = glob(pattern);
  return (value) => value !== null && test(value);
}

function labelTest(text: string | null): (labels: Labels) => boolean {
  if (text === null) return () => true;
  const equals = text.indexOf("=");
  const key = equals < 0 ? text : text.slice(0, equals);
  const value: GlobTest = equals < 0 ? () => true : glob(text.slice(equals + 1));
  return (labels) => {
    const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return found !== undefined && value(found);
  };
}

export function hasPolicyLabel(labels: Labels): boolean {
  for (const key in labels) if (key.startsWith(POLICY_PREFIX)) return true;
  return false;
}

/** What a label's value must be, in words, or the layer that it makes. */
type LabelReading =
  { readonly layer: Partial<Omit<EffectivePolicy, "warnings">> } | { readonly allowed: string };

const READERS: Readonly<Record<string, (value: string) => LabelReading>> = {
  [POLICY_LABEL.enable]: (value) =>
    value === "true" || value === "false"
      ? { layer: { enable: { value: value === "true", by: "label" } } }
      : { allowed: "true or false" },
  [POLICY_LABEL.mode]: (value) => {
    const mode = MODES.find((known) => known === value);
    return mode === undefined ? { allowed: "alert or heal" } : { layer: { mode, modeIsOwn: true } };
  },
  [POLICY_LABEL.grace]: (value) => {
    const grace = parseDuration(value);
    return grace === null ? { allowed: DURATION_FORM } : { layer: { grace } };
  },
  [POLICY_LABEL.image]: (value) =>
    parseReference(value).kind === "tag"
      ? { layer: { image: value } }
      : { allowed: "an image name with or without a tag" },
  [POLICY_LABEL.strategy]: (value) => {
    const strategy = STRATEGIES.find((known) => known === value);
    return strategy === undefined ? { allowed: "same-tag or newest-tag" } : { layer: { strategy } };
  },
  [POLICY_LABEL.tags]: (value) => {
    const tags = parseTagGlobs(value);
    return tags === null
      ? { allowed: "globs separated by commas, such as v*,release-?" }
      : { layer: { tags } };
  },
};

function withLabels(
  policy: EffectivePolicy,
  labels: Labels,
  imageLabels: Labels | null,
): EffectivePolicy {
  const warnings: Warning[] = [];
  let result = policy;
  for (const key of Object.keys(labels)
    .filter((name) => name.startsWith(POLICY_PREFIX))
    .sort()) {
    const value = labels[key] ?? "";
    const origin = inherited(key, value, imageLabels);
    if (origin !== null) {
      warnings.push({ code: "label-from-image", message: `label ${key} ignored: ${origin}` });
      continue;
    }
    const reading = READERS[key]?.(value) ?? {
      allowed: `no such label; known: ${Object.keys(READERS).join(", ")}`,
    };
    if ("layer" in reading) result = { ...result, ...reading.layer };
    else warnings.push(badLabel(key, value, reading.allowed));
  }
  if (result.strategy === "newest-tag" && result.tags === null) {
    warnings.push(
      badLabel(POLICY_LABEL.strategy, "newest-tag", `it needs ${POLICY_LABEL.tags} beside it`),
    );
    result = { ...result, strategy: policy.strategy };
  }
  return { ...result, warnings };
}

function badLabel(key: string, value: string, allowed: string): Warning {
  const found = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return { code: "bad-label", message: `label ${key}=${found} ignored: ${allowed}` };
}

/** Why a label is not the container's own, or null if it is. Whoever builds an image must not decide that a host
 *  recreates containers: where the image's labels cannot be learned any more, `heal` is not believed. */
function inherited(key: string, value: string, imageLabels: Labels | null): string | null {
  if (imageLabels !== null)
    return imageLabels[key] === value
      ? "it comes from the image, not from the container's definition"
      : null;
  return key === POLICY_LABEL.mode && value === "heal"
    ? "its image is gone, so it cannot be told whether the label comes from the image"
    : null;
}
