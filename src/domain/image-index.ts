import type { ImageId } from "./ids.ts";
import { COMPOSE } from "./labels.ts";
import type { LocalImage } from "./observation.ts";
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
  /** Tagged images by the Compose project and service that they say they were built for: `serviceKey`. */
  readonly byService: ReadonlyMap<string, readonly LocalImage[]>;
  /** `parseReference`, remembered: many containers share few names. */
  parse(text: string): Reference;
}

export function indexImages(images: readonly LocalImage[]): ImageIndex {
  const byId = new Map<ImageId, LocalImage>();
  const byTag = new Map<string, LocalImage>();
  const byRepository = new Map<string, TaggedImage[]>();
  const byService = new Map<string, LocalImage[]>();
  const parse = rememberingParser();
  for (const image of images) {
    byId.set(image.id, image);
    const service = serviceKey(image.labels);
    if (service !== null && image.tags.length > 0) push(byService, service, image);
    for (const text of image.tags) {
      const reference = parse(text);
      if (reference.kind !== "tag") continue;
      byTag.set(tagKey(reference), image);
      push(byRepository, reference.repository, { tag: reference.tag, image });
    }
  }
  return { byId, byTag, byRepository, byService, parse };
}

/** Compose 2.x stamps these labels on what it builds, as on the containers it creates. */
export function serviceKey(labels: Readonly<Record<string, string>>): string | null {
  const project = labels[COMPOSE.project];
  const service = labels[COMPOSE.service];
  return project && service ? `${project}\n${service}` : null;
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
