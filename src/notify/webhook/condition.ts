import type { EpochMs } from "../../domain/ids.ts";
import type { Bulletin, NewsItem } from "../../domain/news.ts";
import { engineName } from "../plain-text.ts";

/** What receivers keep that think in alerts which begin and end. */
export interface Condition {
  /** The same at its beginning, in between and at its end. Nothing that may change meanwhile is in it. */
  readonly key: string;
  readonly alert:
    "ContainerStale" | "HealingStopped" | "DockerEngineUnreachable" | "StalewatchTest";
  readonly severity: "critical" | "warning" | "info";
  readonly since: EpochMs;
  readonly isOn: boolean;
}

export function conditionOf(item: NewsItem, { engine, at }: Bulletin): Condition {
  switch (item.kind) {
    case "stale":
    case "reminder":
    case "heal-failed":
    case "heal-refused":
    case "heal-postponed":
      return { ...incident(item), isOn: true };
    case "healed":
    case "resolved":
      return { ...incident(item), isOn: false };
    case "breaker":
      return {
        key: `${engineName(engine)}/breaker`,
        alert: "HealingStopped",
        severity: "warning",
        since: at,
        isOn: true,
      };
    case "engine-unreachable":
    case "engine-back":
      return {
        key: `${engineName(engine)}/engine`,
        alert: "DockerEngineUnreachable",
        severity: "critical",
        since: item.since,
        isOn: item.kind === "engine-unreachable",
      };
    case "test":
      return {
        key: `${engineName(engine)}/test`,
        alert: "StalewatchTest",
        severity: "info",
        since: at,
        isOn: true,
      };
  }
}

function incident({ incident: id, divergedSince }: Extract<NewsItem, { incident: string }>) {
  return {
    key: id,
    alert: "ContainerStale",
    severity: "warning",
    since: divergedSince,
  } as const;
}
