import { healEnd, type HealEnd } from "../../domain/heal/record.ts";
import type { SwarmRecord } from "../../domain/heal/swarm-record.ts";
import { standingOf, standingText } from "../../domain/heal/swarm-standing.ts";
import {
  swarmStep,
  watchBegins,
  type FailedTask,
  type SwarmReading,
} from "../../domain/heal/swarm-watch.ts";
import { quote } from "../../domain/remedy.ts";
import { lastWords } from "../last-words.ts";
import type { SwarmLease, SwarmParts } from "./lease.ts";
import { patiently } from "./patience.ts";
import { lookAtService, type ImagesSeen } from "./reading.ts";

/** How often the tasks are looked at. */
const LOOK_EVERY = 500;
const calls = new AbortController().signal;

/** Watches the tasks until all of them run the newest image, or it is certain that they do not. */
export async function watchService(
  lease: SwarmLease,
  parts: SwarmParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { record } = lease;
  const { clock } = parts;
  const seen: ImagesSeen = new Map();
  parts.progress?.({ container: record.container, step: "gate" });
  let progress = watchBegins(clock.now());
  for (;;) {
    const look = (): Promise<SwarmReading> => lookAtService(record.serviceId, parts, seen, calls);
    const reading = await patiently(look, record, parts, signal);
    const answer = swarmStep(reading, record, progress, clock.now());
    if (answer.kind !== "wait") return closed(lease, await endOf(answer, reading, record, parts));
    progress = answer.progress;
    await clock.sleep(LOOK_EVERY, signal);
  }
}

type Ended = Exclude<ReturnType<typeof swarmStep>, { kind: "wait" }>;

async function endOf(
  answer: Ended,
  reading: SwarmReading,
  record: SwarmRecord,
  parts: SwarmParts,
): Promise<HealEnd> {
  const runsNow = runsNowText(reading, record);
  switch (answer.kind) {
    case "passed":
      return healEnd("healed", `${runsNow}, ${record.image}`, { runsNow });
    case "left":
      return healEnd("left", answer.reason, { runsNow });
    case "failed":
      return healEnd("failed", answer.reason, {
        quarantine: true,
        runsNow: `${runsNow}; Swarm goes on starting them from ${record.image}, the image that failed`,
        logs: await evidence(answer.failed, record, parts),
        remedy: await wayBack(record, parts),
      });
  }
}

function runsNowText({ service, tasks }: SwarmReading, record: SwarmRecord): string {
  return service === null
    ? "nothing of it runs any more"
    : standingText(standingOf(service, tasks, record));
}

/** What Swarm says of the last failure of each slot, and what the last container of all left. */
async function evidence(
  failed: readonly FailedTask[],
  { container }: SwarmRecord,
  { engine }: SwarmParts,
): Promise<readonly string[]> {
  const lastBySlot = new Map(failed.map((task) => [task.slot, task]));
  const said = [...lastBySlot.values()].map(({ slot, why }) => `task ${container}.${slot}: ${why}`);
  const last = failed.findLast(({ containerId }) => containerId !== null)?.containerId ?? null;
  return last === null ? said : [...said, ...(await lastWords(last, engine))];
}

/** Nothing is tagged by us: whether the old image is wanted back is for people to say. The containerd store has forgotten
 *  it by now. */
async function wayBack(
  { oldImages, image, container }: SwarmRecord,
  { engine }: SwarmParts,
): Promise<string | null> {
  const [old] = oldImages;
  if (old === undefined || (await engine.inspectImage(old, calls)) === null) return null;
  const update = ["docker", "service", "update", "--force", container].map(quote).join(" ");
  return `${["docker", "tag", old, image].map(quote).join(" ")} && ${update}`;
}

function closed(lease: SwarmLease, end: HealEnd): HealEnd {
  lease.close(end);
  return end;
}
