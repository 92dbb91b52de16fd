import type { ServerResponse } from "node:http";
import { parseDuration } from "../domain/duration.ts";
import { StalewatchError } from "../domain/error.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { VERDICTS, type VerdictKind } from "../domain/verdict.ts";
import { ASSETS } from "./assets.ts";
import { checkDocument } from "./documents/check.ts";
import { healthDocument } from "./documents/health.ts";
import { historyDocument, incidentsDocument, type Past } from "./documents/history.ts";
import type { PastSource } from "./facts.ts";
import { livenessOf, readinessOf, type HealthCheck } from "./health.ts";
import { EVENT_STREAM, jsonReply, reply, textReply, type Reply } from "./http/reply.ts";
import type { Viewers } from "./http/viewers.ts";
import type { Views } from "./views.ts";
import { SCHEMAS } from "./schemas/schemas.ts";
import type { Sight } from "./sight.ts";
import type { Tallies } from "./tallies.ts";

/** What answers are made from. */
export interface RouteParts {
  readonly sight: () => Sight | null;
  readonly past: PastSource;
  readonly views: Views;
  readonly tallies: Tallies;
  readonly viewers: Viewers;
  readonly version: string;
  readonly startedAt: EpochMs;
  readonly now: () => EpochMs;
}

type Route = (
  parts: RouteParts,
  url: URL,
  response: ServerResponse,
) => Reply | undefined | Promise<Reply>;

const ROUTES: Readonly<Record<string, Route>> = {
  "/": ({ views }, { searchParams }) => {
    const verdict = searchParams.get("verdict");
    if (verdict !== null && !isVerdict(verdict))
      return textReply(400, `verdict is one of ${VERDICTS.join(", ")}`);
    return views.overview({ verdict, project: searchParams.get("project") });
  },
  "/history": ({ views }) => views.history(),
  "/events": ({ views, viewers }, _, response) => {
    // Who asks for the head alone waits for no news.
    if (response.req.method === "HEAD") return reply(200, EVENT_STREAM, "");
    return viewers.add(response, views.version())
      ? undefined
      : textReply(503, "too many have the page open", { "retry-after": "60" });
  },
  "/metrics": async ({ views, tallies, viewers, version, startedAt }) => {
    // Loaded with the first scrape: most hosts are never scraped.
    const { metricsText } = await import("./metrics.ts");
    const facts = views.facts();
    const count = viewers.count;
    const { type, text } = await metricsText({
      facts,
      tallies,
      version,
      startedAt,
      viewers: count,
    });
    return reply(200, type, text);
  },
  "/livez": ({ sight, startedAt, now }) => healthReply([livenessOf(sight(), startedAt, now())]),
  "/readyz": ({ sight, startedAt, now }) => healthReply(readinessOf(sight(), startedAt, now())),
  "/api/v1": () =>
    jsonReply(200, { schemaVersion: 1, documents: DOCUMENTS, schemas: Object.keys(SCHEMAS) }),
  "/api/v1/check": (parts) =>
    withScan(parts, ({ engine, judgements, at }) =>
      jsonReply(200, checkDocument(engine, judgements, at)),
    ),
  "/api/v1/history": (parts, url) => withPast(parts, url, historyDocument),
  "/api/v1/incidents": (parts, url) => withPast(parts, url, incidentsDocument),
  ...Object.fromEntries(
    Object.values(ASSETS).map(({ path, type, content }): [string, Route] => [
      `/${path}`,
      () => reply(200, type, content, { "cache-control": "public, max-age=31536000, immutable" }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]): [string, Route] => [
      `/api/v1/schemas/${name}`,
      () => jsonReply(200, schema),
    ]),
  ),
};

const DOCUMENTS = ["check", "history", "incidents"];

/** The answer to one address; undefined where the response is a stream that goes on. */
export function route(
  parts: RouteParts,
  url: URL,
  response: ServerResponse,
): Reply | undefined | Promise<Reply> {
  const found = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined;
  return found === undefined
    ? textReply(404, "there is no such page")
    : found(parts, url, response);
}

function isVerdict(text: string): text is VerdictKind {
  return (VERDICTS as readonly string[]).includes(text);
}

function healthReply(checks: readonly HealthCheck[]): Reply {
  const document = healthDocument(checks);
  return jsonReply(document.ok ? 200 : 503, document);
}

function withScan({ sight }: RouteParts, make: (scan: NonNullable<Sight["scan"]>) => Reply): Reply {
  const scan = sight()?.scan ?? null;
  return scan === null ? NOT_YET : make(scan);
}

const NOT_YET = failed(
  503,
  new StalewatchError("NO_SCAN_YET", "no scan has succeeded yet", {
    hint: "see /readyz for the reason",
  }),
);

/** As `--json` prints it. */
function failed(status: number, { code, message, hint }: StalewatchError): Reply {
  return jsonReply(status, { schemaVersion: 1, error: { code, message, hint } });
}

const DAY: Milliseconds = 86_400_000;
const DEFAULT_PERIOD = 7 * DAY;
const LONGEST_PERIOD = 31 * DAY;

/** `?since=7d`, at most a month: the commands have all. */
function withPast(parts: RouteParts, { searchParams }: URL, make: (past: Past) => object): Reply {
  const text = searchParams.get("since");
  const period = text === null ? DEFAULT_PERIOD : parseDuration(text);
  if (period === null || period > LONGEST_PERIOD)
    return failed(
      400,
      new StalewatchError("BAD_PERIOD", "since is no duration of at most 31 days", {
        hint: "write since=7d; `stalewatch history --since` looks back further",
      }),
    );
  return withScan(parts, ({ engine }) => {
    const since = parts.now() - period;
    const { past } = parts;
    return jsonReply(
      200,
      make({
        engine,
        incidents: past.incidents(engine.id, since),
        heals: past.heals.since(engine.id, since).map(withoutDefinition),
        letters: past.deadLetters(since),
      }),
    );
  });
}

type HealRow = Past["heals"][number];

/** A definition has people's environment variables in it, and this page asks nobody for a password. */
function withoutDefinition({ record, ...row }: HealRow): HealRow {
  return { ...row, record: { ...record, old: null } as HealRow["record"] };
}
