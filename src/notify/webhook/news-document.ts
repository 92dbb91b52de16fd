import type { Affected, NewsItem, ReminderNews, StaleNews } from "../../domain/news.ts";
import { exactCommand } from "../plain-text.ts";
import { isoTime, lines, name, nameOrNull, prose, seconds } from "./encode.ts";

/** One piece of news as the generic document has it: by its kind, as docs/webhook.schema.json lists them. */
export type NewsDocument = ReturnType<typeof newsDocument>;

export function newsDocument(item: NewsItem) {
  switch (item.kind) {
    case "stale":
      return { kind: item.kind, ...stale(item) };
    case "reminder":
      return { kind: item.kind, ...stale(item), count: item.count };
    case "healed":
      return {
        kind: item.kind,
        ...incident(item),
        heal: item.heal,
        downtimeSeconds: item.downtime === null ? null : seconds(item.downtime),
        carried: lines(item.carried),
        dependents: lines(item.dependents),
        warnings: lines(item.warnings),
      };
    case "heal-failed":
      return {
        kind: item.kind,
        ...incident(item),
        heal: item.heal,
        reason: prose(item.reason),
        outcome: prose(item.outcome),
        quarantined: item.quarantined,
        logs: lines(item.logs),
        command: command(item.remedy),
      };
    case "heal-refused":
      return {
        kind: item.kind,
        ...incident(item),
        reason: prose(item.reason),
        command: command(item.remedy),
      };
    case "heal-postponed":
      return {
        kind: item.kind,
        ...incident(item),
        postponedSeconds: seconds(item.postponed),
        command: command(item.remedy),
      };
    case "resolved":
      return {
        kind: item.kind,
        ...incident(item),
        resolution: item.resolution,
        detail: prose(item.detail),
        lastedSeconds: seconds(item.lasted),
      };
    case "breaker":
      return { kind: item.kind, limit: item.limit, due: lines(item.due) };
    case "engine-unreachable":
      return {
        kind: item.kind,
        since: isoTime(item.since),
        failedScans: item.failedScans,
        cause: prose(item.cause),
      };
    case "engine-back":
      return {
        kind: item.kind,
        since: isoTime(item.since),
        lastedSeconds: seconds(item.lasted),
      };
    case "test":
      return { kind: item.kind };
  }
}

function stale(item: StaleNews | ReminderNews) {
  return {
    ...incident(item),
    reason: prose(item.reason),
    rolledBack: item.rolledBack,
    mode: item.mode,
    healBlockedBy: item.healBlockedBy,
    warnings: lines(item.warnings),
    command: command(item.remedy),
  };
}

function incident(item: Extract<NewsItem, { incident: string }>) {
  return {
    incident: item.incident,
    divergedSince: isoTime(item.divergedSince),
    ...affected(item.affected),
  };
}

function affected({ container, project, service, reference, running, newest }: Affected) {
  return {
    container: name(container),
    project: nameOrNull(project),
    service: nameOrNull(service),
    reference: nameOrNull(reference),
    running: { id: running.id, createdAt: timeOrNull(running.createdAt) },
    newest: {
      id: newest.id,
      tag: name(newest.tag),
      createdAt: isoTime(newest.createdAt),
      revision: nameOrNull(newest.revision),
    },
  };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

function command(remedy: string | null): string | null {
  return remedy === null ? null : exactCommand([remedy]);
}
