import type { ImageIndex } from "./image-index.ts";
import type { ContainerFact, ObservedContainer } from "./observation.ts";
import { familiarName, idPrefix, type Reference } from "./reference.ts";
import type { UntrackedReason } from "./verdict.ts";

/** What name a container follows, or why it follows none. */
export type Followed =
  | {
      readonly kind: "tag";
      readonly reference: Extract<Reference, { kind: "tag" }>;
      readonly text: string;
    }
  | { readonly kind: "untracked"; readonly reason: UntrackedReason; readonly text: string | null }
  /** Only an inspect of the container tells. */
  | { readonly kind: "ask" };

/** The list shows a bare ID as soon as the name means another image; the name itself is then in the container's
 *  config only, which `fact` remembers. `override` is the label `stalewatch.image`. */
export function follow(
  container: ObservedContainer,
  override: string | null,
  fact: ContainerFact | null,
  index: ImageIndex,
): Followed {
  const listed = override ?? container.image;
  if (!meansOwnId(listed, container, index)) return named(listed, index);
  if (fact === null) return { kind: "ask" };
  if (fact.configImage === "") return { kind: "untracked", reason: "image-missing", text: null };
  if (!meansOwnId(fact.configImage, container, index)) return named(fact.configImage, index);
  return { kind: "untracked", reason: "pinned-by-id", text: fact.configImage };
}

function named(text: string, index: ImageIndex): Followed {
  const known = index.followed.get(text);
  if (known !== undefined) return known;
  const followed = read(text, index);
  index.followed.set(text, followed);
  return followed;
}

function read(text: string, index: ImageIndex): Followed {
  const reference = index.parse(text);
  switch (reference.kind) {
    case "tag":
      return { kind: "tag", reference, text: familiarName(reference) };
    case "digest":
      return { kind: "untracked", reason: "pinned-by-digest", text };
    case "id":
      return { kind: "untracked", reason: "pinned-by-id", text };
    case "invalid":
      return { kind: "untracked", reason: "image-missing", text: null };
  }
}

/** Whether the text is an ID, or the beginning of one, of the image that the container runs. As in the engine, a tag
 *  of that spelling goes first. An empty text says nothing, so it counts as an ID: the name must be asked for. */
function meansOwnId(text: string, container: ObservedContainer, index: ImageIndex): boolean {
  if (text === "") return true;
  const hex = idPrefix(text);
  if (hex === null) return false;
  const isTag = !text.startsWith("sha256:") && index.byTag.has(`docker.io/library/${text}:latest`);
  return !isTag && container.imageId.startsWith(`sha256:${hex}`);
}
