import type { EpochMs, Milliseconds, SubjectKey } from "./ids.ts";
import { membersOf, type Divergence } from "./memory.ts";
import { isSane, type ImageFact, type ObservedContainer } from "./observation.ts";
import type { NewestImage } from "./verdict.ts";

/** What a diverged container's clocks are read from. */
export interface ClockInput {
  readonly subject: SubjectKey;
  readonly container: ObservedContainer;
  readonly newest: NewestImage;
  /** What is remembered of the newest image. */
  readonly newestFact: ImageFact | null;
  /** What is remembered of this subject's divergence, if it has one. */
  readonly remembered: Divergence | null;
  /** The older divergence of another container that stands for the same subject now, if there is one. */
  readonly shared: Divergence | null;
  /** When the container's image was built, and the newest one of the remembered divergence; null if unknown. */
  readonly runningBuiltAt: EpochMs | null;
  readonly lackedBuiltAt: EpochMs | null;
  /** The last scan of this process, if the subject was not diverged at it; null if that is not known. */
  readonly seenFreshAt: EpochMs | null;
  readonly now: EpochMs;
}

/** The divergence as of now: the remembered one carried on, or a new one. A start that lies in the future, because the
 *  wall clock was set back, is moved to now; nothing ever moves one later. */
export function divergenceOf(input: ClockInput): Divergence {
  const { subject, container, newest, now } = input;
  const before = input.shared ?? (continues(input) ? input.remembered : null);
  return {
    subject,
    containerId: container.id,
    runningImageId: container.imageId,
    newestImageId: newest.id,
    since: Math.min(before?.since ?? startedAt(input), now),
    firstSeenAt: before?.firstSeenAt ?? now,
    newestSeenAt: before?.newestImageId === newest.id ? Math.min(before.newestSeenAt, now) : now,
  };
}

/** Whoever took part in it carries it on. A new container that runs what was lacking, or something built later still,
 *  ended it, though no scan fell in between; any other new one, on yet another old image, carries it on too. */
function continues({ remembered, container, runningBuiltAt, lackedBuiltAt }: ClockInput): boolean {
  if (remembered === null) return false;
  if (membersOf(remembered).includes(container.id)) return true;
  if (container.imageId === remembered.newestImageId) return false;
  return runningBuiltAt === null || lackedBuiltAt === null || runningBuiltAt <= lackedBuiltAt;
}

/** The alert clock: when the newest image got its tag, but not before the container was there to diverge from it.
 *  Nor before this process last saw it fresh: `docker load` moves a tag and leaves an old tag time. Where the engine's
 *  tag time cannot be believed, now: the divergence is then as old as we know it. */
function startedAt({ container, newestFact, seenFreshAt, now }: ClockInput): EpochMs {
  const taggedAt = newestFact?.lastTaggedAt ?? null;
  if (!isSane(taggedAt, now)) return now;
  return Math.max(taggedAt, container.createdAt, seenFreshAt ?? 0);
}

/** A wall clock that moved by more than this against the monotonic one was set, or the machine slept. */
export const CLOCK_JUMP: Milliseconds = 60_000;

export interface ClockReading {
  readonly wall: EpochMs;
  /** From any fixed start, never set: `performance.now()`. */
  readonly monotonic: Milliseconds;
}

export function clockJumped(before: ClockReading, after: ClockReading): boolean {
  const drift = after.wall - before.wall - (after.monotonic - before.monotonic);
  return Math.abs(drift) > CLOCK_JUMP;
}

/** After a jump the stored times say little about how long anything lasted: every heal clock starts again. */
export function restartHealClocks(divergences: Iterable<Divergence>, now: EpochMs): Divergence[] {
  return Array.from(divergences, (divergence) => ({ ...divergence, newestSeenAt: now }));
}
