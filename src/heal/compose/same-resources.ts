import { createHash } from "node:crypto";
import { hashedText, type ComposeResource } from "../../domain/heal/compose-definition.ts";
import { COMPOSE } from "../../domain/labels.ts";
import type { JsonObject } from "../../domain/replacement/json.ts";
import { objectAt, textAt } from "../../domain/replacement/read.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";

/** The first network or volume that is defined otherwise than it was made, or null. Compose 2.40, but not 2.26, takes
 *  down a whole network whose definition changed, and would empty a volume. Only what such a Compose made itself carries
 *  a hash. */
export async function changedResource(
  resources: readonly ComposeResource[],
  engine: HealEngine,
  signal: AbortSignal,
): Promise<ComposeResource | null> {
  for (const resource of resources) {
    const found = await inspected(resource, engine, signal);
    const hash = textAt(objectAt(found, "Labels"), COMPOSE.configHash);
    if (hash !== "" && hash !== sha256(hashedText(resource))) return resource;
  }
  return null;
}

async function inspected(
  { kind, name }: ComposeResource,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<JsonObject> {
  const found =
    kind === "network" ? engine.inspectNetwork(name, signal) : engine.inspectVolume(name, signal);
  return (await found) ?? {};
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
