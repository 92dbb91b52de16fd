import { createHash } from "node:crypto";

/** The place of a container in a Compose project. */
export interface ComposeService {
  readonly project: string;
  readonly service: string;
  /** Default 1. */
  readonly number?: number | undefined;
  /** Made by `compose run`. */
  readonly oneoff?: boolean | undefined;
  readonly workingDir?: string | undefined;
  readonly configFiles?: readonly string[] | undefined;
}

/** The labels of Compose 2.x. `definition` is what its configuration hash is taken of. */
export function composeLabels(
  service: ComposeService,
  imageId: string,
  definition: unknown,
): Record<string, string> {
  const workingDir = service.workingDir ?? `/srv/${service.project}`;
  const configFiles = service.configFiles ?? [`${workingDir}/compose.yaml`];
  const labels = {
    project: service.project,
    service: service.service,
    "container-number": String(service.number ?? 1),
    oneoff: service.oneoff === true ? "True" : "False",
    "config-hash": createHash("sha256").update(JSON.stringify(definition)).digest("hex"),
    depends_on: "",
    image: imageId,
    "project.config_files": configFiles.join(","),
    "project.working_dir": workingDir,
    version: "2.40.3",
  };
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`com.docker.compose.${name}`, value]),
  );
}
