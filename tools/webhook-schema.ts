import { RESOLUTIONS } from "../src/domain/news.ts";
import { MODES } from "../src/domain/policy.ts";
import { HEAL_BLOCKS } from "../src/domain/verdict.ts";
import { LINES_AT_MOST, NAME_AT_MOST, PROSE_AT_MOST } from "../src/notify/webhook/encode.ts";
import {
  DIALECT,
  object,
  orNull,
  time,
  TIME,
  type Properties,
} from "../src/status/schemas/json-schema.ts";

/** docs/webhook.schema.json: the contract of the document that src/notify/webhook makes. Written by hand, because a
 *  contract that follows the code by itself is none; tests hold the two together. */
export function webhookSchema(): object {
  return {
    $schema: DIALECT,
    title: "stalewatch webhook, format generic, schemaVersion 1",
    ...object({
      schemaVersion: { const: 1 },
      id: {
        type: "string",
        pattern: "^[0-9a-f]{32}$",
        description:
          "The message's ID, also in the header webhook-id: the same when it is sent again.",
      },
      engine: { ...text(NAME_AT_MOST), description: "The Docker engine that it is about." },
      at: time("When it was found out."),
      headline: {
        ...text(400),
        description: "In a few words: 2 containers stale, 1 container resolved.",
      },
      text: { type: "string", description: "All of it in words, for people; lines end with LF." },
      statusUrl: {
        type: ["string", "null"],
        description: "The status page, where one is configured.",
      },
      news: { type: "array", maxItems: 500, items: { oneOf: NEWS } },
      leftOut: {
        type: "integer",
        minimum: 0,
        description: "How many more pieces of news there were.",
      },
    }),
    $defs: { image: IMAGE, newestImage: NEWEST_IMAGE },
  };
}

export function webhookSchemaText(): string {
  return `${JSON.stringify(webhookSchema(), null, 2)}\n`;
}

function text(maxLength: number): object {
  return { type: "string", maxLength };
}

const NAME = { type: "string", maxLength: NAME_AT_MOST };
const PROSE = text(PROSE_AT_MOST);
const LINES = { type: "array", maxItems: LINES_AT_MOST, items: PROSE };
const SECONDS = { type: "number", minimum: 0 };
const COMMAND = {
  type: ["string", "null"],
  maxLength: 800,
  description: "What to type on the host; null where nothing can be named exactly.",
};
const TIME_OR_NULL = { type: ["string", "null"], pattern: TIME };

const IMAGE = object({ id: NAME, createdAt: TIME_OR_NULL });
const NEWEST_IMAGE = object({
  id: NAME,
  tag: NAME,
  createdAt: time("When it was built, as far as the image tells the truth."),
  revision: { ...orNull(NAME), description: "org.opencontainers.image.revision" },
});

const INCIDENT = {
  incident: { ...NAME, description: "The same from the first alert to the end." },
  divergedSince: time("Since when the container does not run its newest image."),
  container: NAME,
  project: orNull(NAME),
  service: orNull(NAME),
  reference: { ...orNull(NAME), description: "The image name that the container follows." },
  running: { $ref: "#/$defs/image" },
  newest: { $ref: "#/$defs/newestImage" },
};

const STALE = {
  ...INCIDENT,
  reason: PROSE,
  rolledBack: { type: "boolean" },
  mode: { enum: MODES },
  healBlockedBy: { type: ["string", "null"], examples: HEAL_BLOCKS },
  warnings: LINES,
  command: COMMAND,
};

const KINDS: Readonly<Record<string, Properties>> = {
  stale: STALE,
  reminder: { ...STALE, count: { type: "integer", minimum: 1 } },
  healed: {
    ...INCIDENT,
    heal: NAME,
    downtimeSeconds: { type: ["number", "null"], minimum: 0 },
    carried: LINES,
    dependents: LINES,
    warnings: LINES,
  },
  "heal-failed": {
    ...INCIDENT,
    heal: NAME,
    reason: PROSE,
    outcome: PROSE,
    quarantined: { type: "boolean" },
    logs: LINES,
    command: COMMAND,
  },
  "heal-refused": { ...INCIDENT, reason: PROSE, command: COMMAND },
  "heal-postponed": { ...INCIDENT, postponedSeconds: SECONDS, command: COMMAND },
  resolved: {
    ...INCIDENT,
    resolution: { enum: RESOLUTIONS },
    detail: PROSE,
    lastedSeconds: SECONDS,
  },
  breaker: { limit: { type: "integer", minimum: 1 }, due: LINES },
  "engine-unreachable": {
    since: time("Since when it gives no answer."),
    failedScans: { type: "integer", minimum: 1 },
    cause: PROSE,
  },
  "engine-back": { since: time("Since when it gave no answer."), lastedSeconds: SECONDS },
  test: {},
};

const NEWS = Object.entries(KINDS).map(([kind, properties]) =>
  object({ kind: { const: kind }, ...properties }),
);
