import { messageOf } from "../../domain/error.ts";
import type { HealEnd } from "../../domain/heal/record.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import { textAt } from "../../domain/replacement/read.ts";
import { actsOn, stopPatience, type Acts } from "../acts.ts";
import { awaitEngine } from "../engine-answers.ts";
import type { CommandEnd } from "./commands.ts";
import { conclude } from "./conclude.ts";
import { closed, composeEnd } from "./end.ts";
import type { ComposeHealRecord, ComposeLease, ComposeParts } from "./record.ts";
import { recoverComposeHeal } from "./recover.ts";
import { observe } from "./world.ts";

const NEVER = new AbortController().signal;

/** Recreates one service by Compose, and proves it. Compose removes what ran before the new one has shown that it works,
 *  so the way back is a container made anew from the saved definition. What is nobody's verdict (an engine that gives no
 *  answer, somebody else's hand) is settled as a heal that was cut off is. An abort cuts off neither Compose nor a way
 *  back, which stand between a service and nothing, but the trial: then it rejects, the new container runs on, and
 *  recovery puts it on trial anew. */
export async function runComposeHeal(
  lease: ComposeLease,
  parts: ComposeParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  try {
    return await forward(lease, parts, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    await awaitEngine(lease.record, parts);
    return recoverComposeHeal(lease, parts, signal, messageOf(error));
  }
}

async function forward(
  lease: ComposeLease,
  parts: ComposeParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { record } = lease;
  const acts = actsOn(parts.engine, parts.clock, NEVER);
  const doubt = await changedSince(record, parts, acts);
  if (doubt !== null) return closed(lease, composeEnd("discarded", doubt));
  signal.throwIfAborted();
  lease.enter("composing");
  parts.progress?.({ container: record.container, step: "compose" });
  const compose = await upService(record, parts);
  return conclude({ lease, parts, acts, signal, compose, cutOff: "" });
}

/** Why it is not as it was judged, or null. */
async function changedSince(
  record: ComposeHealRecord,
  { engine }: ComposeParts,
  acts: Acts,
): Promise<string | null> {
  const image = await engine.inspectImage(record.image, NEVER);
  if (textAt(image ?? {}, "Id") !== record.newImage)
    return `${record.image} means yet another image by now`;
  const sights = await observe(record, engine, acts);
  const untouched = sights.every(
    ({ turn, successors }) => turn === "untouched" && successors.length === 0,
  );
  return untouched ? null : "somebody else is at work on the service";
}

/** On top of the time that its containers may take to stop. */
const PATIENCE: Milliseconds = 60_000;

function upService(
  { command, replicas, id }: ComposeHealRecord,
  { commands }: ComposeParts,
): Promise<CommandEnd> {
  const stops = replicas.reduce((sum, { old }) => sum + stopPatience(old), 0);
  const options = { mark: id, patience: stops + PATIENCE };
  return commands.run(command, options, NEVER).catch((error: unknown) => notRun(messageOf(error)));
}

/** As a shell would end. */
function notRun(stderr: string): CommandEnd {
  return { exitCode: 127, stdout: "", stderr };
}
