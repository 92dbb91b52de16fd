import { healEnd } from "../../../src/domain/heal/record.ts";
import { COMPOSE } from "../../../src/domain/labels.ts";
import type { Judgement } from "../../../src/domain/verdict.ts";
import type { Facts } from "../../../src/status/facts.ts";
import {
  diverged,
  ENGINE,
  factsOf,
  fresh,
  heal,
  HOUR,
  incident,
  NOW,
  sight,
  untracked,
} from "./samples.ts";

/** A host on which everything that somebody else can choose is this text. */
export function hostileFacts(text: string): Facts {
  const base = diverged("shop-web-1", HOUR);
  const web = hostile(
    {
      ...base,
      newest: { ...base.newest, tag: text, revision: text },
      hold: { id: text, project: text, container: null, until: NOW + HOUR, reason: text },
    },
    text,
  );
  const judgements = [
    web,
    hostile(fresh("shop-api-1"), text),
    hostile(untracked("shop-db-1"), text),
  ];
  const end = healEnd("rolled-back", text, { logs: [text, text], warnings: [text] });
  const healed = heal(base, 3, end);
  const record = { ...healed.record, container: text };
  return factsOf(
    judgements,
    {
      incidents: [incident(web, { reason: text })],
      heals: [{ ...healed, record, steps: [{ phase: text, at: NOW - HOUR }] }],
      letters: [
        {
          id: 1,
          channel: text,
          bulletin: { engine: text, at: NOW, items: [] },
          createdAt: NOW - HOUR,
          attempts: 3,
          deadAt: NOW,
          error: text,
        },
      ],
      healingOff: text,
      deliveries: new Map([[text, { end: "postponed", at: NOW, error: text }]]),
    },
    {
      engineName: text,
      scan: { engine: { ...ENGINE, name: text, version: text }, judgements, at: NOW },
      cycle: { ...sight([]).cycle, startedAt: NOW, endedAt: NOW, failure: text },
      channels: [text],
      degraded: text,
    },
  );
}

function hostile<T extends Judgement>(one: T, text: string): T {
  const { container } = one;
  const labels = {
    ...container.labels,
    [COMPOSE.service]: text,
    "com.docker.compose.project.config_files": `/srv/${text}/compose.yaml`,
  };
  return {
    ...one,
    container: { ...container, name: text, labels },
    project: text,
    service: text,
    reference: text,
    warnings: [{ code: "bad-label", message: text }],
  };
}
