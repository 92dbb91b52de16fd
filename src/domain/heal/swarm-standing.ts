import type { ImageId } from "../ids.ts";
import type { SwarmRecord } from "./swarm-record.ts";
import { isServing, wantedBy, type SwarmService, type SwarmTask } from "./swarm-service.ts";

/** A task with the image that its container runs; null where there is no container, or none to be seen from here. */
export interface SeenTask extends SwarmTask {
  readonly image: ImageId | null;
}

/** How many tasks of a service are wanted, and what those that serve run. The rest is down. */
export interface SwarmStanding {
  readonly wanted: number;
  /** The newest image, since the heal began. */
  readonly renewed: number;
  /** The newest image, from before. */
  readonly kept: number;
  /** An image that it ran when the heal began. */
  readonly old: number;
  /** Yet another image. */
  readonly other: number;
  readonly unseen: number;
}

type Part = Exclude<keyof SwarmStanding, "wanted">;
type Case = Pick<SwarmRecord, "newImage" | "oldImages" | "knownTasks">;

export function standingOf(
  { spec }: SwarmService,
  tasks: readonly SeenTask[],
  of: Case,
): SwarmStanding {
  const running = tasks.filter((task) => isServing(task) && task.state === "running");
  const parts = running.map((task) => partOf(task, of));
  const count = (part: Part): number => parts.filter((one) => one === part).length;
  const wanted = wantedBy(spec);
  return {
    wanted: wanted.kind === "replicated" ? wanted.count : slotsIn(tasks),
    renewed: count("renewed"),
    kept: count("kept"),
    old: count("old"),
    other: count("other"),
    unseen: count("unseen"),
  };
}

function partOf({ id, image }: SeenTask, { newImage, oldImages, knownTasks }: Case): Part {
  if (image === null) return "unseen";
  if (image === newImage) return knownTasks.includes(id) ? "kept" : "renewed";
  return oldImages.includes(image) ? "old" : "other";
}

/** Nodes on which a global service has, or is about to have, a task. */
function slotsIn(tasks: readonly SeenTask[]): number {
  const wanted = tasks.filter((task) => isServing(task) || task.desired === "ready");
  return new Set(wanted.map(({ slot }) => slot)).size;
}

/** Nothing but tasks on the newest image, as many as are wanted, all started since. */
export function isRenewed(tasks: readonly SeenTask[], { wanted, renewed }: SwarmStanding): boolean {
  return wanted > 0 && renewed === wanted && tasks.filter(isServing).length === wanted;
}

/** All run, and some an image that is neither the old nor the one that was newest: the tag has moved on. */
export function isOvertaken({ wanted, renewed, other }: SwarmStanding): boolean {
  return other > 0 && renewed + other >= wanted;
}

/** `of 3 tasks 1 runs the newest image, 1 runs the old one, 1 is down`. */
export function standingText(standing: SwarmStanding): string {
  const { wanted, renewed, kept, old, other, unseen } = standing;
  const down = Math.max(0, wanted - renewed - kept - old - other - unseen);
  const parts = [
    runs(renewed + kept, "the newest image"),
    runs(old, "the old image"),
    runs(other, "yet another image"),
    runs(unseen, "an image that cannot be seen from here"),
    down === 0 ? "" : `${down} ${down === 1 ? "is" : "are"} down`,
  ].filter((part) => part !== "");
  return `of ${wanted} ${wanted === 1 ? "task" : "tasks"} ${parts.join(", ") || "none is wanted"}`;
}

function runs(count: number, what: string): string {
  return count === 0 ? "" : `${count} ${count === 1 ? "runs" : "run"} ${what}`;
}
