import type { Bench } from "./bench.ts";
import type { EffectivePolicy } from "./effective-policy.ts";
import type { Followed } from "./follow.ts";
import type { SubjectKey } from "./ids.ts";
import type { ImageFact, ObservedContainer } from "./observation.ts";
import { isCalled, placeOf } from "./place.ts";
import type { Hold, Judgement, RunningImage, Warning } from "./verdict.ts";

/** A container's facts. */
export interface Case {
  readonly container: ObservedContainer;
  readonly policy: EffectivePolicy;
  readonly subject: SubjectKey;
  readonly bench: Bench;
  readonly runningFact: ImageFact | null;
}

export type Common = Omit<Extract<Judgement, { verdict: "fresh" }>, "verdict" | "newest">;

/** As much of the answer as holds whatever the verdict. */
export function common(one: Case, followed: Followed, warnings: readonly Warning[]): Common {
  const { container, policy, subject, bench } = one;
  const { project, service } = placeOf(container);
  return {
    container,
    subject,
    project,
    service,
    replicas: bench.replicasOf(container),
    reference: followed.kind === "ask" ? null : followed.text,
    strategy: policy.strategy,
    mode: policy.mode,
    running: runningImage(one),
    hold: holdOn(container, project, bench.activeHolds),
    ack: activeAck(subject, bench),
    warnings,
  };
}

/** One object an image: a host runs many containers of few images. */
export function runningImage({ container, bench, runningFact }: Case): RunningImage {
  const { running, byId } = bench.index;
  const known = running.get(container.imageId);
  if (known !== undefined) return known;
  const createdAt = byId.get(container.imageId)?.createdAt ?? runningFact?.createdAt ?? null;
  const image = { id: container.imageId, createdAt };
  running.set(container.imageId, image);
  return image;
}

/** The hold that lasts longest. */
function holdOn(
  container: ObservedContainer,
  project: string | null,
  holds: readonly Hold[],
): Hold | null {
  let longest: Hold | null = null;
  for (const hold of holds) {
    const covers =
      (hold.container !== null && isCalled(container, hold.container)) ||
      (hold.project !== null && hold.project === project);
    if (covers && (longest === null || hold.until > longest.until)) longest = hold;
  }
  return longest;
}

function activeAck(subject: SubjectKey, { memory, now }: Bench): Judgement["ack"] {
  if (memory.acks.size === 0) return null;
  const ack = memory.acks.get(subject);
  return ack !== undefined && ack.until > now ? ack : null;
}
