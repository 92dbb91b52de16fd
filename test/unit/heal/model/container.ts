import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import { objectAt, pick, textAt, textsAt } from "../../../../src/domain/replacement/read.ts";

/** `dead`: its removal was begun, and the engine died in the middle. */
export type ModelStatus = "created" | "running" | "exited" | "paused" | "dead";

/** A container as the model keeps it. Mutable: it is the world, not a message about it. */
export interface ModelContainer {
  readonly id: string;
  readonly image: string;
  /** The body of its create request. */
  readonly body: JsonObject;
  name: string;
  status: ModelStatus;
  exitCode: number;
  policy: JsonObject;
  /** Stopped through the API: `unless-stopped` leaves it down. */
  stoppedByHand: boolean;
  /** Which start of all starts it was; 0: never. */
  start: number;
  /** Its endpoints, by network. */
  readonly networks: Map<string, JsonObject>;
  /** The start of the container whose namespace it joined at its own. */
  joined: number;
  readonly volumes: ReadonlyMap<string, ModelVolume>;
}

export interface ModelVolume {
  /** A folder of the host has its path. */
  readonly name: string;
  /** Bound by its name in the request: such a one survives the removal of the container with its volumes. */
  readonly byName: boolean;
}

export function hostOf({ body }: ModelContainer): JsonObject {
  return objectAt(body, "HostConfig");
}

/** What its network, or else its PID namespace, is joined to: a name or an ID; "" for none. */
export function joinedTo(container: ModelContainer): string {
  const host = hostOf(container);
  const modes = [textAt(host, "NetworkMode"), textAt(host, "PidMode")];
  return modes.map((mode) => /^container:(.*)$/.exec(mode)?.[1] ?? "").find(Boolean) ?? "";
}

export function sharesPids(container: ModelContainer): boolean {
  return textAt(hostOf(container), "PidMode").startsWith("container:");
}

/** Ports that it publishes. */
export function portsOf(container: ModelContainer): readonly string[] {
  return Object.keys(objectAt(hostOf(container), "PortBindings"));
}

/** As `GET /containers/{id}/json`, as far as a heal reads it. */
export function inspectOf(container: ModelContainer): JsonObject {
  const { id, name, image, body, status, exitCode, start, networks, volumes } = container;
  const config = pick(body, (key) => key !== "HostConfig" && key !== "NetworkingConfig");
  const mounts = [...volumes].map(([place, { name: source }]) => ({
    ...(source.startsWith("/")
      ? { Type: "bind", Source: source }
      : { Type: "volume", Name: source, Source: `/volumes/${source}/_data` }),
    Destination: place,
    RW: true,
  }));
  return {
    Id: id,
    Name: `/${name}`,
    Image: image,
    // All at once: it has no clock.
    Created: "2026-01-01T00:00:00Z",
    RestartCount: 0,
    State: {
      Status: status,
      Running: status === "running" || status === "paused",
      ExitCode: exitCode,
      StartedAt: start === 0 ? "0001-01-01T00:00:00Z" : `start ${start}`,
    },
    Config: { ...config, Hostname: id.slice(0, 12) },
    HostConfig: { ...hostOf(container), RestartPolicy: container.policy },
    NetworkSettings: { Networks: Object.fromEntries(networks) },
    Mounts: mounts,
  };
}

/** The volumes that a request gives: those of its binds by name, and one of its own for each further place. */
export function volumesOf(
  body: JsonObject,
  inherited: ReadonlyMap<string, ModelVolume>,
  newName: () => string,
): Map<string, ModelVolume> {
  const volumes = new Map(inherited);
  for (const bind of textsAt(objectAt(body, "HostConfig"), "Binds")) {
    const [name = "", place = ""] = bind.split(":");
    volumes.set(place, { name, byName: true });
  }
  for (const place of Object.keys(objectAt(body, "Volumes")))
    if (!volumes.has(place)) volumes.set(place, { name: newName(), byName: false });
  return volumes;
}
