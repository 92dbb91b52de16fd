import { engineId, type EngineId, subjectKey } from "../../../src/domain/ids.ts";
import type { Incident } from "../../../src/domain/incident.ts";
import type { Bulletin } from "../../../src/domain/news.ts";
import type { MemoryChange } from "../../../src/domain/remember.ts";
import type { Hold } from "../../../src/domain/verdict.ts";
import type { Posting } from "../../../src/state/outbox-table.ts";
import type { ScanRecord, State } from "../../../src/state/state.ts";
import { at, divergence, image, remembered, WEB } from "../../unit/domain/builders.ts";
import { affected, bulletin, staleNews } from "../../unit/notify/news-samples.ts";

export const ENGINE: EngineId = engineId("ENGINE:ONE");
export const OTHER_ENGINE: EngineId = engineId("ENGINE:TWO");

export const NO_CHANGE: MemoryChange = {
  images: [],
  containers: [],
  divergences: [],
  forgetImages: [],
  forgetContainers: [],
  forgetDivergences: [],
};

/** What a scan leaves behind; as little as possible, unless told otherwise. */
export function record(version: string, sketch: Partial<ScanRecord> = {}): ScanRecord {
  return {
    engine: ENGINE,
    version,
    change: NO_CHANGE,
    turns: [],
    incidents: [],
    postings: [],
    endsOutage: false,
    breakerTold: false,
    now: at("12:20"),
    ...sketch,
  };
}

/** Commits what a scan leaves behind, judged on the state as it is now. */
export function commit(state: State, sketch: Partial<ScanRecord> = {}): void {
  const { version } = state.remember(sketch.engine ?? ENGINE);
  if (!state.commitScan(record(version, sketch))) throw new Error("the scan was refused");
}

/** The web service's, opened at 12:20. */
export function incident(sketch: Partial<Incident> = {}): Incident {
  return {
    id: "i-1",
    subject: WEB,
    affected: affected(),
    reason: "shop-web:latest was built again",
    rolledBack: false,
    divergedSince: at("12:00"),
    divergence: at("12:05"),
    openedAt: at("12:20"),
    reminders: 0,
    nextReminderAt: at("18:20"),
    ackUntil: null,
    goneSince: null,
    resolvedAt: null,
    resolution: null,
    ...sketch,
  };
}

/** Another one each, as many as wanted. */
export function incidents(count: number): Incident[] {
  return Array.from({ length: count }, (_, i) =>
    incident({ id: `i-${i}`, subject: subjectKey(`name:web-${i}`) }),
  );
}

export function posting(container: string, channel = "slack"): Posting {
  return { channel, bulletin: told(container) };
}

/** What is said of one stale container. */
export function told(container: string): Bulletin {
  return bulletin(staleNews({ affected: affected({ container }) }));
}

/** Which container a waiting message is about. */
export function subjectOf(message: { readonly bulletin: Bulletin } | null): string | null {
  const item = message?.bulletin.items[0];
  return item?.kind === "stale" ? item.affected.container : null;
}

export function deployHold(sketch: Partial<Hold> = {}): Hold {
  return {
    id: "hold-1",
    project: "shop",
    container: null,
    until: at("13:00"),
    reason: "a deploy",
    ...sketch,
  };
}

/** A scan's record with something in every table. */
export const EVERYTHING: Partial<ScanRecord> = {
  change: {
    ...NO_CHANGE,
    images: [remembered(image("v1", { labels: { tier: "front" } }), "12:05")],
    divergences: [divergence()],
  },
  incidents: [incident()],
  postings: [posting("web")],
};

/** Enough pages that they do not all fit into SQLite's cache, and that most of the file is table content. */
export function manyImages(count = 600): MemoryChange {
  const images = Array.from({ length: count }, (_, i) => ({
    ...remembered(image(`image ${i}`), "12:05"),
    config: "x".repeat(8000),
  }));
  return { ...NO_CHANGE, images };
}
