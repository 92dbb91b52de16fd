import { messageOf } from "../domain/error.ts";
import type { HealRecord } from "../domain/heal/record.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { objectAt, objectsAt, sameJson, textAt } from "../domain/replacement/read.ts";
import { volumeName } from "../domain/replacement/volumes.ts";
import { statusOf } from "../engine/call.ts";
import type { HealEngine } from "../engine/heal-engine.ts";

/** A bind whose source is missing becomes an empty folder silently, where the user had data. Only the engine can say
 *  what is on its host: the same sources, asked for as mounts, are refused when they are missing. The probe has the
 *  replacement's name, so that one which a crash leaves behind is removed as that one would be. */
export async function missingBindSource(
  { old, dependents, replacement: { name, create } }: HealRecord,
  engine: HealEngine,
): Promise<string | null> {
  const calls = new AbortController().signal;
  const sources: string[] = [];
  // What hangs on it is recreated only when it serves anew: by then it is late to learn that one cannot be.
  for (const one of [old, ...dependents.map((dependent) => dependent.old)])
    sources.push(...sourcesIn(one), ...(await devicesOfVolumes(one, engine, calls)));
  if (sources.length === 0) return null;
  try {
    const id = await engine.create(name, probe(create, sources), calls);
    await engine.remove(id, { volumes: true }, calls);
    return null;
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    return `something that is mounted is missing on the host: ${messageOf(error)}`;
  }
}

/** Folders and files of the host, device nodes among them. By what is mounted rather than by what was asked for: that
 *  tells `--volumes-from` as well, and mounts whose source the engine makes where it is missing. */
function sourcesIn(old: JsonObject): readonly string[] {
  const binds = objectsAt(old, "Mounts").filter((mount) => textAt(mount, "Type") === "bind");
  const devices = objectsAt(objectAt(old, "HostConfig"), "Devices");
  return [
    ...binds.map((bind) => textAt(bind, "Source")),
    ...devices.map((device) => textAt(device, "PathOnHost")),
  ].filter((source) => source.startsWith("/"));
}

/** What local volumes of the kind `-o type=none -o o=bind -o device=…` stand for. */
async function devicesOfVolumes(
  old: JsonObject,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = objectsAt(old, "Mounts")
    .map(volumeName)
    .filter((name) => name !== "");
  const devices: string[] = [];
  for (const name of new Set(names)) {
    const options = objectAt((await engine.inspectVolume(name, signal)) ?? {}, "Options");
    const device = textAt(options, "device");
    if (/(?:^|,)r?bind(?:,|$)/.test(textAt(options, "o")) && device.startsWith("/"))
      devices.push(device);
  }
  return devices;
}

function probe(create: JsonObject, sources: readonly string[]): JsonObject {
  const mounts = [...new Set(sources)].map((source, i) => ({
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
