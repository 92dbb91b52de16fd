/** The labels that the product reads, by what they are for. */
export const COMPOSE = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  number: "com.docker.compose.container-number",
  oneoff: "com.docker.compose.oneoff",
  dependsOn: "com.docker.compose.depends_on",
  workingDir: "com.docker.compose.project.working_dir",
  configFiles: "com.docker.compose.project.config_files",
  environmentFile: "com.docker.compose.project.environment_file",
  /** Of Compose itself. */
  version: "com.docker.compose.version",
  /** Of the service's definition; Compose 2.x puts one on networks and volumes too. */
  configHash: "com.docker.compose.config-hash",
} as const;

export const SWARM = {
  serviceId: "com.docker.swarm.service.id",
  serviceName: "com.docker.swarm.service.name",
  taskName: "com.docker.swarm.task.name",
  stack: "com.docker.stack.namespace",
} as const;

/** OCI image annotation that build systems put the commit in. */
export const REVISION = "org.opencontainers.image.revision";

export const POLICY_PREFIX = "stalewatch.";

export const POLICY_LABEL = {
  enable: "stalewatch.enable",
  mode: "stalewatch.mode",
  grace: "stalewatch.grace",
  image: "stalewatch.image",
  strategy: "stalewatch.strategy",
  tags: "stalewatch.tags",
} as const;

/** Carried by containers that live for one job, a test or an editor's session. */
export const SHORT_LIVED_LABELS = [
  "org.testcontainers",
  "org.testcontainers.sessionId",
  "com.gitlab.gitlab-runner.managed",
  "com.gitlab.gitlab-runner.type",
  "com.github.actions.runner",
  "io.drone",
  "devcontainer.local_folder",
  "devcontainer.config_file",
  "vsch.local.folder",
] as const;

/** Carried by containers that another program creates, replaces and removes at will. */
export const MANAGER_OF_LABEL = {
  "io.kubernetes.pod.name": "Kubernetes",
  "io.kubernetes.container.name": "Kubernetes",
  "com.hashicorp.nomad.alloc_id": "Nomad",
  PODMAN_SYSTEMD_UNIT: "systemd",
} as const;
