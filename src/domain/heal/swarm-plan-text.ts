import { formatSpan } from "../duration.ts";
import { shortId } from "../ids.ts";
import type { JsonObject } from "../replacement/json.ts";
import { objectAt, textAt } from "../replacement/read.ts";
import type { SwarmRecord } from "./swarm-record.ts";
import type { SwarmService } from "./swarm-service.ts";
import { standingOf, standingText, type SeenTask } from "./swarm-standing.ts";

/** What a heal would do, each step with its cause. */
export function planText(
  record: SwarmRecord,
  service: SwarmService,
  tasks: readonly SeenTask[],
): readonly string[] {
  const { container, image, newImage, limits } = record;
  return [
    `force an update of the Swarm service ${container} (${standingText(standingOf(service, tasks, record))}): ` +
      `Swarm replaces every task from ${image}, ${wayOf(service.spec)}`,
    `watch its tasks until all have run ${shortId(newImage)} for ${formatSpan(limits.settle)}, or three in one slot have failed`,
  ];
}

/** As the service's own definition has it; zero at once is all. */
function wayOf(spec: JsonObject): string {
  const config = objectAt(spec, "UpdateConfig");
  const parallelism = config["Parallelism"];
  const many = typeof parallelism === "number" && parallelism > 0 ? parallelism : null;
  const order =
    textAt(config, "Order") === "start-first"
      ? "each started before the old one stops"
      : "each stopped before the new one starts";
  return `${many === null ? "all at once" : `${many} at a time`}, ${order}`;
}
