import type { ImageId } from "./ids.ts";
import type { Followed } from "./follow.ts";
import { COMPOSE } from "./labels.ts";
import type { NewestAnswer } from "./newest.ts";
import type { LocalImage } from "./observation.ts";
import type { RunningImage } from "./verdict.ts";
import { parseReference, tagKey, type Reference } from "./reference.ts";

export interface TaggedImage {
  /** The bare tag: `latest`. */
  readonly tag: string;
  readonly image: LocalImage;
}

/** The local images by everything they are looked up by, so that judging a container does not depend on how many
 *  images there are. */
export interface ImageIndex {
  readonly byId: ReadonlyMap<ImageId, LocalImage>;
  /** By `tagKey`. */
  readonly byTag: ReadonlyMap<string, LocalImage>;
  readonly byRepository: ReadonlyMap<string, readonly TaggedImage[]>;
  /** Tagged images by the Compose project, and in it the service, that they say they were built for. */
  readonly byService: ReadonlyMap<string, ReadonlyMap<string, readonly LocalImage[]>>;
  /** `parseReference`, remembered: many containers share few names. */
  readonly parse: (text: string) => Reference;
  /** What `follow` made of a name, and `newestOf` of a reference: remembered for the same reason. */
  readonly followed: Map<string, Followed>;
  readonly answers: Map<Reference, NewestAnswer>;
  /** Images that containers run, listed or not. */
  readonly running: Map<ImageId, RunningImage>;
}

export function indexImages(images: readonly LocalImage[]): ImageIndex {
  const byId = new Map<ImageId, LocalImage>();
  const byTag = new Map<string, LocalImage>();
  const byRepository = new Map<string, TaggedImage[]>();
  const byService = new Map<string, Map<string, LocalImage[]>>();
  const parse = rememberingParser();
  for (const image of images) {
    byId.set(image.id, image);
    if (image.tags.length > 0) addToService(byService, image);
    for (const text of image.tags) {
      const reference = parse(text);
      if (reference.kind !== "tag") continue;
      byTag.set(tagKey(reference), image);
      push(byRepository, reference.repository, { tag: reference.tag, image });
    }
  }
  const remembered = { followed: new Map(), answers: new Map(), running: new Map() };
  return { byId, byTag, byRepository, byService, parse, ...remembered };
}

/** Compose 2.x stamps these labels on what it builds, as on the containers it creates; a number on those only, so that
 *  an image with one is no build but a committed container. */
function addToService(byService: Map<string, Map<string, LocalImage[]>>, image: LocalImage): void {
  const project = image.labels[COMPOSE.project];
  const service = image.labels[COMPOSE.service];
  if (!project || !service || image.labels[COMPOSE.number]) return;
  const services = byService.get(project) ?? new Map<string, LocalImage[]>();
  byService.set(project, services);
  push(services, service, image);
}

function rememberingParser(): (text: string) => Reference {
  const known = new Map<string, Reference>();
  return (text) => {
    const seen = known.get(text);
    if (seen !== undefined) return seen;
    const reference = parseReference(text);
    known.set(text, reference);
    return reference;
  };
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
