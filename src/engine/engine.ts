import type { ContainerId, EpochMs, ImageId, Milliseconds } from "../domain/ids.ts";
import type { ContainerFact, EngineIdentity, ImageFact, Snapshot } from "../domain/observation.ts";
import type { EventStream } from "./events.ts";

/** What the rest of the program may ask of a Docker engine. Every call has a deadline of its own and fails with a
 *  `StalewatchError` whose code begins with `ENGINE_`; an abort rejects with the signal's reason. */
export interface Engine {
  readonly identity: EngineIdentity;
  /** By how much the engine's clock was ahead of ours at the connect; null where it does not say. */
  readonly clockSkew: Milliseconds | null;
  /** Requests sent so far, the two of the connect included, but for those that open a stream of events. */
  readonly calls: number;
  /** The two lists, asked at once: all a quiet scan costs. */
  observe(signal: AbortSignal): Promise<Snapshot>;
  /** `GET /images/{id}/json`; an image that the engine does not know gives `known: false`,
   *  and so does, without a call, no image at all. */
  learnImage(id: ImageId, now: EpochMs, signal: AbortSignal): Promise<ImageFact>;
  /** `GET /containers/{id}/json`; null when the container is gone. */
  learnContainer(id: ContainerId, signal: AbortSignal): Promise<ContainerFact | null>;
  /** When the engine was started, from the default bridge that it makes anew each time; null where there is none. */
  startedAt(signal: AbortSignal): Promise<EpochMs | null>;
  /** `GET /events`: what can change a verdict, from now on. With `since`, in the engine's time, first what it still
   *  remembers from then on; nothing from before its own start. The deadline is for the beginning only. */
  follow(since: EpochMs | null, signal: AbortSignal): Promise<EventStream>;
}
