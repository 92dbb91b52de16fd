import { asDeployed, policyForAsked } from "../../../../src/domain/verify/as-deployed.ts";
import type { ReplicaReading } from "../../../../src/domain/verify/replica.ts";
import {
  faultTexts,
  isAskedFor,
  isHopeless,
  isVerified,
  proveServices,
  type ProvenService,
  type VerifyRequest,
} from "../../../../src/domain/verify/services.ts";
import type { ObservedContainer } from "../../../../src/domain/observation.ts";
import type { PolicyConfig } from "../../../../src/domain/policy.ts";
import { at, container, host, image, policy, V1, V2, type ContainerSketch } from "../builders.ts";
import type { SketchedContainer } from "../builders.ts";
import { look } from "../watch.ts";

/** The deploy began at 12:00, when v2 was built, and it is 12:05. */
export interface Deployed {
  readonly containers: readonly SketchedContainer[];
  readonly request?: Partial<VerifyRequest>;
  /** By name: what an inspect says otherwise than the list; null: gone. */
  readonly readings?: Readonly<Record<string, Partial<ReplicaReading> | null>>;
  readonly policy?: Partial<PolicyConfig>;
}

/** A replica as a deploy makes it. */
export function replica(sketch: ContainerSketch = {}): SketchedContainer {
  return container({ created: "12:01", runs: "v2", ...sketch });
}

export const API = image("api", { tags: ["shop-api:latest"], built: "12:00" });
export const api: ContainerSketch = {
  name: "shop-api-1",
  compose: "shop/api/1",
  follows: "shop-api",
  runs: "api",
};

export function prove({ containers, readings = {}, ...more }: Deployed): ProvenService[] {
  const request: VerifyRequest = {
    project: "shop",
    services: ["web"],
    replicas: new Map(),
    since: at("12:00"),
    settle: 30_000,
    ...more.request,
  };
  const isAsked = (one: ObservedContainer): boolean => isAskedFor(one, request);
  const seen = host({ containers, images: [V1, V2, API] });
  const viewed = { ...seen, snapshot: asDeployed(seen.snapshot, isAsked) };
  const { judgements } = look(viewed, {
    now: "12:05",
    policy: policyForAsked(policy(more.policy)),
  });
  const read = containers.flatMap(({ row }) => {
    const said = readings[row.name];
    return said === null ? [] : [[row.id, { ...readingOf(row), ...said }] as const];
  });
  return proveServices(request, {
    containers: viewed.snapshot.containers,
    judgements: new Map(judgements.map((one) => [one.container.id, one])),
    readings: new Map(read),
    now: at("12:05"),
  });
}

function readingOf({ createdAt, state }: ObservedContainer): ReplicaReading {
  return {
    createdAt,
    status: state,
    exitCode: 0,
    oomKilled: false,
    restartCount: 0,
    startedAt: new Date(createdAt).toISOString(),
    health: null,
  };
}

/** `verified`, or what is wrong, with `for good` where waiting is of no use. */
export function outcomeOf(services: readonly ProvenService[]): string {
  if (isVerified(services)) return "verified";
  const texts = faultTexts(services).join("; ") || "nothing";
  return isHopeless(services) ? `${texts}, for good` : texts;
}
