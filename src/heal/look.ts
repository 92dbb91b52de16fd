import type { ContainerId } from "../domain/ids.ts";
import type { GateReading } from "../domain/heal/gate.ts";
import type { Sighting } from "../domain/heal/recovery.ts";
import type { Json, JsonObject } from "../domain/replacement/json.ts";

/** What a heal reads from an inspect. `Running` alone is true while restarting and while paused. */
export interface Look {
  readonly id: ContainerId;
  /** Without the leading slash. */
  readonly name: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sighting: Sighting;
  readonly gate: GateReading;
}

export function lookAt(inspect: JsonObject): Look {
  const state = object(inspect["State"]);
  const status = text(state["Status"]);
  return {
    id: text(inspect["Id"]) as ContainerId,
    name: text(inspect["Name"]).replace(/^\//, ""),
    imageId: text(inspect["Image"]),
    labels: object(object(inspect["Config"])["Labels"]) as Readonly<Record<string, string>>,
    sighting: sightingOf(status),
    gate: {
      status,
      exitCode: number(state["ExitCode"]),
      oomKilled: state["OOMKilled"] === true,
      restartCount: number(inspect["RestartCount"]),
      startedAt: text(state["StartedAt"]),
      health: healthOf(text(object(state["Health"])["Status"])),
    },
  };
}

function sightingOf(status: string): Sighting {
  if (status === "created") return "created";
  return ["running", "paused", "restarting"].includes(status) ? "running" : "exited";
}

function healthOf(status: string): GateReading["health"] {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : null;
}

function object(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function number(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}
