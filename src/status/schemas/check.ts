import { MODES, STRATEGIES } from "../../domain/policy.ts";
import {
  DIVERGED_REASONS,
  EXCLUDED_REASONS,
  HEAL_BLOCKS,
  UNTRACKED_REASONS,
  VERDICTS,
  WARNING_CODES,
} from "../../domain/verdict.ts";
import {
  COUNT,
  DIALECT,
  list,
  object,
  orNull,
  TEXT,
  TEXT_OR_NULL,
  time,
  timeOrNull,
} from "./json-schema.ts";
import { CONTAINER_NAME, ENGINE, NEWEST, PROJECT, REFERENCE, RUNNING, SERVICE } from "./parts.ts";

const HOLD = object({ id: TEXT, until: time("When it ends."), reason: TEXT_OR_NULL });

const CONTAINER = object({
  name: CONTAINER_NAME,
  id: { type: "string", pattern: "^[0-9a-f]{64}$" },
  project: PROJECT,
  service: SERVICE,
  reference: REFERENCE,
  strategy: { enum: STRATEGIES },
  mode: { enum: MODES },
  verdict: { enum: VERDICTS },
  reasonCode: { enum: [...DIVERGED_REASONS, ...UNTRACKED_REASONS, ...EXCLUDED_REASONS, null] },
  reason: { ...TEXT, description: "In words, with ages as of checkedAt." },
  rolledBack: { type: "boolean", description: "The tag was moved back, or it was pinned by hand." },
  running: RUNNING,
  newest: orNull(NEWEST),
  divergedSince: timeOrNull("Since when it does not run its newest image."),
  graceEndsAt: timeOrNull("When a divergence counts."),
  healBlockedBy: {
    enum: [...HEAL_BLOCKS, null],
    description: "What forbids an automatic heal; null if nothing does.",
  },
  hold: orNull(HOLD),
  ack: orNull(object({ until: time("No reminders until then.") })),
  warnings: list(object({ code: { enum: WARNING_CODES }, message: TEXT })),
});

/** `check --json` and /api/v1/check. */
export const CHECK_SCHEMA = {
  $schema: DIALECT,
  title: "stalewatch check, schemaVersion 1",
  ...object({
    schemaVersion: { const: 1 },
    engine: ENGINE,
    checkedAt: time("When it was looked at."),
    summary: object(Object.fromEntries(VERDICTS.map((verdict) => [verdict, COUNT]))),
    containers: list(CONTAINER),
  }),
};
