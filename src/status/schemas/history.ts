import { HEAL_OUTCOMES } from "../../domain/heal/record.ts";
import { KINDS } from "../../domain/kinds.ts";
import { RESOLUTIONS } from "../../domain/news.ts";
import {
  COUNT,
  DIALECT,
  list,
  object,
  TEXT,
  TEXT_OR_NULL,
  time,
  timeOrNull,
} from "./json-schema.ts";
import { CONTAINER_NAME, ENGINE, NEWEST, PROJECT, REFERENCE, RUNNING, SERVICE } from "./parts.ts";

const INCIDENT = object({
  id: { ...TEXT, description: "The same from the first alert to the end." },
  container: CONTAINER_NAME,
  project: PROJECT,
  service: SERVICE,
  reference: REFERENCE,
  reason: TEXT,
  rolledBack: { type: "boolean" },
  running: RUNNING,
  newest: NEWEST,
  divergedSince: time("Since when the container did not run its newest image."),
  openedAt: time("When it was told of."),
  reminders: COUNT,
  ackUntil: timeOrNull("No reminders until then."),
  resolvedAt: timeOrNull("When it ended; null while it goes on."),
  resolution: { enum: [...RESOLUTIONS, null] },
});

const HEAL = object({
  id: TEXT,
  method: TEXT,
  by: { enum: ["daemon", "command"] },
  container: CONTAINER_NAME,
  project: PROJECT,
  service: SERVICE,
  oldImage: TEXT,
  newImage: TEXT,
  openedAt: time("When it began."),
  closedAt: timeOrNull("When it ended; null while it is under way, or was cut off."),
  outcome: { enum: [...HEAL_OUTCOMES, null] },
  detail: TEXT_OR_NULL,
  quarantined: { type: "boolean", description: "Whether the image is not tried again." },
  downtimeSeconds: { type: ["number", "null"], minimum: 0 },
  steps: list(object({ phase: TEXT, at: time("When it was entered.") })),
  warnings: list(TEXT),
  logs: { ...list(TEXT), description: "The replacement's last lines." },
  definition: {
    type: ["object", "null"],
    description:
      "What was lost, to make it again by hand: in `history --json` alone, because environment variables are in it.",
  },
});

const DEAD_LETTER = object({
  channel: TEXT,
  kinds: list({ enum: KINDS }),
  createdAt: time("When there was something to tell."),
  givenUpAt: time("When it was given up."),
  attempts: COUNT,
  error: TEXT,
});

const HEAD = { schemaVersion: { const: 1 }, engine: ENGINE, incidents: list(INCIDENT) };

/** `history --json` and /api/v1/history. */
export const HISTORY_SCHEMA = {
  $schema: DIALECT,
  title: "stalewatch history, schemaVersion 1",
  ...object({ ...HEAD, heals: list(HEAL), deadLetters: list(DEAD_LETTER) }),
};

/** /api/v1/incidents. */
export const INCIDENTS_SCHEMA = {
  $schema: DIALECT,
  title: "stalewatch incidents, schemaVersion 1",
  ...object(HEAD),
};
