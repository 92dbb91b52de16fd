import type { Json, JsonObject } from "./json.ts";
import { isUnset, sameJson, textsAt } from "./read.ts";

/** How a request says "no entrypoint and no command of the image": without it both would come back. */
const NO_ENTRYPOINT = [""];

/** Entrypoint and command that the user gave. They are told apart from the image's together, because the engine drops
 *  the image's command as soon as the user gives an entrypoint: a command equal to the image's may then be the user's,
 *  and no command at all may be a wish. */
export function ownCommand(config: JsonObject, image: JsonObject): JsonObject {
  const sameCmd = sameJson(config["Cmd"], image["Cmd"]);
  if (sameJson(config["Entrypoint"], image["Entrypoint"])) {
    if (sameCmd) return {};
    return isUnset(config["Cmd"]) ? entrypointOf(config) : cmdOf(config);
  }
  // An empty list, which inspects keep, takes away the image's entrypoint only.
  if (isEmptyList(config["Entrypoint"]))
    return { Entrypoint: [], ...(sameCmd ? {} : cmdOf(config)) };
  return { ...entrypointOf(config), ...cmdOf(config) };
}

function entrypointOf(config: JsonObject): JsonObject {
  const entrypoint = textsAt(config, "Entrypoint");
  return { Entrypoint: entrypoint.length === 0 ? NO_ENTRYPOINT : entrypoint };
}

function cmdOf(config: JsonObject): JsonObject {
  const cmd = textsAt(config, "Cmd");
  return cmd.length === 0 ? {} : { Cmd: cmd };
}

function isEmptyList(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** What the engine makes of a request's entrypoint and command on an image. */
export function filledCommand(own: JsonObject, image: JsonObject): JsonObject {
  const entrypoint = own["Entrypoint"] ?? null;
  const givesEntrypoint = textsAt(own, "Entrypoint").length > 0;
  const takesCmd = !givesEntrypoint && isUnset(own["Cmd"]);
  return {
    Entrypoint: sameJson(entrypoint, NO_ENTRYPOINT)
      ? null
      : (entrypoint ?? image["Entrypoint"] ?? null),
    Cmd: (takesCmd ? image["Cmd"] : own["Cmd"]) ?? null,
  };
}
