import type { ContainerDefinition } from "../../harness/container-definition.ts";
import { runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { execIn } from "../../harness/exec-in.ts";
import { WAITING_CMD } from "../../harness/dockerfile.ts";

/** Ways to hang on a container. `second` shares the network of a sharer. */
export const DEPENDENTS = ["sidecar", "second", "tracer", "ipc", "backup", "client"] as const;
export type DependentKind = (typeof DEPENDENTS)[number];

/** A container that hangs on `parent`, called `PARENT.KIND`. */
export async function runDependent(
  engine: EngineConnection,
  parent: string,
  kind: DependentKind,
  image: string,
  restart: ContainerDefinition["restart"],
): Promise<void> {
  const on = kind === "second" ? `${parent}.sidecar` : parent;
  const { Id } = await engine.docker.getContainer(on).inspect();
  await runContainer(engine, {
    name: `${parent}.${kind}`,
    image,
    cmd: WAITING_CMD,
    restart,
    ...TIED[kind](Id, on),
  });
}

const TIED: Readonly<
  Record<DependentKind, (id: string, name: string) => Partial<ContainerDefinition>>
> = {
  sidecar: (id) => ({ networkMode: `container:${id}` }),
  second: (id) => ({ networkMode: `container:${id}` }),
  tracer: (id) => ({ createOptions: { HostConfig: { PidMode: `container:${id}` } } }),
  ipc: (id) => ({ createOptions: { HostConfig: { IpcMode: `container:${id}` } } }),
  backup: (_, name) => ({ createOptions: { HostConfig: { VolumesFrom: [name] } } }),
  client: (_, name) => ({ createOptions: { HostConfig: { Links: [`${name}:web`] } } }),
};

/** Whether it sees its parent as it runs now, of this version. */
export async function seesParent(
  engine: EngineConnection,
  parent: string,
  kind: DependentKind,
  marker: string,
): Promise<boolean> {
  const run = async (container: string, command: string): Promise<string> =>
    (await execIn(engine, container, ["sh", "-c", command])).trim();
  const own = `${parent}.${kind}`;
  switch (kind) {
    case "sidecar":
    case "second":
      return (await run(own, "wget -qO- http://127.0.0.1:8080/marker")) === marker;
    case "client":
      return (await run(own, "wget -qO- http://web:8080/marker")) === marker;
    case "tracer":
      return (await run(own, "ps")).includes("httpd -p 8080");
    case "ipc":
      return (
        (await run(own, "stat -Lc %i /proc/self/ns/ipc")) ===
        (await run(parent, "stat -Lc %i /proc/self/ns/ipc"))
      );
    case "backup":
      return (await run(own, "cat /data/file")) === "precious";
  }
}
