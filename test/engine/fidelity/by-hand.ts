import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import type { Replacement } from "../../../src/domain/replacement/replacement.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { call, connect, create, inspect } from "./raw-api.ts";

/** Puts a replacement in the place of a container as a heal does, without its care: create, connect, stop, start,
 *  restore the policy, swap the names, remove. Returns the inspect of the new container. */
export async function replaceByHand(
  engine: EngineConnection,
  old: JsonObject,
  replacement: Replacement,
): Promise<JsonObject> {
  const oldId = String(old["Id"]);
  const name = String(old["Name"]).slice(1);
  const id = await create(engine, replacement.name, replacement.create);
  const post = (path: string, body?: JsonObject): Promise<unknown> =>
    call(engine, "POST", `/containers/${path}`, body);
  for (const { network, endpoint } of replacement.connect)
    await connect(engine, network, id, endpoint);
  await post(`${oldId}/stop`);
  await post(`${id}/start`);
  if (replacement.restartPolicy !== null) {
    await post(`${oldId}/update`, { RestartPolicy: { Name: "no" } });
    await post(`${id}/update`, { RestartPolicy: replacement.restartPolicy });
  }
  await post(`${oldId}/rename?name=${name}-aside`);
  await post(`${id}/rename?name=${name}`);
  await call(engine, "DELETE", `/containers/${oldId}?v=0`);
  return inspect(engine, id);
}
