import type { Milliseconds } from "../ids.ts";
import type { Json, JsonObject } from "../replacement/json.ts";
import { isObject, objectAt, textsAt } from "../replacement/read.ts";
import { automaticHealthTimeout, type GateLimits, type HealthSchedule } from "./gate.ts";

/** How long a replacement has to prove itself, as configured. */
export interface GateSettings {
  readonly settle: Milliseconds;
  /** `auto`: from the container's own health check. */
  readonly healthTimeout: Milliseconds | "auto";
}

/** The limits for one container, by its raw inspect. */
export function gateLimits(
  inspect: JsonObject,
  { settle, healthTimeout }: GateSettings,
): GateLimits {
  return {
    settle,
    healthTimeout:
      healthTimeout === "auto" ? automaticHealthTimeout(healthSchedule(inspect)) : healthTimeout,
  };
}

const NANOSECONDS = 1e6;
/** What the engine assumes where a health check leaves it open: docs.docker.com/reference/dockerfile/#healthcheck. */
const DEFAULTS = { Interval: 30_000, Timeout: 30_000, StartPeriod: 0 } as const;
const DEFAULT_RETRIES = 3;

/** null without a health check, or with one that was switched off. */
export function healthSchedule(inspect: JsonObject): HealthSchedule | null {
  const check = objectAt(inspect, "Config")["Healthcheck"];
  if (!isObject(check) || ["", "NONE"].includes(textsAt(check, "Test")[0] ?? "")) return null;
  return {
    startPeriod: spanAt(check, "StartPeriod"),
    interval: spanAt(check, "Interval"),
    timeout: spanAt(check, "Timeout"),
    retries: positive(check["Retries"]) ?? DEFAULT_RETRIES,
  };
}

function spanAt(check: JsonObject, key: keyof typeof DEFAULTS): Milliseconds {
  const nanoseconds = positive(check[key]);
  return nanoseconds === null ? DEFAULTS[key] : nanoseconds / NANOSECONDS;
}

/** The engine takes zero for "not said". */
function positive(value: Json | undefined): number | null {
  return typeof value === "number" && value > 0 ? value : null;
}
