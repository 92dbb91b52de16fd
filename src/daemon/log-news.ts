import { formatSpan } from "../domain/duration.ts";
import type { Bulletin, NewsItem } from "../domain/news.ts";
import type { CourierEvent } from "../notify/courier-event.ts";
import type { HeartbeatEvent } from "../notify/heartbeat.ts";
import type { FollowEvent } from "./follow.ts";
import type { StatusEvent } from "../status/status.ts";
import { errorFields, type Fields, type Log } from "./log.ts";

/** Everything that is told to people is also in the log, whether or not a channel takes it. */
export function logNews(log: Log, { items, engine }: Bulletin): void {
  for (const item of items) {
    const { level, message, fields } = describe(item);
    log[level](item.kind, message, { engine, ...fields });
  }
}

interface Line {
  readonly level: "info" | "warn";
  readonly message: string;
  readonly fields: Fields;
}

function describe(item: NewsItem): Line {
  switch (item.kind) {
    case "stale":
    case "reminder":
      return {
        level: "warn",
        message: `${item.affected.container} is stale: ${item.reason}`,
        fields: caseFields(item),
      };
    case "resolved":
      return {
        level: "info",
        message: `${item.affected.container} is resolved after ${formatSpan(item.lasted)}: ${item.detail}`,
        fields: { ...caseFields(item), resolution: item.resolution },
      };
    case "healed":
      return {
        level: "info",
        message: `${item.affected.container} is healed: it runs ${item.affected.newest.tag}`,
        fields: { ...caseFields(item), heal: item.heal, downtime: item.downtime },
      };
    case "heal-failed":
      return {
        level: "warn",
        message: `${item.affected.container} could not be healed: ${item.reason}; ${item.outcome}`,
        fields: { ...caseFields(item), heal: item.heal, quarantined: item.quarantined },
      };
    case "heal-refused":
      return {
        level: "warn",
        message: `${item.affected.container} is not healed: ${item.reason}`,
        fields: caseFields(item),
      };
    case "heal-postponed":
      return {
        level: "warn",
        message: `newer builds have kept ${item.affected.container} from being healed for ${formatSpan(item.postponed)}`,
        fields: caseFields(item),
      };
    case "breaker":
      return {
        level: "warn",
        message: `nothing is healed: more than ${item.limit} services are due at once`,
        fields: { due: item.due },
      };
    case "engine-unreachable":
      return {
        level: "warn",
        message: `no answer from the engine since ${new Date(item.since).toISOString()}`,
        fields: { failedScans: item.failedScans, cause: item.cause },
      };
    case "engine-back":
      return {
        level: "info",
        message: `the engine answers again after ${formatSpan(item.lasted)}`,
        fields: {},
      };
    case "test":
      return { level: "info", message: "a test message", fields: {} };
  }
}

function caseFields(item: Extract<NewsItem, { incident: string }>): Fields {
  const { affected, incident, divergedSince } = item;
  return {
    incident,
    container: affected.container,
    project: affected.project,
    service: affected.service,
    running: affected.running.id,
    newest: affected.newest.id,
    since: new Date(divergedSince).toISOString(),
  };
}

/** What the courier did, at the level that it deserves. Secrets never get this far: channels keep them out. */
export function logDelivery(log: Log, event: CourierEvent): void {
  const { event: name, message: outboxId, ...rest } = { message: null, ...event };
  const fields = { ...rest, ...(outboxId !== null && { outboxId }) };
  switch (name) {
    case "delivered":
      log.info(name, "a message was delivered", fields);
      break;
    case "delivery-postponed":
      log.warn(name, "a message could not be delivered yet", withTime(fields));
      break;
    case "dead-letter":
      log.error(name, "a message was given up", fields);
      break;
    case "outbox-failed":
      log.error(name, "the outbox could not be used", withTime(fields));
      break;
  }
}

/** Once when it begins to fail and once when it is over, however many scans lie between. */
export function logHeartbeat(log: Log, { event, error, hint }: HeartbeatEvent): void {
  if (event === "heartbeat-recovered") log.info(event, "the heartbeat is taken again");
  else
    log.warn(event, "the heartbeat is not taken: its other side may say that stalewatch is down", {
      error,
      ...(hint !== null && { hint }),
    });
}

export function logFollowing(log: Log, following: FollowEvent): void {
  if (following.event === "events-followed")
    log.info(following.event, "the engine's events are followed again");
  else
    log.warn(
      following.event,
      "the engine's events cannot be followed: until they can, only the schedule leads to scans",
      errorFields(following.error),
    );
}

/** A status page that cannot be had stops nothing. */
export function logStatus(log: Log, event: StatusEvent): void {
  switch (event.event) {
    case "status-listening":
      log.info(event.event, "the status page is served", { address: event.address });
      break;
    case "status-off":
      log.warn(event.event, "the status page cannot be served: watching goes on without it", {
        address: event.address,
        error: event.error,
        hint: event.hint,
      });
      break;
    case "status-failed":
      log.error(
        event.event,
        "the status page did not answer as it should",
        errorFields(event.error),
      );
      break;
  }
}

function withTime(fields: Fields): Fields {
  const { nextAttemptAt } = fields;
  if (typeof nextAttemptAt !== "number") return fields;
  return { ...fields, nextAttemptAt: new Date(nextAttemptAt).toISOString() };
}
