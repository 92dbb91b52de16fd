import { deploysUnderWay } from "../deploys.ts";
import { healLeftover } from "../heal/temporary-names.ts";
import type { ContainerId, EpochMs } from "../ids.ts";
import { COMPOSE } from "../labels.ts";
import { isLive, type ObservedContainer } from "../observation.ts";
import { placeOf, type Place } from "../place.ts";
import { isReplica, subjectOf } from "../subject.ts";
import { swarmPlaceOf } from "../swarm.ts";
import type { Judgement } from "../verdict.ts";
import {
  replicaFault,
  type Demands,
  type Replica,
  type ReplicaReading,
  type VerifyFault,
} from "./replica.ts";

/** What a deploy says that it has made. */
export interface VerifyRequest extends Demands {
  /** null: any. */
  readonly project: string | null;
  /** Empty: all that the project has. */
  readonly services: readonly string[];
  /** By service: how many replicas there must be, no more and no fewer. */
  readonly replicas: ReadonlyMap<string, number>;
}

/** One look at the engine: its list, and of what was asked for also the verdicts and inspects. */
export interface VerifySight {
  readonly containers: readonly ObservedContainer[];
  readonly judgements: ReadonlyMap<ContainerId, Judgement>;
  readonly readings: ReadonlyMap<ContainerId, ReplicaReading>;
  readonly now: EpochMs;
}

export interface ProvenReplica extends Replica {
  readonly fault: VerifyFault | null;
}

export interface ProvenService extends Place {
  readonly service: string;
  /** null: nobody said how many, so all that there are count. */
  readonly expected: number | null;
  /** In the order of the engine's list. */
  readonly replicas: readonly ProvenReplica[];
  /** What is wrong with their number. */
  readonly fault: VerifyFault | null;
}

/** Whether a container is one that was asked for. What it is not: a one-off, a temporary one of a heal, one that has
 *  Compose's labels from its image only, or a Swarm task that has ended, of which Swarm keeps a few. */
export function isAskedFor(
  container: ObservedContainer,
  { project, services }: Pick<VerifyRequest, "project" | "services">,
): boolean {
  const place = placeOf(container);
  return (
    isKept(container) &&
    place.service !== null &&
    (project === null || place.project === project) &&
    (services.length === 0 || services.includes(place.service))
  );
}

/** Compose keeps a container for each replica, in whatever state it is: the next `up` would start it. */
function isKept(container: ObservedContainer): boolean {
  if (swarmPlaceOf(container.labels) !== null) return isLive(container);
  return isReplica(container.labels) && healLeftover(container.name) === null;
}

/** Every service that was asked for with all its replicas, and what each lacks, by name. A service without any container
 *  is there, too, if it was named. */
export function proveServices(request: VerifyRequest, sight: VerifySight): ProvenService[] {
  const asked = sight.containers.filter((one) => isAskedFor(one, request));
  const groups = Map.groupBy(asked, (one) => JSON.stringify(placeOf(one)));
  const found = [...groups.values()].map((replicas) => proven(replicas, request, sight));
  const missing = request.services.filter((name) => found.every(({ service }) => service !== name));
  const absent = missing.map((name) => proven([], request, sight, name));
  return [...found, ...absent].sort((a, b) => (serviceName(a) < serviceName(b) ? -1 : 1));
}

/** All containers of one service; where there are none, it goes by the name that was asked for. */
function proven(
  containers: readonly ObservedContainer[],
  request: VerifyRequest,
  sight: VerifySight,
  named = "",
): ProvenService {
  const [place = { project: request.project, service: named }] = containers.map(placeOf);
  const { project, service } = { ...place, service: place.service ?? named };
  const expected = request.replicas.get(service) ?? null;
  const doubled = deploysUnderWay(containers);
  const isJob = isAwaitedToEnd(service, project, sight.containers);
  const replicas = containers.map((container): ProvenReplica => {
    const replica = {
      container,
      reading: sight.readings.get(container.id) ?? null,
      judgement: sight.judgements.get(container.id) ?? null,
      isDoubled: doubled.has(subjectOf(container)),
      isJob,
    };
    return { ...replica, fault: replicaFault(replica, request, sight.now) };
  });
  const fault = numberFault(new Set(containers.map(subjectOf)).size, expected);
  return { project, service, expected, replicas, fault };
}

function numberFault(found: number, expected: number | null): VerifyFault | null {
  if (found === expected) return null;
  if (found === 0) return { code: "missing", text: "has no container", isFinal: false };
  if (expected === null) return null;
  const code = found < expected ? "too-few" : "too-many";
  return { code, text: `has ${found} of ${expected} replicas`, isFinal: false };
}

/** Whether another service of the project waits for this one to end, as Compose 2.x writes down on that. */
function isAwaitedToEnd(
  service: string,
  project: string | null,
  containers: readonly ObservedContainer[],
): boolean {
  return containers.some(({ labels }) => {
    const conditions = labels[COMPOSE.dependsOn]?.split(",") ?? [];
    return (
      labels[COMPOSE.project] === project &&
      conditions.some((one) => one.startsWith(`${service}:service_completed_successfully`))
    );
  });
}

export function isVerified(services: readonly ProvenService[]): boolean {
  return services.length > 0 && faultsOf(services).length === 0;
}

/** Whether something is wrong that no waiting mends. */
export function isHopeless(services: readonly ProvenService[]): boolean {
  return faultsOf(services).some(({ fault }) => fault.isFinal);
}

/** `shop-web-1 is paused`: each with the name of what it is about. */
export function faultTexts(services: readonly ProvenService[]): readonly string[] {
  return faultsOf(services).map(({ name, fault }) => `${name} ${fault.text}`);
}

function faultsOf(
  services: readonly ProvenService[],
): readonly { readonly name: string; readonly fault: VerifyFault }[] {
  return services.flatMap((one) => [
    ...(one.fault === null ? [] : [{ name: serviceName(one), fault: one.fault }]),
    ...one.replicas.flatMap(({ container, fault }) =>
      fault === null ? [] : [{ name: container.name, fault }],
    ),
  ]);
}

/** `shop/web`, or `web` where no project is known. */
export function serviceName({ project, service }: ProvenService): string {
  return project === null ? service : `${project}/${service}`;
}
