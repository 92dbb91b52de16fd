import { messageOf } from "../../domain/error.ts";
import { healEnd, type HealEnd } from "../../domain/heal/record.ts";
import { hasBegun, type SwarmRecord } from "../../domain/heal/swarm-record.ts";
import {
  forced,
  forceUpdateIn,
  imageIn,
  isUpdating,
  type SwarmService,
} from "../../domain/heal/swarm-service.ts";
import { statusOf } from "../../engine/call.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { SwarmLease, SwarmParts } from "./lease.ts";
import { patiently } from "./patience.ts";
import { watchService } from "./watch.ts";

/** A service changes with every step of an update, a scaling, a label. More often than this in a row somebody else is at
 *  it. */
const ATTEMPTS = 5;
/** Calls are never cut off by a shutdown: only their deadline ends them. Between two steps, `signal` is looked at. */
const calls = new AbortController().signal;

/** Heals a Swarm service: makes Swarm replace all its tasks from the very tag that they have, and watches them. An abort
 *  leaves the journal open: recovery goes on from there, as Swarm does. */
export async function runSwarmHeal(
  lease: SwarmLease,
  parts: SwarmParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const withdrawn = await forceUpdate(lease, parts, signal);
  if (withdrawn !== null) {
    const end = healEnd("discarded", withdrawn);
    lease.close(end);
    return end;
  }
  lease.enter("watching");
  return watchService(lease, parts, signal);
}

/** Why Swarm was not asked, or did not take it; null when it did. Its answer is never the proof: it may have been lost
 *  on the way, or say that the service had changed in between. */
async function forceUpdate(
  lease: SwarmLease,
  parts: SwarmParts,
  signal: AbortSignal,
): Promise<string | null> {
  const { record } = lease;
  const read = (): Promise<SwarmService | null> =>
    patiently(() => parts.swarm.service(record.serviceId, calls), record, parts, signal);
  let service = await read();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const why = await withdrawal(service, record, parts, signal);
    if (why !== null || service === null) return why ?? GONE;
    const refusal = await send(service, lease, parts);
    if (refusal === null) return null;
    const before = service;
    service = await read();
    if (service !== null && hasBegun(service, record)) return null;
    if (service?.version === before.version && statusOf(refusal) !== null)
      return `Swarm refused to update it: ${messageOf(refusal)}`;
  }
  return "the service changed again and again while it was to be updated";
}

const GONE = "somebody removed the service";

/** What it was refused with, or null. */
async function send(
  { version, spec }: SwarmService,
  lease: SwarmLease,
  { swarm, progress }: SwarmParts,
): Promise<unknown> {
  const { record } = lease;
  lease.enter("updating");
  progress?.({ container: record.container, step: "swarm" });
  try {
    await swarm.update(record.serviceId, version, forced(spec), calls);
    return null;
  } catch (error) {
    return error;
  }
}

/** Whether all is still as it was judged, right before Swarm is asked. */
async function withdrawal(
  service: SwarmService | null,
  record: SwarmRecord,
  parts: SwarmParts,
  signal: AbortSignal,
): Promise<string | null> {
  if (service === null) return GONE;
  if (imageIn(service.spec) !== record.image) return "somebody gave the service another image";
  if (isUpdating(service) || forceUpdateIn(service.spec) !== record.forceUpdate)
    return "somebody else is updating the service";
  const ask = (): ReturnType<HealEngine["inspectImage"]> =>
    parts.engine.inspectImage(record.image, calls);
  const image = await patiently(ask, record, parts, signal);
  return image?.["Id"] === record.newImage ? null : "its tag means yet another image by now";
}
