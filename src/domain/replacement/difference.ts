import { configDifferences } from "./config-difference.ts";
import { filledConfig } from "./filled-config.ts";
import { hostDifferences } from "./host-difference.ts";
import type { JsonObject } from "./json.ts";
import { mountDifferences } from "./mount-difference.ts";
import { networkDifferences } from "./network-difference.ts";
import { networkPlan } from "./networks.ts";
import { asDocker } from "./podman.ts";
import { objectAt, pick, textAt } from "./read.ts";
import { replacementFor, type Replacement, type ReplacementInput } from "./replacement.ts";

export interface Comparison extends ReplacementInput {
  /** Inspect of the replacement after the commit: it has its name and its restart policy. */
  readonly replacement: JsonObject;
  /** Inspects of replaced containers whose volumes it has. */
  readonly sources?: readonly JsonObject[];
}

/** Differences between the two inspects beyond those that must be: one plain sentence each, without values, which may be
 *  secrets. Empty after a faithful heal. */
export function unexpectedDifferences(input: Comparison): readonly string[] {
  const answer = replacementFor(input);
  if (answer.kind === "not-clonable") return [answer.reason];
  const { newImage, apiVersion } = input;
  const old = asDocker(input.old, input.oldImage ?? {});
  const replacement = asDocker(input.replacement, newImage.config);
  const plan = networkPlan(old, apiVersion);
  return [
    ...identityDifferences(input),
    ...configDifferences(expectedConfig(answer.replacement, newImage.config), replacement),
    ...hostDifferences(expectedHostConfig(answer.replacement), replacement),
    ...(plan === null ? [] : networkDifferences(plan, old, replacement)),
    ...mountDifferences(old, replacement, newImage.config, input.sources),
  ];
}

function identityDifferences({ old, replacement, newImage }: Comparison): string[] {
  const sameName = textAt(old, "Name") === textAt(replacement, "Name");
  const image = textAt(replacement, "Image");
  return [
    ...(sameName ? [] : [`its name is ${textAt(replacement, "Name").replace(/^\//, "")}`]),
    ...(image === newImage.id ? [] : [`it runs image ${image}`]),
  ];
}

function expectedConfig({ create }: Replacement, image: JsonObject): JsonObject {
  const isConfig = (key: string): boolean => key !== "HostConfig" && key !== "NetworkingConfig";
  return filledConfig(pick(create, isConfig), image);
}

function expectedHostConfig({ create, restartPolicy }: Replacement): JsonObject {
  const host = objectAt(create, "HostConfig");
  return restartPolicy === null ? host : { ...host, RestartPolicy: restartPolicy };
}
