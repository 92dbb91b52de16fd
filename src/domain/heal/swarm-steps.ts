import { formatSpan } from "../duration.ts";
import { shortId } from "../ids.ts";
import type { JsonObject } from "../replacement/json.ts";
import { objectAt, textAt } from "../replacement/read.ts";
import type { HealStep } from "./plan.ts";
import type { SwarmRecord } from "./swarm-record.ts";
import type { SwarmService } from "./swarm-service.ts";
import { standingOf, standingText, type SeenTask } from "./swarm-standing.ts";

/** What the heal of a service would do. */
export function swarmSteps(
  record: SwarmRecord,
  service: SwarmService,
  tasks: readonly SeenTask[],
  cause: string,
): readonly HealStep[] {
  const { container, image, newImage, limits } = record;
  const settle = formatSpan(limits.settle);
  return [
    {
      step: "swarm",
      container,
      does: `force an update of the Swarm service ${container}: Swarm replaces every task from ${image}, ${wayOf(service.spec)}`,
      cause: `${cause} (${standingText(standingOf(service, tasks, record))})`,
    },
    {
      step: "gate",
      container,
      does: `watch its tasks until all have run ${shortId(newImage)} for ${settle}`,
      cause: "Swarm calls an update completed before its tasks have proved themselves",
    },
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
