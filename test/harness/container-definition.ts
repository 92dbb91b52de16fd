import type { ContainerCreateOptions } from "dockerode";
import type { ComposeService } from "./compose-labels.ts";

/** A container in the words of `docker run`. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly cmd?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** As a container of this Compose service. */
  readonly compose?: ComposeService | undefined;
  /** Paths that get an anonymous volume. */
  readonly volumes?: readonly string[] | undefined;
  /** "/host/path:/path" or "volume:/path", with ":ro" if so wished. */
  readonly binds?: readonly string[] | undefined;
  /** A network's name, "host", "none" or "container:<id>". Default: the default bridge. */
  readonly networkMode?: string | undefined;
  /** Names in the network; not on the default bridge. */
  readonly aliases?: readonly string[] | undefined;
  /** "80/tcp" → port of the engine's side; "" lets the engine choose one. */
  readonly ports?: Readonly<Record<string, string>> | undefined;
  readonly restart?: "no" | "always" | "unless-stopped" | "on-failure" | undefined;
  readonly autoRemove?: boolean | undefined;
  /** Merged over what the fields above give, its HostConfig and Labels one level deeper. */
  readonly createOptions?: ContainerCreateOptions | undefined;
}

/** What `POST /containers/create` gets. `marks` are the labels of the harness and of Compose. */
export function createBody(
  definition: ContainerDefinition,
  marks: Readonly<Record<string, string>>,
): ContainerCreateOptions {
  const raw = definition.createOptions ?? {};
  return {
    ...imageSide(definition),
    ...networkSide(definition),
    ...raw,
    Labels: { ...marks, ...definition.labels, ...raw.Labels },
    HostConfig: { ...hostSide(definition), ...raw.HostConfig },
  };
}

function imageSide(definition: ContainerDefinition): ContainerCreateOptions {
  const { cmd, entrypoint, env = {}, volumes = [] } = definition;
  return {
    name: definition.name,
    Image: definition.image,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
    ...(cmd === undefined ? {} : { Cmd: [...cmd] }),
    ...(entrypoint === undefined ? {} : { Entrypoint: [...entrypoint] }),
  };
}

function hostSide(definition: ContainerDefinition): ContainerCreateOptions["HostConfig"] {
  const { binds = [], networkMode, ports = {}, restart, autoRemove } = definition;
  return {
    Binds: [...binds],
    PortBindings: Object.fromEntries(
      Object.entries(ports).map(([port, host]) => [port, [{ HostPort: host }]]),
    ),
    RestartPolicy: { Name: restart ?? "no" },
    AutoRemove: autoRemove ?? false,
    ...(networkMode === undefined ? {} : { NetworkMode: networkMode }),
  };
}

function networkSide(definition: ContainerDefinition): ContainerCreateOptions {
  const { networkMode, aliases, ports = {} } = definition;
  const exposed = Object.fromEntries(Object.keys(ports).map((port) => [port, {}]));
  if (networkMode === undefined || aliases === undefined) return { ExposedPorts: exposed };
  const endpoint = { Aliases: [...aliases] };
  return {
    ExposedPorts: exposed,
    NetworkingConfig: { EndpointsConfig: { [networkMode]: endpoint } },
  };
}
