import { messageOf } from "../domain/error.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { objectAt, objectsAt, sameJson, textAt, textsAt } from "../domain/replacement/read.ts";
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
  const calls = new AbortController().signal;
  const sources = [...sourcesIn(create), ...(await devicesOfVolumes(create, engine, calls))];
  if (sources.length === 0) return null;
  try {
    const id = await engine.create(name, probe(create, sources), calls);
    await engine.remove(id, { volumes: true }, calls);
    return null;
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    return `something that it mounts is missing on the host: ${messageOf(error)}`;
  }
}

/** Folders and files of the host, device nodes among them. */
function sourcesIn(create: JsonObject): readonly string[] {
  const host = objectAt(create, "HostConfig");
  const devices = objectsAt(host, "Devices").map((device) => textAt(device, "PathOnHost"));
  return [...bound(host), ...devices].filter((source) => source.startsWith("/"));
}

function bound(host: JsonObject): readonly string[] {
  return textsAt(host, "Binds").map((bind) => bind.split(":")[0] ?? "");
}

/** What local volumes of the kind `-o type=none -o o=bind -o device=…` stand for. */
async function devicesOfVolumes(
  create: JsonObject,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const host = objectAt(create, "HostConfig");
  const mounted = objectsAt(host, "Mounts").filter((mount) => textAt(mount, "Type") === "volume");
  const names = [...bound(host), ...mounted.map((mount) => textAt(mount, "Source"))].filter(
    (name) => name !== "" && !name.startsWith("/"),
  );
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
