import { imageId } from "../../../src/domain/ids.ts";
import type {
  Affected,
  Bulletin,
  HealedNews,
  HealFailedNews,
  NewsItem,
  ReminderNews,
  ResolvedNews,
  StaleNews,
} from "../../../src/domain/news.ts";

export const NOW = Date.UTC(2026, 10, 22, 9, 26);
export const MINUTE = 60_000;

export function affected(changes: Partial<Affected> = {}): Affected {
  return {
    container: "infra2-web-1",
    project: "infra2",
    service: "web",
    reference: "infra2-web:latest",
    running: {
      id: imageId(`sha256:${"4f2a91c0d3e5".padEnd(64, "0")}`),
      createdAt: NOW - 2 * 86_400_000,
    },
    newest: {
      id: imageId(`sha256:${"9c01b7e2aa54".padEnd(64, "0")}`),
      tag: "infra2-web:latest",
      createdAt: NOW - 71 * MINUTE,
      revision: "1f3c9d2",
    },
    ...changes,
  };
}

export function staleNews(changes: Partial<StaleNews> = {}): StaleNews {
  return {
    kind: "stale",
    incident: "i-1",
    affected: affected(),
    divergedSince: NOW - 71 * MINUTE,
    reason: "infra2-web:latest was built again 71 min ago",
    rolledBack: false,
    mode: "alert",
    healBlockedBy: "mode",
    warnings: [],
    remedy:
      "docker compose -f /srv/infra2/compose.yml -p infra2 up -d --no-deps --force-recreate web",
    ...changes,
  };
}

export function reminderNews(changes: Partial<ReminderNews> = {}): ReminderNews {
  return { ...staleNews(), kind: "reminder", count: 2, ...changes };
}

export function resolvedNews(changes: Partial<ResolvedNews> = {}): ResolvedNews {
  return {
    kind: "resolved",
    incident: "i-1",
    affected: affected(),
    divergedSince: NOW - 125 * MINUTE,
    resolution: "fresh",
    detail: "infra2-web-1 runs infra2-web:latest as built last",
    lasted: 125 * MINUTE,
    ...changes,
  };
}

const CASE = { incident: "i-1", divergedSince: NOW - 71 * MINUTE } as const;

export function healedNews(changes: Partial<HealedNews> = {}): HealedNews {
  return {
    kind: "healed",
    ...CASE,
    affected: affected(),
    heal: "h-1",
    downtime: 1240,
    carried: ["anonymous volume 3f2a91c0d3e5… at /data"],
    dependents: ["infra2-sidecar-1"],
    warnings: [],
    ...changes,
  };
}

export function healFailedNews(changes: Partial<HealFailedNews> = {}): HealFailedNews {
  return {
    kind: "heal-failed",
    ...CASE,
    affected: affected(),
    heal: "h-2",
    reason: "it exited with code 3",
    outcome: "the old container runs again",
    quarantined: true,
    logs: ["starting", "no such table: users"],
    remedy: staleNews().remedy,
    ...changes,
  };
}

/** The other things that are said about heals. */
export function otherHealNews(text: string, whose: Affected = affected()): NewsItem[] {
  const about = { ...CASE, affected: whose, remedy: text };
  return [
    { kind: "heal-refused", ...about, reason: text },
    { kind: "heal-postponed", ...about, postponed: 71 * MINUTE },
    { kind: "breaker", limit: 5, due: [text, text] },
  ];
}

export function bulletin(...items: readonly NewsItem[]): Bulletin {
  return { engine: "host-1", at: NOW, items };
}

/** A piece of stale news in which every text that can come from outside is this one. */
export function hostileNews(text: string): NewsItem[] {
  const whose = affected({
    container: text,
    project: text,
    service: text,
    reference: text,
    newest: { ...affected().newest, tag: text, revision: text },
  });
  const stale = staleNews({
    affected: whose,
    reason: text,
    warnings: [text, text, text],
    remedy: text,
  });
  return [
    stale,
    { ...stale, healBlockedBy: null, mode: "heal", remedy: null },
    { ...stale, kind: "reminder", count: 1 },
    healedNews({ affected: whose, carried: [text], dependents: [text], warnings: [text] }),
    healFailedNews({ affected: whose, reason: text, outcome: text, logs: [text], remedy: text }),
    ...otherHealNews(text, whose),
    resolvedNews({ affected: whose, detail: text }),
    { kind: "engine-unreachable", since: NOW, failedScans: 3, cause: text },
    { kind: "engine-back", since: NOW, lasted: MINUTE },
    { kind: "test" },
  ];
}
