import type { EpochMs, SubjectKey } from "../ids.ts";
import { healSubjectOf } from "../subject.ts";
import { isDiverged, type Diverged, type Judgement, type VerdictKind } from "../verdict.ts";
import { worstBySubject } from "../worst.ts";

/** `gone`: nothing of the subject runs. */
export type Standing = VerdictKind | "gone";

/** A subject's standing became another one. Only subjects that were diverged have turns: before its first one a subject
 *  was fresh, or not there. So a host on which nothing diverges writes none. */
export interface Turn {
  readonly subject: SubjectKey;
  /** Of a divergence: when it began, and when its grace ended, whenever that was seen. */
  readonly at: EpochMs;
  readonly standing: Standing;
  /** When the container that was seen then had been created; null where there was none. */
  readonly createdAt: EpochMs | null;
}

export interface TurnsInput {
  /** The latest of each subject. */
  readonly last: ReadonlyMap<SubjectKey, Turn>;
  readonly judgements: readonly Judgement[];
  /** Subjects whose heal is under way: what is seen of them in between is no turn. */
  readonly healing: ReadonlySet<SubjectKey>;
  /** False when only some containers were judged. */
  readonly complete: boolean;
  readonly now: EpochMs;
}

/** What a scan adds. In order; empty while nothing changes. */
export function turnsOf({ last, judgements, healing, complete, now }: TurnsInput): readonly Turn[] {
  const seen = worstBySubject(judgements);
  const known = complete ? [...last.keys()].filter((subject) => !seen.has(subject)) : [];
  const counts = (subject: SubjectKey): boolean => !healing.has(healSubjectOf(subject));
  return [
    ...[...seen].flatMap(([subject, judgement]) =>
      counts(subject) ? turned(judgement, last.get(subject) ?? null, now) : [],
    ),
    ...known.flatMap((subject) =>
      counts(subject) && last.get(subject)?.standing !== "gone"
        ? [{ subject, at: now, standing: "gone" as const, createdAt: null }]
        : [],
    ),
  ];
}

function turned(judgement: Judgement, last: Turn | null, now: EpochMs): Turn[] {
  const { subject, container, verdict } = judgement;
  if (last === null && !isDiverged(judgement)) return [];
  if (last?.standing === verdict) return [];
  const turn = (standing: Standing, at: EpochMs): Turn => ({
    subject,
    at: Math.min(now, Math.max(at, last?.at ?? 0)),
    standing,
    createdAt: container.createdAt,
  });
  if (!isDiverged(judgement)) return [turn(verdict, now)];
  return begun(judgement, last).map(([standing, at]) => turn(standing, at));
}

/** A divergence that is seen for the first time beyond its grace was pending before. */
function begun(
  { verdict, divergedSince, graceEndsAt }: Diverged,
  last: Turn | null,
): readonly (readonly ["pending" | "stale", EpochMs])[] {
  if (verdict === "pending") return [["pending", divergedSince]];
  if (last?.standing === "pending" || graceEndsAt <= divergedSince) return [["stale", graceEndsAt]];
  return [
    ["pending", divergedSince],
    ["stale", graceEndsAt],
  ];
}
