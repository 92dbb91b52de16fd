import type { Json, JsonObject } from "./json.ts";
import { isObject, objectAt, objectsAt, pick, sameJson, textAt, textsAt } from "./read.ts";

/** What Podman puts into every container's environment, whatever image and user say. */
const MARK = "container=podman";
const ADDED: ReadonlySet<string> = new Set([MARK, "TERM=xterm", "HOME=/", "HOME=/root"]);
/** Nanoseconds and a count, filled into a healthcheck that leaves them out. */
const HEALTH_DEFAULTS: JsonObject = { Interval: 30e9, Timeout: 30e9, Retries: 3, StartPeriod: 0 };
/** Signal 15 in all spellings of Podman's. */
const DEFAULT_SIGNALS: ReadonlySet<string> = new Set(["", "15", "SIGTERM"]);

/** Whether a container is Podman's, by its own raw inspect. */
export function isPodmans(inspect: JsonObject): boolean {
  return textsAt(objectAt(inspect, "Config"), "Env").includes(MARK);
}

/** Podman's Docker API shows defaults of its own as if the user had asked for them, some in a spelling that its create
 *  call refuses. Gives the inspect as Docker would have it; that of a Docker container as it is. */
export function asDocker(inspect: JsonObject, image: JsonObject): JsonObject {
  if (!isPodmans(inspect)) return inspect;
  const config = objectAt(inspect, "Config");
  return {
    ...inspect,
    Config: plainConfig(config, objectAt(image, "Healthcheck")),
    HostConfig: plainHostConfig(objectAt(inspect, "HostConfig")),
  };
}

function plainConfig(config: JsonObject, imageCheck: JsonObject): JsonObject {
  const env = textsAt(config, "Env").filter(
    (entry) => !ADDED.has(entry) && !entry.startsWith("HOSTNAME="),
  );
  const check = config["Healthcheck"];
  return {
    ...config,
    Env: env,
    WorkingDir: config["WorkingDir"] === "/" ? "" : textAt(config, "WorkingDir"),
    StopSignal: DEFAULT_SIGNALS.has(textAt(config, "StopSignal"))
      ? ""
      : textAt(config, "StopSignal"),
    Healthcheck: isObject(check) ? plainHealthcheck(check, imageCheck) : null,
  };
}

function plainHealthcheck(check: JsonObject, imageCheck: JsonObject): Json {
  return pick(
    check,
    (key, value) => key in imageCheck || !sameJson(value, HEALTH_DEFAULTS[key] ?? null),
  );
}

function plainHostConfig(host: JsonObject): JsonObject {
  const { MemorySwappiness, ...others } = host;
  const bindings = objectAt(host, "PortBindings");
  return {
    ...others,
    ...(MemorySwappiness === 0 || MemorySwappiness === undefined ? {} : { MemorySwappiness }),
    PortBindings: pick(bindings, (_, binding) => binding !== null),
    Ulimits: objectsAt(host, "Ulimits").map(plainUlimit),
  };
}

/** `RLIMIT_NOFILE` is what it calls `nofile` in a request. */
function plainUlimit(limit: JsonObject): JsonObject {
  return {
    ...limit,
    Name: textAt(limit, "Name")
      .replace(/^RLIMIT_/, "")
      .toLowerCase(),
  };
}
