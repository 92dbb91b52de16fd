import { createHash } from "node:crypto";
import { healEnd } from "../../../src/domain/heal/record.ts";
import {
  containerId,
  engineId,
  imageId,
  subjectKey,
  type ContainerId,
  type EpochMs,
  type ImageId,
} from "../../../src/domain/ids.ts";
import type { Incident } from "../../../src/domain/incident.ts";
import { COMPOSE } from "../../../src/domain/labels.ts";
import type { Turn } from "../../../src/domain/timeline/turns.ts";
import type {
  Diverged,
  Excluded,
  Fresh,
  Judgement,
  Untracked,
} from "../../../src/domain/verdict.ts";
import type { HealRow } from "../../../src/state/heal-table.ts";
import { collectFacts, type Facts, type PastSource } from "../../../src/status/facts.ts";
import type { Sight } from "../../../src/status/sight.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Tuesday, in the forenoon. */
export const NOW: EpochMs = Date.UTC(2026, 10, 24, 9, 26, 12);

const hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const image = (text: string): ImageId => imageId(`sha256:${hex(text)}`);
const container = (text: string): ContainerId => containerId(hex(text));

/** What all judgements of a container `PROJECT-SERVICE-1` have in common. */
function common(name: string): Omit<Fresh, "verdict" | "newest"> {
  const [project = "", service = "", number = "1"] = name.split("-");
  const tag = `${project}-${service}:latest`;
  return {
    container: {
      id: container(name),
      name,
      image: tag,
      imageId: image(`${name} old`),
      manifestDigest: null,
      createdAt: NOW - 30 * DAY,
      state: "running",
      labels: {
        [COMPOSE.project]: project,
        [COMPOSE.service]: service,
        [COMPOSE.number]: number,
        "com.docker.compose.project.working_dir": `/srv/${project}`,
        "com.docker.compose.project.config_files": `/srv/${project}/compose.yaml`,
        "com.docker.compose.version": "2.40.3",
      },
      mounts: [],
    },
    subject: subjectKey(`compose:${project}/${service}/${number}`),
    project,
    service,
    replicas: 1,
    reference: tag,
    strategy: "same-tag",
    mode: "alert",
    running: { id: image(`${name} old`), createdAt: NOW - 3 * DAY },
    hold: null,
    ack: null,
    warnings: [],
  };
}

export function fresh(name: string, more: Partial<Fresh> = {}): Fresh {
  const base = common(name);
  const { running, reference } = base;
  const tag = reference ?? "";
  const newest = { id: running.id, tag, createdAt: NOW - 3 * DAY, revision: null };
  return { ...base, verdict: "fresh", newest, ...more };
}

/** For so long, under a grace of 15 minutes. */
export function diverged(name: string, since: number, more: Partial<Diverged> = {}): Diverged {
  const base = common(name);
  const divergedSince = NOW - since;
  const graceEndsAt = divergedSince + 15 * MINUTE;
  return {
    ...base,
    verdict: graceEndsAt <= NOW ? "stale" : "pending",
    reasonCode: "tag-moved",
    newest: {
      id: image(`${name} new`),
      tag: base.reference ?? "",
      createdAt: divergedSince,
      revision: "4f2c9e1",
    },
    rolledBack: false,
    divergedSince,
    graceEndsAt,
    firstSeenAt: divergedSince,
    newestSeenAt: divergedSince,
    healReadyAt: graceEndsAt,
    healBlockedBy: "mode",
    healBlocks: ["mode"],
    notClonable: null,
    ...more,
  };
}

export function untracked(name: string, more: Partial<Untracked> = {}): Untracked {
  return { ...common(name), verdict: "untracked", reasonCode: "pinned-by-digest", ...more };
}

export function excluded(name: string, more: Partial<Excluded> = {}): Excluded {
  return { ...common(name), verdict: "excluded", reasonCode: "filter", ...more };
}

/** Its past, by hours before now. */
export function turns(
  one: Judgement,
  ...past: readonly (readonly [number, Turn["standing"]])[]
): Turn[] {
  return past.map(([hours, standing]) => ({
    subject: one.subject,
    at: NOW - hours * HOUR,
    standing,
    createdAt: one.container.createdAt,
  }));
}

export function incident(one: Diverged, more: Partial<Incident> = {}): Incident {
  const { container: found, project, service, reference, running, newest } = one;
  return {
    id: hex(found.name).slice(0, 8),
    subject: one.subject,
    affected: { container: found.name, project, service, reference, running, newest },
    reason: `${newest.tag} was built again`,
    rolledBack: one.rolledBack,
    divergedSince: one.divergedSince,
    divergence: one.divergedSince,
    openedAt: one.graceEndsAt,
    reminders: 0,
    nextReminderAt: NOW + HOUR,
    ackUntil: null,
    goneSince: null,
    resolvedAt: null,
    resolution: null,
    ...more,
  };
}

/** So many hours ago; `end`: null while it is under way. */
export function heal(one: Diverged, hours: number, end: HealRow["end"]): HealRow {
  const openedAt = NOW - hours * HOUR;
  const id = hex(`heal ${one.container.name}`).slice(0, 8);
  const phases = ["open", "create", "stopped", "started", "gating", end ? "passed" : "gating"];
  return {
    id,
    parent: null,
    phase: "gating",
    replacementId: null,
    steps: phases.map((phase, i) => ({ phase, at: openedAt + i * 700 })),
    openedAt,
    closedAt: end === null ? null : openedAt + 34_000,
    end,
    record: {
      id,
      method: "engine",
      engine: ENGINE.id,
      subject: one.subject,
      container: one.container.name,
      affected: incident(one).affected,
      divergedSince: one.divergedSince,
      remedy: null,
      by: "daemon",
      openedAt,
    },
  };
}

export const ENGINE = {
  id: engineId("ENGINE:ONE"),
  name: "shop-host-1",
  apiVersion: "1.51",
  version: "28.5.2",
  store: "classic",
} as const;

export function sight(judgements: readonly Judgement[], more: Partial<Sight> = {}): Sight {
  const at = NOW - 12_000;
  return {
    version: "0.1.0",
    startedAt: NOW - 6 * DAY,
    engineName: "unix:///var/run/docker.sock",
    scan: { engine: ENGINE, judgements, at },
    cycle: { startedAt: at, endedAt: at + 80, failure: null },
    outageSince: null,
    nextScanAt: NOW + 228_000,
    watching: { from: NOW - 6 * DAY, to: at },
    channels: ["slack", "email:ops@example.org"],
    degraded: null,
    ...more,
  };
}

export type PastSketch = Partial<Facts> & { readonly turns_?: readonly Turn[] };

/** A state in which nothing ever happened, but for what is said. */
export function past(more: PastSketch = {}): PastSource {
  return {
    heals: { since: () => more.heals ?? [] },
    lastEngine: () => null,
    incidents: () => more.incidents ?? [],
    deadLetters: () => more.letters ?? [],
    waiting: () => more.waiting ?? { count: 0, oldest: null },
    turnsSince: () => more.turns_ ?? [],
    watchesSince: () => more.watched ?? [{ from: NOW - 30 * DAY, to: NOW - 6.4 * DAY }],
    healingOff: () => more.healingOff ?? null,
  };
}

export function factsOf(
  judgements: readonly Judgement[],
  more: PastSketch = {},
  seen: Partial<Sight> = {},
): Facts {
  return collectFacts(sight(judgements, seen), past(more), more.deliveries ?? new Map(), NOW);
}

/** A host with something of everything. */
export function shopHost(): Facts {
  const web = diverged("shop-web-1", 71 * MINUTE);
  const worker = diverged("shop-worker-1", 12 * MINUTE, {
    mode: "heal",
    healBlockedBy: null,
    healBlocks: [],
  });
  const api = fresh("shop-api-1");
  const search = diverged("crm-search-1", 26 * HOUR, {
    mode: "heal",
    healBlockedBy: "quarantine",
    healBlocks: ["quarantine"],
    ack: { until: NOW + 5 * HOUR },
    warnings: [
      {
        code: "volume-shadows-image",
        message: "an anonymous volume at /srv/data is older than the newest image",
      },
    ],
  });
  const mail = fresh("crm-mail-1");
  const judgements = [
    web,
    worker,
    api,
    fresh("shop-db-1", {
      newest: { ...api.newest, tag: "postgres:17", createdAt: NOW - 40 * DAY },
    }),
    search,
    mail,
    fresh("crm-app-1"),
    fresh("infra-proxy-1"),
    untracked("infra-metrics-1", { reference: "grafana/grafana@sha256:4f…" }),
    fresh("infra-dns-1"),
    excluded("ci-runner-1", { reasonCode: "short-lived" }),
  ];
  const incidents = [
    incident(web),
    incident(search, { ackUntil: NOW + 5 * HOUR }),
    incident(diverged("shop-api-1", 52 * HOUR), {
      id: "h5k2m7qp",
      resolvedAt: NOW - 51 * HOUR,
      resolution: "fresh",
    }),
  ];
  const heals = [
    heal(
      diverged("crm-search-1", 26 * HOUR),
      25,
      healEnd("rolled-back", "it was unhealthy 4 times in a row", {
        quarantine: true,
        downtime: 1210,
        logs: [
          'level=info msg="listening on :8080"',
          'level=error msg="no such table: order_items"',
          "health check: GET /healthz answered 500",
        ],
      }),
    ),
    heal(
      diverged("shop-api-1", 52 * HOUR),
      51,
      healEnd("healed", "runs shop-api:latest as built last", { downtime: 1180 }),
    ),
  ];
  return factsOf(judgements, {
    incidents,
    heals,
    deliveries: new Map([
      ["slack", { end: "delivered", at: NOW - 56 * MINUTE, error: null }],
      ["email:ops@example.org", { end: "delivered", at: NOW - 56 * MINUTE, error: null }],
    ]),
    turns_: [
      ...turns(web, [96, "pending"], [95.75, "fresh"], [71 / 60, "pending"], [56 / 60, "stale"]),
      ...turns(worker, [30, "pending"], [29.8, "fresh"], [12 / 60, "pending"]),
      ...turns(api, [52, "pending"], [51.75, "stale"], [51, "fresh"]),
      ...turns(search, [26, "pending"], [25.75, "stale"]),
      ...turns(mail, [140, "pending"], [139.75, "stale"], [122, "fresh"]),
    ],
  });
}
