import type { Milliseconds } from "../ids.ts";
import type { Json, JsonObject } from "../replacement/json.ts";
import { isUnset, objectAt, pick } from "../replacement/read.ts";
import { gateLimits, type GateSettings } from "./gate-limits.ts";

export interface SwarmLimits {
  /** How long all tasks must run without a change. */
  readonly settle: Milliseconds;
  /** How long nothing may change before all tasks run. Not the length of the update: that depends on their number. */
  readonly stall: Milliseconds;
}

/** What an update may wait for without a sign of life: the pause between two tasks, a stop, a restart, a health check,
 *  and Swarm's own question to a registry that is slow to answer. */
export function swarmLimits(
  spec: JsonObject,
  imageConfig: JsonObject,
  settings: GateSettings,
): SwarmLimits {
  const template = objectAt(spec, "TaskTemplate");
  const container = objectAt(template, "ContainerSpec");
  const gate = gateLimits(checkOf(container, imageConfig), settings);
  const waits = [
    span(objectAt(spec, "UpdateConfig")["Delay"], 0),
    span(container["StopGracePeriod"], 10_000),
    span(objectAt(template, "RestartPolicy")["Delay"], 5000),
    gate.healthTimeout,
    SPARE,
  ];
  return { settle: gate.settle, stall: waits.reduce((sum, wait) => sum + wait, 0) };
}

const SPARE: Milliseconds = 60_000;

/** The service's own check, filled up with its image's. */
function checkOf(container: JsonObject, imageConfig: JsonObject): JsonObject {
  const own = objectAt(container, "Healthcheck");
  const said = pick(own, (_, value) => !isUnset(value) && value !== 0);
  return { Config: { Healthcheck: { ...objectAt(imageConfig, "Healthcheck"), ...said } } };
}

const NANOSECONDS = 1e6;

/** From nanoseconds. Swarm takes zero for "not said". */
function span(value: Json | undefined, otherwise: Milliseconds): Milliseconds {
  return typeof value === "number" && value > 0 ? value / NANOSECONDS : otherwise;
}
