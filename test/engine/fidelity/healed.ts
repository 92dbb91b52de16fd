import { imageId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import {
  replacementFor,
  type Replacement,
  type ReplacementInput,
} from "../../../src/domain/replacement/replacement.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { tagImage } from "../../harness/images.ts";
import { replaceByHand } from "./by-hand.ts";
import { imageOf } from "./images.ts";
import { markVolumes } from "./marks.ts";
import { call, callForObject, connect, create, inspect } from "./raw-api.ts";
import type { Sample, World } from "./sample.ts";

const GENERATED = /^[0-9a-f]{64}$/;

export interface Healed {
  /** What the replacement was made from. */
  readonly input: ReplacementInput;
  readonly replacement: Replacement;
  /** Inspect of the replacement, running under the old one's name. */
  readonly after: JsonObject;
  /** Places of the volumes with a mark in them. */
  readonly marked: readonly string[];
  /** Inspect of what the user would have by giving the same command again on the new image; never started. */
  readonly again: JsonObject;
}

/** Runs a sample on the first version of its image, moves its tag to the second, and replaces the container. */
export async function heal(name: string, sample: Sample, world: World): Promise<Healed> {
  const { engine } = world;
  const kind = sample.image ?? "served";
  const reference = `${uniqueName(`fidelity-${name}`)}:latest`;
  await tagImage(engine, await imageOf(engine, kind, 1), reference);
  const body = { Image: reference, ...sample.create(world) };
  const old = await started(uniqueName(name), body, sample, world);
  const marked = await markVolumes(engine, old, sample);
  const oldImage = await imageConfig(world, String(old["Image"]));
  await tagImage(engine, await imageOf(engine, kind, 2), reference);
  const input = await inputOf(old, oldImage, reference, world);
  const replacement = replacementOf(input);
  const after = await replaceByHand(engine, old, replacement);
  const again = await create(engine, uniqueName(`${name}-again`), body);
  return { input, replacement, after, marked, again: await inspect(engine, again) };
}

/** Removes both containers, and volumes that only they used. */
export async function discard(engine: EngineConnection, { after, again }: Healed): Promise<void> {
  for (const container of [after, again])
    await call(engine, "DELETE", `/containers/${String(container["Id"])}?force=1&v=1`);
  for (const { Name } of after["Mounts"] as readonly JsonObject[])
    if (GENERATED.test(String(Name)))
      await unlessHeld(call(engine, "DELETE", `/volumes/${String(Name)}`));
}

async function unlessHeld(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!/ (?:404|409) /.test(String(error))) throw error;
  });
}

/** As `docker run`, with what the user does to the container afterwards. */
async function started(
  name: string,
  body: JsonObject,
  sample: Sample,
  world: World,
): Promise<JsonObject> {
  const { engine } = world;
  const id = await create(engine, name, body);
  for (const { network, endpoint } of sample.connect?.(world) ?? [])
    await connect(engine, network, id, endpoint);
  await call(engine, "POST", `/containers/${id}/start`);
  const left = sample.disconnect?.(world);
  if (left !== undefined)
    await call(engine, "POST", `/networks/${left}/disconnect`, { Container: id });
  for (const command of sample.before ?? []) await execIn(engine, id, ["sh", "-c", command]);
  return inspect(engine, id);
}

async function inputOf(
  old: JsonObject,
  oldImage: JsonObject,
  reference: string,
  world: World,
): Promise<ReplacementInput> {
  const { Id } = await callForObject(world.engine, "GET", `/images/${reference}/json`);
  const id = imageId(String(Id));
  return {
    old,
    oldImage,
    newImage: { id, reference, config: await imageConfig(world, id) },
    apiVersion: world.engine.apiVersion,
    temporaryName: `${String(old["Name"]).slice(1)}.stalewatch-test-new`,
    replaced: new Map(),
  };
}

async function imageConfig({ engine }: World, id: string): Promise<JsonObject> {
  const { Config } = await callForObject(engine, "GET", `/images/${id}/json`);
  return Config as JsonObject;
}

function replacementOf(input: ReplacementInput): Replacement {
  const answer = replacementFor(input);
  if (answer.kind === "replacement") return answer.replacement;
  throw new Error(`not clonable: ${answer.reason}`);
}
