import type { ImageContent } from "./build-context.ts";

/** An image in the words of a Dockerfile. */
export interface ImageDefinition {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Default: waits, and ends at once on SIGTERM. */
  readonly cmd?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly healthcheck?: Healthcheck | "none" | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly workdir?: string | undefined;
  readonly user?: string | undefined;
  /** Such as "80/tcp". */
  readonly exposed?: readonly string[] | undefined;
  readonly stopSignal?: string | undefined;
  /** Another one makes another image: a label. */
  readonly marker?: string | undefined;
}

/** Durations as in a Dockerfile: "500ms", "1s". */
export interface Healthcheck {
  readonly cmd: readonly string[];
  readonly interval?: string | undefined;
  readonly timeout?: string | undefined;
  readonly startPeriod?: string | undefined;
  readonly retries?: number | undefined;
}

/**
 * A first process has no default action for SIGTERM: a plain `sleep` would let every stop wait out
 * its ten seconds. A shell that waits runs its trap at once.
 */
export const WAITING_CMD = ["sh", "-c", "trap 'exit 0' TERM INT; sleep 2147483 & wait $!"] as const;

const MARKER_LABEL = "org.stalewatch.test.marker";

/** `marks` come first, so that every intermediate image carries these labels as well. What differs from one build to the
 *  next comes last, and in one step: each of them starts the engine anew, one that copies files thrice. */
export function dockerfileOf(
  image: ImageDefinition & ImageContent,
  marks: Readonly<Record<string, string>>,
): string {
  const { marker, labels, volumes = [], files = {} } = image;
  return [
    "FROM scratch",
    ...pairs("LABEL", marks),
    "COPY base/ /",
    ...pairs("ENV", { PATH: "/bin", ...image.env }),
    ...(image.workdir === undefined ? [] : [`WORKDIR ${image.workdir}`]),
    ...(image.exposed ?? []).map((port) => `EXPOSE ${port}`),
    ...(image.user === undefined ? [] : [`USER ${image.user}`]),
    ...(image.stopSignal === undefined ? [] : [`STOPSIGNAL ${image.stopSignal}`]),
    ...(image.healthcheck === undefined ? [] : [healthcheckLine(image.healthcheck)]),
    ...(image.entrypoint === undefined ? [] : [`ENTRYPOINT ${JSON.stringify(image.entrypoint)}`]),
    ...commandLines(image),
    ...(Object.keys(files).length === 0 ? [] : ["COPY files/ /"]),
    ...(volumes.length === 0 ? [] : [`VOLUME ${JSON.stringify(volumes)}`]),
    ...pairs("LABEL", { ...labels, ...(marker !== undefined && { [MARKER_LABEL]: marker }) }),
    "",
  ].join("\n");
}

/** With an entrypoint of its own an image has no command unless it is given one. */
function commandLines({ cmd, entrypoint }: ImageDefinition): string[] {
  if (cmd !== undefined) return [`CMD ${JSON.stringify(cmd)}`];
  return entrypoint === undefined ? [`CMD ${JSON.stringify(WAITING_CMD)}`] : [];
}

function healthcheckLine(check: Healthcheck | "none"): string {
  if (check === "none") return "HEALTHCHECK NONE";
  const options = [
    ["interval", check.interval],
    ["timeout", check.timeout],
    ["start-period", check.startPeriod],
    ["retries", check.retries?.toString()],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`--${String(name)}=${value}`]));
  return ["HEALTHCHECK", ...options, "CMD", JSON.stringify(check.cmd)].join(" ");
}

/** All of them in one instruction. */
function pairs(instruction: string, values: Readonly<Record<string, string>>): string[] {
  const all = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`);
  return all.length === 0 ? [] : [`${instruction} ${all.join(" ")}`];
}

/** A Dockerfile would replace $NAME, and has no way to write a line break in a value. */
function quote(value: string): string {
  if (/[\r\n]/.test(value)) throw new RangeError("a Dockerfile value cannot have line breaks");
  return `"${value.replace(/[\\"$]/g, "\\$&")}"`;
}
