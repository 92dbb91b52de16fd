import type { EpochMs, SubjectKey } from "./ids.ts";
import { COMPOSE, POLICY_LABEL } from "./labels.ts";
import { parseReference } from "./reference.ts";
import { healSubjectOf, subjectOf } from "./subject.ts";

/** Something that the engine says has happened. */
export type EngineEvent =
  | NamedEvent
  /** It may have been anything. */
  | { readonly kind: "unreadable"; readonly at: null };

interface NamedEvent {
  readonly kind: "container" | "image";
  /** As the engine calls it. */
  readonly action: string;
  /** Of the container or image; an engine may give an ID in its place, or nothing. */
  readonly name: string;
  /** What a container was created by. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By the engine's clock; null where it does not say. */
  readonly at: EpochMs | null;
}

/** What can change a verdict, by what it happens to. Podman says `remove`, `died`, `loadfromarchive` and, after a build
 *  that tags, only `build`. */
export const FOLLOWED_ACTIONS = {
  image: ["tag", "untag", "delete", "import", "load", "loadfromarchive", "build", "pull"],
  container: ["create", "start", "die", "died", "destroy", "remove", "rename"],
} as const;

/** How soon somebody should look again. */
export type Urgency =
  /** A build has ended. */
  | "at-once"
  /** Whatever has begun should end first: a recreate comes as five events. */
  | "when-quiet";

/** What an event asks for. It never says what is so now: names come with and without a tag, or as bare IDs. null where
 *  nothing can have changed, or where a heal of our own did it, after which a scan follows anyway: `healing` are its
 *  subjects. */
export function urgencyOf(event: EngineEvent, healing: ReadonlySet<SubjectKey>): Urgency | null {
  switch (event.kind) {
    case "unreadable":
      return "when-quiet";
    case "image":
      return includes(FOLLOWED_ACTIONS.image, event.action) ? "at-once" : null;
    case "container":
      if (!includes(FOLLOWED_ACTIONS.container, event.action) || isBuildStep(event)) return null;
      return healing.size > 0 && healing.has(healSubjectOf(subjectOf(event))) ? null : "when-quiet";
  }
}

function includes(actions: readonly string[], action: string): boolean {
  return actions.includes(action);
}

/** The classic builder runs each step in a container of the image that the last one made, which has no name. A look in the
 *  middle of a build would only delay the one after it. What else was created by an ID is pinned to it. */
function isBuildStep({ image, labels }: NamedEvent): boolean {
  const follows = labels[COMPOSE.project] ?? labels[POLICY_LABEL.image];
  return follows === undefined && (image === "" || parseReference(image).kind === "id");
}
