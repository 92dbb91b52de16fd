declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `sha256:` and 64 hex digits. Classic store: the config's digest; containerd store: an index's or manifest's. */
export type ImageId = Branded<"ImageId">;
/** 64 hex digits. */
export type ContainerId = Branded<"ContainerId">;
/** What `GET /info` gives as `ID`: tells engines apart, whatever socket they answer on. */
export type EngineId = Branded<"EngineId">;
/** Whose divergence it is, within one engine: see `subjectOf`. */
export type SubjectKey = Branded<"SubjectKey">;

export const imageId = (text: string): ImageId => text as ImageId;
export const containerId = (text: string): ContainerId => text as ContainerId;
export const engineId = (text: string): EngineId => text as EngineId;
export const subjectKey = (text: string): SubjectKey => text as SubjectKey;

/** Milliseconds since 1970, as `Date.now()` counts them. */
export type EpochMs = number;
/** A span of time in milliseconds. */
export type Milliseconds = number;

/** The first 12 hex digits: what people and the docker CLI call an ID. */
export function shortId(id: ImageId | ContainerId): string {
  return (id.startsWith("sha256:") ? id.slice(7) : id).slice(0, 12);
}
