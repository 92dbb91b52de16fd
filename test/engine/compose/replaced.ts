import { imageId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { replacementFor } from "../../../src/domain/replacement/replacement.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { replaceByHand } from "../fidelity/by-hand.ts";
import { callForObject, inspect } from "../fidelity/raw-api.ts";

/** What must be known of a container while the image that it runs is there. */
export interface Before {
  readonly inspect: JsonObject;
  readonly image: JsonObject;
}

export async function lookBefore(engine: EngineConnection, container: string): Promise<Before> {
  const before = await inspect(engine, container);
  return { inspect: before, image: await configOf(engine, String(before["Image"])) };
}

/** Replaces it on what its tag means now, as a heal does; returns the new container's ID. */
export async function replaceOnNewest(engine: EngineConnection, before: Before): Promise<string> {
  const { Image: reference } = before.inspect["Config"] as { readonly Image: string };
  const { Id } = await callForObject(engine, "GET", `/images/${reference}/json`);
  const answer = replacementFor({
    old: before.inspect,
    oldImage: before.image,
    newImage: { id: imageId(String(Id)), reference, config: await configOf(engine, String(Id)) },
    apiVersion: engine.apiVersion,
    temporaryName: `${String(before.inspect["Name"]).slice(1)}.stalewatch-test-new`,
    replaced: new Map(),
  });
  if (answer.kind !== "replacement") throw new Error(`not clonable: ${answer.reason}`);
  const after = await replaceByHand(engine, before.inspect, answer.replacement);
  return String(after["Id"]);
}

async function configOf(engine: EngineConnection, image: string): Promise<JsonObject> {
  const { Config } = await callForObject(engine, "GET", `/images/${image}/json`);
  return Config as JsonObject;
}
