import { caseOf } from "../domain/heal/case.ts";
import type { Dependent } from "../domain/heal/relations.ts";
import { relationsOf } from "../domain/heal/relations-of.ts";
import type { PlannedHeal } from "../domain/heal/plan.ts";
import type { DependentSeed, HealRecord, ReplacementImage } from "../domain/heal/record.ts";
import { temporaryName } from "../domain/heal/temporary-names.ts";
import { imageId, type ContainerId, type ImageId, type SubjectKey } from "../domain/ids.ts";
import { isQuarantined } from "../domain/memory.ts";
import { familiarName, parseReference } from "../domain/reference.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { objectAt, objectsAt, textAt } from "../domain/replacement/read.ts";
import { replacementFor } from "../domain/replacement/replacement.ts";
import { subjectOf } from "../domain/subject.ts";
import type { Judgement } from "../domain/verdict.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { lookAt } from "./look.ts";
import type { HealWorldView } from "./world.ts";

export type Preflight =
  | { readonly kind: "ready"; readonly record: HealRecord }
  | { readonly kind: "refused"; readonly reason: string };

export interface PreflightOptions {
  readonly id: string;
  readonly by: HealRecord["by"];
  readonly cleanup: boolean;
  readonly now: number;
  /** Whether a person overrides holds, also those on what hangs on it. Default: no. */
  readonly force?: boolean;
  /** Why a clone of this container would lose something that no inspect shows, or null. */
  readonly hiddenLoss: (inspect: JsonObject) => Promise<string | null>;
}

class Refused extends Error {}

/** Looks whether a heal can be done faithfully, and writes down all that it needs. Changes nothing. */
export async function preflight(
  planned: PlannedHeal,
  world: HealWorldView,
  engine: HealEngine,
  options: PreflightOptions,
  signal: AbortSignal,
): Promise<Preflight> {
  const one = new Examination(world, engine, options, signal);
  try {
    return { kind: "ready", record: await one.record(planned) };
  } catch (error) {
    if (error instanceof Refused) return { kind: "refused", reason: error.message };
    throw error;
  }
}

/** One look at everything that one heal touches. */
class Examination {
  readonly #world: HealWorldView;
  readonly #engine: HealEngine;
  readonly #options: PreflightOptions;
  readonly #signal: AbortSignal;

  constructor(
    world: HealWorldView,
    engine: HealEngine,
    options: PreflightOptions,
    signal: AbortSignal,
  ) {
    this.#world = world;
    this.#engine = engine;
    this.#options = options;
    this.#signal = signal;
  }

  async record({ target, dependents }: PlannedHeal): Promise<HealRecord> {
    const { judgement } = target;
    const { id, by, cleanup, now } = this.#options;
    const old = this.#inspectOf(judgement.container.id);
    await this.#examine(old);
    const look = lookAt(old);
    const newImage = await this.#image(
      judgement.newest.id,
      referenceFor(old, judgement.newest.tag),
    );
    const oldImage = imageId(look.imageId);
    const oldImageConfig = await this.#oldConfig(oldImage);
    const replacement = this.#replacement(old, oldImageConfig, newImage, id);
    const seeds: DependentSeed[] = [];
    for (const dependent of dependents) seeds.push(await this.#seed(dependent));
    return {
      ...caseOf(target, { id, by, now, engine: this.#engine.identity.id }),
      method: "engine",
      oldId: look.id,
      oldStartedAt: look.gate.startedAt,
      old,
      oldImage,
      oldImageConfig,
      newImage,
      replacement,
      dependents: seeds,
      cleanup,
    };
  }

  #inspectOf(id: ContainerId): JsonObject {
    const inspect = this.#world.inspects.get(id);
    if (inspect === undefined) throw new Refused("it was removed by somebody else");
    return inspect;
  }

  /** What holds for whatever is recreated. */
  async #examine(inspect: JsonObject): Promise<void> {
    const { status } = lookAt(inspect).gate;
    if (status === "paused") throw new Refused("it is paused");
    if (status !== "running") throw new Refused(`it does not run steadily (${status})`);
    if (objectAt(inspect, "HostConfig")["AutoRemove"] === true)
      throw new Refused("it was started with --rm: stopped, it would be gone for good");
    if (Number(objectAt(inspect, "Config")["StopTimeout"] ?? 0) < 0)
      throw new Refused("its stop may last without end (--stop-timeout -1)");
    const loss = await this.#options.hiddenLoss(inspect);
    if (loss !== null) throw new Refused(loss);
    await this.#everythingIsThere(inspect);
  }

  async #everythingIsThere(inspect: JsonObject): Promise<void> {
    for (const name of volumeNames(inspect))
      if (!(await this.#engine.hasVolume(name, this.#signal)))
        throw new Refused(`its volume ${name} is gone`);
    for (const name of networkNames(inspect)) {
      const network = await this.#engine.inspectNetwork(name, this.#signal);
      if (network === null) throw new Refused(`its network ${name} is gone`);
      // A replacement could not take over its name: no engine renames what runs in such a network.
      if (network["Scope"] === "swarm")
        throw new Refused(
          `its network ${name} is a swarm's, in which no running container is renamed`,
        );
    }
    await this.#canStartAgain(inspect);
  }

  /** It runs on without them, but neither it nor a replacement would start. */
  async #canStartAgain(inspect: JsonObject): Promise<void> {
    for (const { tie, on } of relationsOf(inspect).ties) {
      if (tie === "volumes-from") continue;
      const name = on.replace(/^\//, "");
      const needed = await this.#engine.inspect(name, this.#signal);
      if (needed === null || lookAt(needed).sighting !== "running")
        throw new Refused(`what it needs to be started (${tie} ${name}) does not run`);
    }
  }

  async #image(id: ImageId, reference: string): Promise<ReplacementImage> {
    const image = await this.#engine.inspectImage(id, this.#signal);
    if (image === null) throw new Refused(`the image that ${reference} meant is gone`);
    return { id, reference, config: objectAt(image, "Config") };
  }

  /** From memory first: the containerd store forgets an image the moment its tag moves. */
  async #oldConfig(id: ImageId): Promise<JsonObject> {
    const remembered = this.#world.memory.images.get(id)?.config ?? null;
    if (remembered !== null) return JSON.parse(remembered) as JsonObject;
    const image = await this.#engine.inspectImage(id, this.#signal);
    if (image === null)
      throw new Refused(
        "the image that it runs was gone before it could be looked at: what came from the image cannot be told from what was asked for",
      );
    return objectAt(image, "Config");
  }

  #replacement(
    old: JsonObject,
    oldImage: JsonObject,
    newImage: ReplacementImage,
    heal: string,
  ): HealRecord["replacement"] {
    const answer = replacementFor({
      old,
      oldImage,
      newImage,
      apiVersion: this.#engine.identity.apiVersion,
      temporaryName: temporaryName(lookAt(old).name, heal),
      replaced: new Map(),
    });
    if (answer.kind === "not-clonable") throw new Refused(answer.reason);
    return answer.replacement;
  }

  async #seed({ container, tie, on }: Dependent): Promise<DependentSeed> {
    const old = this.#inspectOf(container.id);
    try {
      this.#mayBeTouched(container.id);
      await this.#examine(old);
      const oldImageConfig = await this.#oldConfig(imageId(textAt(old, "Image")));
      const newImage = await this.#dependentsImage(old);
      this.#replacement(old, oldImageConfig, newImage, this.#options.id);
      const subject = this.#judgementOf(container.id)?.subject ?? subjectOf(lookAt(old));
      this.#mayBeTried(subject, newImage.id, textAt(old, "Image"));
      return { subject, tie, old, oldImageConfig, newImage };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Refused(
        `${container.name} hangs on ${on.name} and cannot be recreated with it: ${error.message}`,
      );
    }
  }

  #judgementOf(id: ContainerId): Judgement | undefined {
    return this.#world.judgements.find(({ container }) => container.id === id);
  }

  #mayBeTouched(id: ContainerId): void {
    const judgement = this.#judgementOf(id);
    if (judgement?.verdict === "excluded")
      throw new Refused("stalewatch is told not to look at it");
    if (judgement?.hold && !this.#options.force)
      throw new Refused(`hold ${judgement.hold.id} is on it`);
  }

  /** It would fail again, and take the one that it hangs on back with it. */
  #mayBeTried(subject: SubjectKey, image: ImageId, running: string): void {
    if (this.#options.force || image === running) return;
    if (isQuarantined(this.#world.memory, subject, image))
      throw new Refused("its newest image failed here before");
  }

  /** Whatever its own reference means now, as Compose would take; the image that it runs where that means nothing. */
  async #dependentsImage(old: JsonObject): Promise<ReplacementImage> {
    const reference = textAt(objectAt(old, "Config"), "Image");
    const image = await this.#engine.inspectImage(reference, this.#signal);
    if (image !== null)
      return { id: imageId(textAt(image, "Id")), reference, config: objectAt(image, "Config") };
    const running = imageId(textAt(old, "Image"));
    return this.#image(running, running);
  }
}

/** The container's own reference, as its user wrote it, if it means the newest image's tag. */
function referenceFor(old: JsonObject, newestTag: string): string {
  const own = textAt(objectAt(old, "Config"), "Image");
  const parsed = parseReference(own);
  return parsed.kind === "tag" && familiarName(parsed) === newestTag ? own : newestTag;
}

function volumeNames(inspect: JsonObject): readonly string[] {
  return objectsAt(inspect, "Mounts")
    .filter((mount) => textAt(mount, "Type") === "volume")
    .map((mount) => textAt(mount, "Name"))
    .filter((name) => name !== "");
}

/** In another container's network, or the host's, there is none to look for. */
function networkNames(inspect: JsonObject): readonly string[] {
  return Object.keys(objectAt(objectAt(inspect, "NetworkSettings"), "Networks")).filter(
    (name) => name !== "host" && name !== "none",
  );
}
