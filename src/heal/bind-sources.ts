import { messageOf } from "../domain/error.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { objectAt, sameJson, textsAt } from "../domain/replacement/read.ts";
import type { Replacement } from "../domain/replacement/replacement.ts";
import { statusOf } from "../engine/call.ts";
import type { HealEngine } from "../engine/heal-engine.ts";

/** A bind whose source is missing becomes an empty folder silently, where the user had data. Only the engine can say
 *  what is on its host: the same sources, asked for as mounts, are refused when they are missing. The probe has the
 *  replacement's name, so that one which a crash leaves behind is removed as that one would be. */
export async function missingBindSource(
  { name, create }: Replacement,
  engine: HealEngine,
): Promise<string | null> {
  const sources = bindSources(create);
  if (sources.length === 0) return null;
  const calls = new AbortController().signal;
  try {
    const id = await engine.create(name, probe(create, sources), calls);
    await engine.remove(id, { volumes: true }, calls);
    return null;
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    return `something that it mounts is missing on the host: ${messageOf(error)}`;
  }
}

function bindSources(create: JsonObject): readonly string[] {
  return textsAt(objectAt(create, "HostConfig"), "Binds")
    .map((bind) => bind.split(":")[0] ?? "")
    .filter((source) => source.startsWith("/"));
}

function probe(create: JsonObject, sources: readonly string[]): JsonObject {
  const mounts = sources.map((source, i) => ({
    Type: "bind",
    Source: source,
    Target: `/stalewatch-probe/${i}`,
    ReadOnly: true,
  }));
  return {
    Image: create["Image"] ?? "",
    Cmd: PROBE,
    HostConfig: { NetworkMode: "none", Mounts: mounts },
  };
}

/** Whether it is not a replacement but such a probe, which a crash has left behind. */
export async function isProbe(id: ContainerId, engine: HealEngine): Promise<boolean> {
  const inspect = await engine.inspect(id, new AbortController().signal);
  return inspect !== null && sameJson(objectAt(inspect, "Config")["Cmd"], PROBE);
}

const PROBE = ["/probe"];
