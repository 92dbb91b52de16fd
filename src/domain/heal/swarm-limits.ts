import type { Milliseconds } from "../ids.ts";
import type { Json, JsonObject } from "../replacement/json.ts";
import { objectAt, textsAt } from "../replacement/read.ts";
import { automaticHealthTimeout, type HealthSchedule } from "./gate.ts";

export interface SwarmLimits {
  /** How long all tasks must run without a change. */
  readonly settle: Milliseconds;
  /** How long nothing may change before all tasks run. Not the length of the update: that depends on their number. */
  readonly stall: Milliseconds;
}

/** As configured under `heal`. */
export interface SwarmSettings {
  readonly settle: Milliseconds;
  readonly healthTimeout: Milliseconds | "auto";
}

/** What an update may wait for without a sign of life: the pause between two tasks, a stop, a restart, a health check,
 *  and Swarm's own question to a registry that is slow to answer. */
export function swarmLimits(
  spec: JsonObject,
  imageConfig: JsonObject,
  { settle, healthTimeout }: SwarmSettings,
): SwarmLimits {
  const template = objectAt(spec, "TaskTemplate");
  const container = objectAt(template, "ContainerSpec");
  const health =
    healthTimeout === "auto"
      ? automaticHealthTimeout(healthSchedule(container, imageConfig))
      : healthTimeout;
  const waits = [
    span(objectAt(spec, "UpdateConfig")["Delay"], 0),
    span(container["StopGracePeriod"], 10_000),
    span(objectAt(template, "RestartPolicy")["Delay"], 5000),
    health,
    SPARE,
  ];
  return { settle, stall: waits.reduce((sum, wait) => sum + wait, 0) };
}

const SPARE: Milliseconds = 60_000;

/** The service's own check, filled up with its image's; null where there is none, or it was switched off. */
function healthSchedule(container: JsonObject, imageConfig: JsonObject): HealthSchedule | null {
  const image = objectAt(imageConfig, "Healthcheck");
  const own = objectAt(container, "Healthcheck");
  const test = textsAt("Test" in own ? own : image, "Test");
  if (["", "NONE"].includes(test[0] ?? "")) return null;
  const span_ = (key: string, otherwise: Milliseconds): Milliseconds =>
    span(own[key], span(image[key], otherwise));
  return {
    startPeriod: span_("StartPeriod", 0),
    interval: span_("Interval", 30_000),
    timeout: span_("Timeout", 30_000),
    retries: positive(own["Retries"]) ?? positive(image["Retries"]) ?? 3,
  };
}

const NANOSECONDS = 1e6;

/** From nanoseconds. The engine takes zero for "not said". */
function span(value: Json | undefined, otherwise: Milliseconds): Milliseconds {
  const nanoseconds = positive(value);
  return nanoseconds === null ? otherwise : nanoseconds / NANOSECONDS;
}

function positive(value: Json | undefined): number | null {
  return typeof value === "number" && value > 0 ? value : null;
}
