import { engineId, subjectKey } from "../../../../src/domain/ids.ts";
import type { HealPlan, HealTarget } from "../../../../src/domain/heal/plan.ts";
import type { HealCase } from "../../../../src/domain/heal/record.ts";
import type { Relations, Tie } from "../../../../src/domain/heal/relations.ts";
import type {
  Diverged,
  Excluded,
  Fresh,
  HealBlock,
  Untracked,
} from "../../../../src/domain/verdict.ts";
import { affected } from "../../notify/news-samples.ts";
import { at, container, containerNamed, imageNamed, minutes } from "../builders.ts";

/** A container of project shop, whose service has its name; `ties` are written `network:db`. */
export function relations(
  name: string,
  more: { needs?: string[]; ties?: string[]; running?: boolean } = {},
): Relations {
  return {
    id: containerNamed(name),
    name,
    running: more.running ?? true,
    project: "shop",
    service: name,
    dependsOn: more.needs ?? [],
    ties: (more.ties ?? []).map((text) => {
      const [tie = "", on = ""] = text.split(":");
      return { tie: tie as Tie, on };
    }),
  };
}

const V1 = { id: imageNamed("v1"), createdAt: at("10:00") };

/** What every judgement of that container has in common. */
function common(name: string): Omit<Fresh, "verdict" | "newest"> {
  return {
    container: container({ name }).row,
    subject: subjectKey(`compose:shop/${name}/1`),
    project: "shop",
    service: name,
    replicas: 1,
    reference: `${name}:latest`,
    strategy: "same-tag",
    mode: "heal",
    running: V1,
    hold: null,
    ack: null,
    warnings: [],
  };
}

function newestOf(name: string): Fresh["newest"] {
  return {
    id: imageNamed(`new ${name}`),
    tag: `${name}:latest`,
    createdAt: at("12:00"),
    revision: null,
  };
}

/** Built again at 12:00, first seen at 12:05, stale since 12:15, due since 12:20. */
export function staleOne(
  name = "web",
  more: Partial<Diverged> & { blocks?: readonly HealBlock[] } = {},
): Diverged {
  const { blocks = [], ...rest } = more;
  return {
    ...common(name),
    verdict: "stale",
    newest: newestOf(name),
    reasonCode: "tag-moved",
    rolledBack: false,
    divergedSince: at("12:00"),
    graceEndsAt: at("12:15"),
    firstSeenAt: at("12:05"),
    newestSeenAt: at("12:05"),
    healReadyAt: at("12:05") + minutes(15),
    healBlockedBy: blocks[0] ?? null,
    healBlocks: blocks,
    notClonable: null,
    ...rest,
  };
}

export function freshOne(name = "web"): Fresh {
  const newest = newestOf(name);
  return { ...common(name), verdict: "fresh", newest, running: newest };
}

export function untrackedOne(name = "web"): Untracked {
  return { ...common(name), verdict: "untracked", reasonCode: "tag-missing" };
}

export function excludedOne(name = "web"): Excluded {
  return { ...common(name), verdict: "excluded", reasonCode: "label" };
}

/** A stale one that is to be healed. */
export function target(name: string): HealTarget {
  return { judgement: staleOne(name), cause: `${name}:latest was built again` };
}

/** The steps of a plan as they follow each other: `create web`. */
export function stepsOf({ heals }: HealPlan): string[] {
  return heals.flatMap(({ steps }) => steps.map(({ step, container: name }) => `${step} ${name}`));
}

export function healCase(changes: Partial<HealCase> = {}): HealCase {
  return {
    id: "h-1",
    engine: engineId("ENGINE:ONE"),
    subject: subjectKey("compose:shop/web/1"),
    container: "shop-web-1",
    affected: affected(),
    divergedSince: at("12:00"),
    remedy: "docker compose up -d web",
    by: "daemon",
    openedAt: at("12:20"),
    ...changes,
  };
}
