import type { ContainerId, ImageId } from "../ids.ts";
import { carriedOver } from "./carried.ts";
import { replacementConfig } from "./config.ts";
import { deferredRestartPolicy, replacementHostConfig } from "./host-config.ts";
import type { JsonObject } from "./json.ts";
import { networkPlan, type Connection, type NetworkPlan } from "./networks.ts";
import { asDocker } from "./podman.ts";
import { isObject } from "./read.ts";
import { anonymousVolumes } from "./volumes.ts";

export interface ReplacementInput {
  /** `GET /containers/{id}/json` of the running container that is replaced, raw. Asked for in a version below 1.52 where
   *  the engine has one: from there on it does not tell a wished MAC address from a made-up one. */
  readonly old: JsonObject;
  /** `Config` of the image that it runs, by ID, as remembered; null when it was never seen. */
  readonly oldImage: JsonObject | null;
  readonly newImage: {
    readonly id: ImageId;
    /** What to create by: the container's own reference. */
    readonly reference: string;
    readonly config: JsonObject;
  };
  /** Version that the requests are sent in: `1.41`. */
  readonly apiVersion: string;
  /** Name that the replacement is created under. */
  readonly temporaryName: string;
  /** New IDs of containers replaced in the same heal, by old ID and by name. */
  readonly replaced: ReadonlyMap<string, ContainerId>;
}

export interface Replacement {
  readonly name: string;
  /** Body of `POST /containers/create?name=NAME`. */
  readonly create: JsonObject;
  /** Further networks to connect before the start, where the API takes only one at create. */
  readonly connect: readonly Connection[];
  /** Policy to restore at the commit, where the replacement is created with `no`; else null. */
  readonly restartPolicy: JsonObject | null;
  /** What is carried over that people want to read of: "anonymous volume 3f2a… at /data". */
  readonly carried: readonly string[];
}

export type ReplacementAnswer =
  | { readonly kind: "replacement"; readonly replacement: Replacement }
  | { readonly kind: "not-clonable"; readonly reason: string };

/** What to create in place of a container, so that it is the same on a newer image: all that the user asked for, and
 *  nothing that merely came from the old image. */
export function replacementFor(input: ReplacementInput): ReplacementAnswer {
  const { oldImage, apiVersion } = input;
  if (!isObject(input.old["Config"]) || !isObject(input.old["HostConfig"]))
    return notClonable("the engine does not say how it was made");
  if (oldImage === null)
    return notClonable(
      "the image that it runs was gone before it could be looked at: what came from the image cannot be told from what was asked for",
    );
  const old = asDocker(input.old, oldImage);
  const plan = networkPlan(old, apiVersion);
  if (plan === null)
    return notClonable("it was disconnected from all its networks, which a new one cannot be");
  const policy = deferredRestartPolicy(input.old);
  return { kind: "replacement", replacement: assemble({ ...input, old, oldImage }, plan, policy) };
}

function notClonable(reason: string): ReplacementAnswer {
  return { kind: "not-clonable", reason };
}

type Clonable = ReplacementInput & { readonly oldImage: JsonObject };

function assemble(
  input: Clonable,
  plan: NetworkPlan,
  restartPolicy: JsonObject | null,
): Replacement {
  const { old, oldImage, newImage, replaced } = input;
  return {
    name: input.temporaryName,
    create: {
      ...replacementConfig(old, oldImage, newImage.id),
      ...(plan.macAddress === null ? {} : { MacAddress: plan.macAddress }),
      Image: newImage.reference,
      HostConfig: replacementHostConfig(old, plan.mode, replaced, restartPolicy !== null),
      NetworkingConfig: { EndpointsConfig: plan.atCreate },
    },
    connect: plan.connect,
    restartPolicy,
    carried: carriedOver(anonymousVolumes(old), plan),
  };
}
