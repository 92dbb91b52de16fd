import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { type EngineConnection, TEST_LABEL } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { createNetwork, createVolume } from "../../harness/networks-and-volumes.ts";
import { call, create } from "./raw-api.ts";
import { imageOf } from "./images.ts";
import type { World } from "./sample.ts";

/** As many as the corpus asks for by `volume(…)`. */
const VOLUMES = ["a", "b", "c", "d", "e", "f", "shared"];

/** Makes what the samples refer to. */
export async function makeWorld(engine: EngineConnection): Promise<World> {
  const prefix = uniqueName("fidelity");
  const name = (what: string): string => `${prefix}-${what}`;
  const marks = { [TEST_LABEL]: engine.runId };
  for (const volume of VOLUMES.slice(0, 5)) await createVolume(engine, name(volume));
  await createVolume(engine, name("shared"));
  const [front, back] = [name("front"), name("back")];
  const frontId = await createNetwork(engine, front, subnet("10.213.71.0/24"));
  await createNetwork(engine, back, subnet("10.213.72.0/24"));
  const Image = await imageOf(engine, "commanded", 1);
  const run = async (what: string, host: JsonObject): Promise<string> => {
    const id = await create(engine, name(what), { Image, Labels: marks, HostConfig: host });
    await call(engine, "POST", `/containers/${id}/start`);
    return id;
  };
  const peerId = await run("peer", {
    IpcMode: "shareable",
    Binds: [`${name("shared")}:/shared`, "/tmp:/tmp-of-host"],
  });
  await run("neighbour", { NetworkMode: front });
  const files = `/tmp-of-host/${prefix}`;
  await execIn(engine, peerId, [
    "sh",
    "-c",
    `echo shared > /shared/note; echo of the peer > /data/peer; mkdir ${files};
     echo filed > ${files}/file; echo others > ${files}/other`,
  ]);
  return {
    engine,
    marks,
    front,
    frontId,
    back,
    peer: name("peer"),
    peerId,
    neighbour: name("neighbour"),
    folder: `/tmp/${prefix}`,
    volume: name,
  };
}

function subnet(Subnet: string): { IPAM: { Config: { Subnet: string }[] } } {
  return { IPAM: { Config: [{ Subnet }] } };
}

/** What is not found by label again: the folder on the engine's host. */
export async function endWorld({ engine, peerId, folder }: World): Promise<void> {
  await execIn(engine, peerId, ["rm", "-rf", folder.replace("/tmp/", "/tmp-of-host/")]);
}
