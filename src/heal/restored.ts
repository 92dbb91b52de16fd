import { asideName } from "../domain/heal/temporary-names.ts";
import type { ContainerId, ImageId } from "../domain/ids.ts";
import { POLICY_LABEL } from "../domain/labels.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { objectAt, textAt } from "../domain/replacement/read.ts";
import { replacementFor, type Replacement } from "../domain/replacement/replacement.ts";
import type { Look } from "./look.ts";

/** How a container is brought back without itself: its definition on its old image. */
export type WayBack =
  | { readonly kind: "definition"; readonly replacement: Replacement }
  | { readonly kind: "none"; readonly reason: string };

/** Says by which heal a container was brought back. Tells it from all others, whatever its name and image. */
const RESTORED_BY = "org.stalewatch.restored-by";

export interface WayBackQuestion {
  /** Inspect of the running container, raw. */
  readonly old: JsonObject;
  readonly oldImage: ImageId;
  /** `Config` of the image that it runs, as remembered; null when it was never seen. */
  readonly oldConfig: JsonObject | null;
  /** Whether the engine has that image still: the containerd store forgets it when its tag moves. */
  readonly imageIsThere: boolean;
  readonly heal: string;
  readonly apiVersion: string;
  /** What it refers to by ID or name, and has another ID by now. */
  readonly replaced?: ReadonlyMap<string, ContainerId>;
}

/** The container again, on the image that it runs. That image has no name any more, so it is created by the image's ID,
 *  and says in a label what it follows: else it would pass for one that was pinned by hand. */
export function wayBackOf(question: WayBackQuestion): WayBack {
  const { old, oldImage, oldConfig, heal, apiVersion, replaced = new Map() } = question;
  if (!question.imageIsThere)
    return { kind: "none", reason: "the engine has forgotten the image that it runs" };
  const name = textAt(old, "Name").replace(/^\//, "");
  const answer = replacementFor({
    old,
    oldImage: oldConfig,
    newImage: { id: oldImage, reference: oldImage, config: oldConfig ?? {} },
    apiVersion,
    temporaryName: asideName(name, heal),
    replaced,
  });
  if (answer.kind === "not-clonable") return { kind: "none", reason: answer.reason };
  const { replacement } = answer;
  const follows = textAt(objectAt(old, "Config"), "Image");
  const labels = {
    [POLICY_LABEL.image]: follows,
    ...objectAt(replacement.create, "Labels"),
    [RESTORED_BY]: heal,
  };
  const create = { ...replacement.create, Labels: labels };
  return { kind: "definition", replacement: { ...replacement, create } };
}

export function isRestoredBy({ labels }: Look, { id }: { readonly id: string }): boolean {
  return labels[RESTORED_BY] === id;
}
