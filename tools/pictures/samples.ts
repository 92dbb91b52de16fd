import { imageId } from "../../src/domain/ids.ts";
import type { Affected, NewsItem } from "../../src/domain/news.ts";
import { weekReport } from "../../test/unit/domain/report-samples.ts";
import { NOW as STATUS_NOW, shopHost } from "../../test/unit/status/samples.ts";
import { reportHtml } from "../../src/notify/mail/report-html.ts";
import { htmlPart } from "../../src/notify/mail/html-part.ts";
import { ASSETS } from "../../src/status/assets.ts";
import { historyPage, overviewPage, type PageInput } from "../../src/status/page/frame.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 26, 12);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Sample {
  /** The first part of the picture's file. */
  readonly name: string;
  /** Of a window on a desk. Default: as wide as a mail. */
  readonly width?: number;
  readonly html: () => string;
}

function service(name: string, ids: readonly [running: string, newest: string]): Affected {
  const tag = `shop-${name}:latest`;
  const [running, newest] = ids.map((id) => imageId(`sha256:${id.padEnd(64, "0")}`));
  if (running === undefined || newest === undefined) throw new Error("two image IDs are needed");
  return {
    container: `shop-${name}-1`,
    project: "shop",
    service: name,
    reference: tag,
    running: { id: running, createdAt: NOW - 2 * DAY },
    newest: { id: newest, tag, createdAt: NOW - 71 * MINUTE, revision: "4f2c9e1" },
  };
}

const remedy = (name: string): string =>
  `docker compose -f /srv/shop/compose.yaml -p shop up -d --no-deps --force-recreate ${name}`;

const web = service("web", ["030db7a5bcb8", "1684df0941df"]);
const api = service("api", ["77a0c2f19e04", "b2d94410c6a8"]);
const worker = service("worker", ["9c01b7e2aa54", "e00f6a2b9d13"]);

const incident: readonly NewsItem[] = [
  {
    kind: "stale",
    incident: "web",
    affected: web,
    divergedSince: NOW - 71 * MINUTE,
    reason: "shop-web:latest was built again 71 min ago",
    rolledBack: false,
    mode: "alert",
    healBlockedBy: "mode",
    warnings: [],
    remedy: remedy("web"),
  },
];

const heals: readonly NewsItem[] = [
  {
    kind: "heal-failed",
    incident: "api",
    heal: "h-1",
    affected: api,
    divergedSince: NOW - 38 * MINUTE,
    reason: "it was unhealthy 4 times in a row",
    outcome: "the old container runs again, as before",
    quarantined: true,
    logs: [
      'level=info msg="listening on :8080"',
      'level=error msg="no such table: order_items"',
      "health check: GET /healthz answered 500",
    ],
    remedy: remedy("api"),
  },
  {
    kind: "healed",
    incident: "worker",
    heal: "h-2",
    affected: worker,
    divergedSince: NOW - 35 * MINUTE,
    downtime: 1240,
    carried: ["anonymous volume 3f2a91c0d3e5… at /data"],
    dependents: ["shop-sidecar-1"],
    warnings: [],
  },
  {
    kind: "resolved",
    incident: "web",
    affected: web,
    divergedSince: NOW - 125 * MINUTE,
    resolution: "fresh",
    detail: "shop-web-1 runs shop-web:latest as built last",
    lasted: 125 * MINUTE,
  },
];

function mail(name: string, items: readonly NewsItem[]): Sample {
  return { name, html: () => htmlPart({ engine: "shop-host-1", at: NOW, items }) };
}

type Page = (input: PageInput) => string;

/** A page as it looks where scripts run. */
function statusPage(name: string, page: Page): Sample {
  const { style, script } = ASSETS;
  return {
    name,
    width: 1120,
    html: () =>
      page({ facts: shopHost(), version: "", now: STATUS_NOW })
        .replace(/<link rel="icon"[^>]*>/, "")
        .replace(/<link rel="stylesheet"[^>]*>/, `<style>${style.content}</style>`)
        .replace(`src="${script.path}"`, "")
        .replaceAll('<button type="button" hidden>', '<button type="button">')
        .replace('<span id="live" hidden></span>', '<span id="live">live</span>'),
  };
}

/** What the pictures show. */
export const SAMPLES: readonly Sample[] = [
  mail("mail-stale", incident),
  mail("mail-heals", heals),
  { name: "mail-report", html: () => reportHtml(weekReport()) },
  statusPage("status", (input) => overviewPage(input, { verdict: null, project: null })),
  statusPage("status-history", (input) =>
    historyPage(input).replace("<details>", "<details open>"),
  ),
];
