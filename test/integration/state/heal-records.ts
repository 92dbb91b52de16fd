import { imageId, subjectKey } from "../../../src/domain/ids.ts";
import { temporaryName } from "../../../src/domain/heal/temporary-names.ts";
import type { DependentSeed, HealRecord } from "../../../src/domain/heal/record.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import type { ComposeHealRecord } from "../../../src/heal/compose/record.ts";
import type { Account } from "../../../src/state/heal-book.ts";
import type { State } from "../../../src/state/state.ts";
import { at, containerNamed, WEB } from "../../unit/domain/builders.ts";
import { healCase } from "../../unit/domain/heal/samples.ts";
import { affected } from "../../unit/notify/news-samples.ts";
import { ENGINE, posting } from "./records.ts";

/** What somebody put into an environment variable: it is in the inspects that the journal keeps. */
export const SECRET = "hunter2-and-a-half";

function inspectOf(name: string): JsonObject {
  return {
    Id: containerNamed(name),
    Name: `/${name}`,
    Config: { Image: "infra2-web", Env: [`PASSWORD=${SECRET}`], Labels: {} },
    HostConfig: { Binds: ["/srv/data:/data"] },
    State: { Status: "running", StartedAt: "2026-05-06T10:01:00Z" },
  };
}

/** A heal of the web service with everything that its undoing may need. */
export function healRecord(changes: Partial<HealRecord> = {}): HealRecord {
  const id = changes.id ?? "h-1";
  const name = changes.container ?? "infra2-web-1";
  const { running, newest } = affected();
  return {
    ...healCase({ id, engine: ENGINE, subject: WEB, container: name, openedAt: at("12:20") }),
    method: "engine",
    oldId: containerNamed(name),
    oldStartedAt: "2026-05-06T10:01:00Z",
    old: inspectOf(name),
    oldImage: running.id,
    oldImageConfig: { Env: ["PATH=/bin"] },
    newImage: { id: newest.id, reference: "infra2-web", config: { Env: ["PATH=/bin"] } },
    replacement: {
      name: temporaryName(name, id),
      create: { Image: "infra2-web", Env: [`PASSWORD=${SECRET}`] },
      connect: [],
      restartPolicy: null,
      carried: ["anonymous volume 3f2a91c0d3e5… at /data"],
    },
    dependents: [],
    cleanup: false,
    ...changes,
  };
}

/** The same through Compose. */
export function composeHealRecord(): ComposeHealRecord {
  const { id, container, old, replacement, affected: cause, ...heal } = healRecord();
  const project = {
    generation: 2,
    version: "2.40.3",
    project: "infra2",
    service: "web",
    directory: "/srv/infra2",
    files: ["/srv/infra2/compose.yaml"],
    envFiles: [],
    separator: "-",
  } as const;
  const replica = {
    id: heal.oldId,
    name: container,
    subject: WEB,
    startedAt: heal.oldStartedAt,
    imageId: heal.oldImage,
    old,
    wayBack: { kind: "definition", replacement },
  } as const;
  return {
    ...healCase({ id, engine: ENGINE, subject: WEB, container, openedAt: heal.openedAt }),
    affected: cause,
    method: "compose",
    project,
    command: { words: ["docker", "compose", "up"], directory: "/srv/infra2" },
    image: "infra2-web",
    newImage: cause.newest.id,
    replicas: [replica],
  };
}

/** A container in the web service's network. */
export function sidecar(name = "infra2-sidecar-1"): DependentSeed {
  const image = imageId(`sha256:${"7".repeat(64)}`);
  return {
    subject: subjectKey(`name:${name}`),
    tie: "network",
    old: inspectOf(name),
    oldImageConfig: {},
    newImage: { id: image, reference: "sidecar", config: {} },
  };
}

/** The heal of that sidecar, as a part of the web service's. */
export function sidecarRecord(id = "h-1-1", name = "infra2-sidecar-1"): HealRecord {
  return healRecord({ id, container: name, subject: sidecar(name).subject });
}

/** Ends the incident, and posts that. */
export const ENDS_INCIDENT: Account = (_record, _end, incident, now) => ({
  incident: incident && { ...incident, resolvedAt: now, resolution: "fresh" },
  postings: [posting("healed")],
});

export const SILENT: Account = () => ({ incident: null, postings: [] });

/** The names of subjects whose heal is open. */
export function healing(state: State): string[] {
  return [...state.remember(ENGINE).memory.healing].sort();
}
