import {
  isServing,
  type SwarmService,
  type SwarmTask,
} from "../../../src/domain/heal/swarm-service.ts";
import { engineId, type ImageId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { SwarmEngine } from "../../../src/engine/swarm-engine.ts";
import type { HealClock } from "../../../src/heal/acts.ts";
import { at, imageNamed } from "../domain/builders.ts";
import { NODE, peer, seen, service } from "../domain/heal/swarm-sketch.ts";

export class HttpError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** A swarm of one node with the service web, as far as a heal can tell it from a real one. It moves on while the clock
 *  sleeps, one task at a time. */
export class FakeSwarm {
  current: SwarmService | null = service();
  isManager = true;
  /** What web:latest means. */
  tag: ImageId = imageNamed("v2");
  /** What becomes of a task that is started now. */
  newTasks: "run" | "crash" = "run";
  updates = 0;
  now = at("12:30");
  private readonly images = new Map<string, ImageId>();
  private started = 0;
  tasks: readonly SwarmTask[] = ["1", "2"].map((slot) =>
    this.start(slot, imageNamed("v1"), `old-${slot}`),
  );

  private start(slot: string, image: ImageId, id = `new-${++this.started}`): SwarmTask {
    const task = seen(id, { slot });
    this.images.set(String(task.containerId), image);
    return task;
  }

  /** Somebody changes the service; its version counts. */
  change(how: (spec: JsonObject) => JsonObject): void {
    if (this.current === null) throw new Error("the service is gone");
    const { spec, version } = this.current;
    this.current = { ...this.current, spec: how(spec), version: version + 1 };
  }

  /** What Swarm does in a moment: starts a crashed task again, or else replaces the next one that is to be. */
  step(): void {
    const isNew = ({ id }: SwarmTask): boolean => id.startsWith("new-");
    const serving = this.tasks.filter(isServing);
    const crashed = this.newTasks === "crash" ? serving.find(isNew) : undefined;
    const next = this.updates > 0 ? serving.find((task) => !isNew(task)) : undefined;
    if (crashed !== undefined)
      this.replace(crashed, { state: "failed", error: "task: non-zero exit (3)" });
    else if (next !== undefined) this.replace(next, { state: "shutdown" });
  }

  private replace(task: SwarmTask, end: Partial<SwarmTask>): void {
    const others = this.tasks.filter(({ id }) => id !== task.id);
    const over = { ...task, desired: "shutdown", ...end };
    this.tasks = [...others, over, this.start(task.slot, this.tag)];
  }

  readonly clock: HealClock = {
    now: () => this.now,
    sleep: (length, signal) => {
      signal.throwIfAborted();
      this.now += length;
      this.step();
      return Promise.resolve();
    },
  };

  readonly swarm: SwarmEngine = {
    node: () => Promise.resolve({ id: NODE, state: "active", isManager: this.isManager }),
    peers: () => Promise.resolve([peer(NODE)]),
    service: () => Promise.resolve(this.current),
    tasks: () => Promise.resolve(this.tasks),
    update: (_, version, spec) => {
      if (version !== this.current?.version)
        return Promise.reject(
          new HttpError(500, "rpc error: code = Unknown desc = update out of sequence"),
        );
      this.updates++;
      const update = { state: "updating", startedAt: `update ${this.updates}`, message: "" };
      this.current = { ...this.current, version: version + 1, spec, update };
      return Promise.resolve();
    },
  };

  /** Only what a heal of a service may ask: anything else fails. */
  readonly engine = {
    identity: { id: engineId("ENGINE:ONE") },
    inspect: (id: string) =>
      Promise.resolve(this.images.has(id) ? { Id: id, Image: this.images.get(id) ?? "" } : null),
    logs: () => Promise.resolve("panic: oh no\n"),
    inspectImage: (reference: string) =>
      Promise.resolve({ Id: reference.startsWith("sha256:") ? reference : this.tag }),
  } as unknown as HealEngine;
}
