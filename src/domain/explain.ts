import { formatSpan } from "./duration.ts";
import { managerOf } from "./exclusion.ts";
import { shortId, type EpochMs } from "./ids.ts";
import { isSane } from "./observation.ts";
import { isOneOff } from "./subject.ts";
import type { Diverged, ExcludedReason, HealBlock, Judgement, UntrackedReason } from "./verdict.ts";

/** The verdict's cause in plain words, one sentence without a full stop: with its age, as of now. */
export function explain(judgement: Judgement, now: EpochMs): string {
  switch (judgement.verdict) {
    case "fresh":
      return judgement.running.id === judgement.newest.id
        ? `runs the newest local build of ${judgement.newest.tag}`
        : `runs the same content as ${judgement.newest.tag}, whose ID a cached rebuild changed`;
    case "pending":
    case "stale":
      return explainDiverged(judgement, now);
    case "untracked":
      return UNTRACKED[judgement.reasonCode](judgement.reference ?? "its image");
    case "excluded":
      return EXCLUDED[judgement.reasonCode](judgement);
  }
}

/** Why a container diverged, without ages: for what is kept and read later. */
export function causeOf(judgement: Diverged): string {
  return explainDiverged(judgement, null);
}

function explainDiverged(judgement: Diverged, now: EpochMs | null): string {
  const { newest, reasonCode, rolledBack, running } = judgement;
  if (reasonCode === "newer-tag") return explainNewerTag(judgement, now);
  if (rolledBack)
    return `${newest.tag} was moved back to an older image${built(newest.createdAt, now)}`;
  const what = isSane(newest.createdAt, now ?? Infinity)
    ? `was built again${ago(newest.createdAt, now)}`
    : "was moved to another image";
  const gone = running.createdAt === null ? ", and the image that runs is gone" : "";
  return `${newest.tag} ${what}${gone}`;
}

function explainNewerTag(
  { newest, reference, rolledBack, running }: Diverged,
  now: EpochMs | null,
): string {
  const runs = reference ?? shortId(running.id);
  if (!rolledBack)
    return `${newest.tag} was built${ago(newest.createdAt, now)}, the container follows ${runs}`;
  return running.createdAt !== null && newest.createdAt < running.createdAt
    ? `the newest matching tag, ${newest.tag}, is older than what runs (${runs})`
    : `${runs} was put in place by hand when ${newest.tag} was already there`;
}

function ago(time: EpochMs, now: EpochMs | null): string {
  if (now === null) return "";
  return now - time < 1000 ? " just now" : ` ${formatSpan(now - time)} ago`;
}

function built(createdAt: EpochMs, now: EpochMs | null): string {
  return now !== null && isSane(createdAt, now) ? `, built${ago(createdAt, now)}` : "";
}

const UNTRACKED: Readonly<Record<UntrackedReason, (name: string) => string>> = {
  "pinned-by-digest": (name) => `pinned by digest (${name}): a local build cannot move it`,
  "pinned-by-id": () => "created by image ID: it follows no tag that a build could move",
  "tag-missing": (name) => `no local image has the tag it follows (${name})`,
  "image-missing": () => "the name of its image cannot be learned",
  "build-time-unknown": (name) =>
    `an image among the matching tags of ${name} has no believable build time`,
};

const EXCLUDED: Readonly<Record<ExcludedReason, (judgement: Judgement) => string>> = {
  label: () => "its label stalewatch.enable=false says so",
  filter: () => "the configuration excludes it (exclude, or a rule with enable: false)",
  self: () => "this is stalewatch itself",
  "short-lived": ({ container }) =>
    isOneOff(container.labels)
      ? "a one-off of docker compose run"
      : "lives for one job, test or session",
  "managed-elsewhere": ({ container }) =>
    `${managerOf(container.labels) ?? "another program"} manages it and replaces it itself`,
};

/** Why an automatic heal does not happen, for people. */
export const BLOCK_TEXT: Readonly<Record<HealBlock, string>> = {
  mode: "its mode is alert",
  "rolled-back": "going back to an older image is left to people",
  "identity-unknown": "it cannot be told whether the content differs",
  hold: "a hold is on it",
  window: "heal.window is closed",
  breaker: "too many services are due at once (heal.breaker)",
  quarantine: "this image failed here before",
  "deploy-under-way": "a deploy is under way",
  stateful: "it has a writable volume, and only a rule or label for it may say mode: heal",
  pulled:
    "the newest image was pulled, not built here, and only a rule or label may say mode: heal",
  "auto-remove": "it was started with --rm",
  "not-clonable": "a clone would lose something of it",
};

/** What a block means for this very container. */
export function blockText(block: HealBlock, { notClonable }: Diverged): string {
  return block === "not-clonable" && notClonable !== null ? notClonable : BLOCK_TEXT[block];
}
