import { anyGlob } from "./glob.ts";
import type { EpochMs } from "./ids.ts";
import type { ImageIndex, TaggedImage } from "./image-index.ts";
import { REVISION } from "./labels.ts";
import { isSane, type LocalImage } from "./observation.ts";
import type { Strategy } from "./policy.ts";
import { familiarName, tagKey, type Reference } from "./reference.ts";
import type { NewestImage, UntrackedReason } from "./verdict.ts";

type TagReference = Extract<Reference, { kind: "tag" }>;

export type NewestAnswer =
  | { readonly kind: "image"; readonly image: LocalImage; readonly newest: NewestImage }
  | { readonly kind: "untracked"; readonly reason: UntrackedReason };

/** What a container that follows the reference should run. */
export function newestOf(
  reference: TagReference,
  policy: { readonly strategy: Strategy; readonly tags: readonly string[] | null },
  index: ImageIndex,
  now: EpochMs,
): NewestAnswer {
  switch (policy.strategy) {
    case "same-tag":
      return sameTag(reference, index);
    case "newest-tag":
      return newestTag(reference, policy.tags ?? [], index, now);
  }
}

const missing: NewestAnswer = { kind: "untracked", reason: "tag-missing" };

function sameTag(reference: TagReference, index: ImageIndex): NewestAnswer {
  const known = index.answers.get(reference);
  if (known !== undefined) return known;
  const image = index.byTag.get(tagKey(reference));
  const found = image === undefined ? missing : answer(image, familiarName(reference));
  index.answers.set(reference, found);
  return found;
}

/** By creation time, ties by natural order of the tag. One candidate without a believable time spoils the order. */
function newestTag(
  reference: TagReference,
  tags: readonly string[],
  index: ImageIndex,
  now: EpochMs,
): NewestAnswer {
  const wanted = anyGlob(tags);
  const candidates = (index.byRepository.get(reference.repository) ?? []).filter(({ tag }) =>
    wanted(tag),
  );
  const first = candidates[0];
  if (first === undefined) return missing;
  if (!candidates.every(({ image }) => isSane(image.createdAt, now)))
    return { kind: "untracked", reason: "build-time-unknown" };
  const best = candidates.reduce((a, b) => (isNewer(b, a) ? b : a), first);
  return answer(best.image, familiarName({ ...reference, tag: best.tag }));
}

function isNewer(a: TaggedImage, b: TaggedImage): boolean {
  if (a.image.createdAt !== b.image.createdAt) return a.image.createdAt > b.image.createdAt;
  return compareNaturally(a.tag, b.tag) > 0;
}

function answer(image: LocalImage, tag: string): NewestAnswer {
  const revision = image.labels[REVISION] ?? null;
  return {
    kind: "image",
    image,
    newest: { id: image.id, tag, createdAt: image.createdAt, revision },
  };
}

/** `build-9` before `build-10`: runs of digits compare as numbers of any length, all else by code unit. */
export function compareNaturally(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = comparePart(left[i] ?? "", right[i] ?? "", i % 2 === 1);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(a, b);
}

function comparePart(a: string, b: string, digits: boolean): number {
  if (!digits) return compareText(a, b);
  const x = a.replace(/^0+/, "");
  const y = b.replace(/^0+/, "");
  return x.length - y.length || compareText(x, y);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
