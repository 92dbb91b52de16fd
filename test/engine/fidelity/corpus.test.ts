import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unexpectedDifferences } from "../../../src/domain/replacement/difference.ts";
import { isAtLeast } from "../../../src/domain/replacement/api-version.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { replacementFor } from "../../../src/domain/replacement/replacement.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { CORPUS } from "./corpus.ts";
import { discard, heal, type Healed } from "./healed.ts";
import { readMarks } from "./marks.ts";
import type { Sample, World } from "./sample.ts";
import { wishesIn, withoutMounts } from "./wishes.ts";
import { endWorld, makeWorld } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await makeWorld(await connectTestEngine());
});

afterAll(async () => {
  await endWorld(world);
});

describe.concurrent("a container that is replaced on a newer image keeps", () => {
  it.for(Object.entries(CORPUS))("%s", async ([name, sample], { skip }) => {
    const { since = "1.41" } = sample;
    skip(!isAtLeast(world.engine.apiVersion, since), `the engine has it from API ${since} on`);
    const healed = await heal(name, sample, world);
    const { input, replacement, after, again, marked } = healed;
    expect(unexpectedDifferences({ ...input, replacement: after })).toEqual([]);
    expect(wishesIn(after)).toEqual(wishesIn(again));
    expect(await readMarks(world.engine, after, marked)).toEqual(marked);
    await checkInside(String(after["Id"]), sample);
    sample.outside?.(after, world);
    expect(nextRequest(healed)).toEqual(withoutMounts(replacement.create));
    await discard(world.engine, healed);
  });
});

/** What the next heal would ask for. Its mounts are others: volumes that only the new image declares are then carried. */
function nextRequest({ input, after }: Healed): JsonObject | null {
  const answer = replacementFor({ ...input, old: after, oldImage: input.newImage.config });
  return answer.kind === "replacement" ? withoutMounts(answer.replacement.create) : null;
}

async function checkInside(container: string, { inside = {} }: Sample): Promise<void> {
  for (const [command, expected] of Object.entries(inside)) {
    const said = await execIn(world.engine, container, ["sh", "-c", command]);
    const text = said.replace(/\r?\n$/, "");
    expect(text, command).toEqual(
      typeof expected === "string" ? expected : expect.stringMatching(expected),
    );
  }
}
