import type { EngineConnection } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { buildImage, type BuildOptions } from "../../harness/images.ts";

/** Waits, and ends at once on any signal that a container may be stopped by. */
const SERVE = `#!/bin/sh
trap 'exit 0' TERM INT QUIT USR1 USR2
sleep 2147483 &
wait $!
`;

export type ImageKind = "served" | "commanded";

/** Everything that an image can give a container, other in each version, and one variable that stays. */
function definition(version: 1 | 2): Omit<BuildOptions, "tag" | "entrypoint" | "cmd"> {
  const v = String(version);
  return {
    marker: v,
    env: { RELEASE: v, [`ONLY_${v}`]: "yes", STAYS: "same", WISHED: `by image ${v}` },
    labels: { release: v, [`only.${v}`]: "yes", stays: "same", wished: `by image ${v}` },
    healthcheck: { cmd: ["test", "-e", `/srv/serve-${v}`], interval: `${v}h`, timeout: `${v}0s` },
    volumes: ["/data", `/cache-${v}`],
    workdir: `/work-${v}`,
    exposed: ["8000/tcp", `800${v}/tcp`],
    user: version === 1 ? "0" : "root",
    stopSignal: version === 1 ? "SIGUSR1" : "SIGUSR2",
    files: { [`/srv/serve-${v}`]: SERVE, "/srv/serve": SERVE, "/data/from-image": v },
  };
}

const built = new WeakMap<EngineConnection, Map<string, Promise<string>>>();

/** The ID of a version of a kind of image, which is built the first time. */
export function imageOf(
  engine: EngineConnection,
  kind: ImageKind,
  version: 1 | 2,
): Promise<string> {
  const known = built.get(engine) ?? new Map<string, Promise<string>>();
  built.set(engine, known);
  const key = `${kind} ${String(version)}`;
  const image = known.get(key) ?? build(engine, kind, version);
  known.set(key, image);
  return image;
}

function build(engine: EngineConnection, kind: ImageKind, version: 1 | 2): Promise<string> {
  const v = String(version);
  const command =
    kind === "served"
      ? { entrypoint: [`/srv/serve-${v}`], cmd: ["--release", v] }
      : { cmd: [`/srv/serve-${v}`, "--release", v] };
  const tag = `${uniqueName("fidelity-image")}:${v}`;
  return buildImage(engine, { ...definition(version), ...command, tag });
}
