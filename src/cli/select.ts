import { StalewatchError } from "../domain/error.ts";
import { healLeftover } from "../domain/heal/temporary-names.ts";
import { isLive, type ObservedContainer, type Snapshot } from "../domain/observation.ts";
import { isCalled, placeOf } from "../domain/place.ts";

export interface SelectionOptions {
  readonly names: readonly string[];
  readonly project?: string;
  readonly service?: readonly string[];
}

/** Whether a container is among those asked for; null when all are. */
export function selectionOf(
  options: SelectionOptions,
): ((container: ObservedContainer) => boolean) | null {
  const { names, project, service = [] } = options;
  if (names.length === 0 && project === undefined && service.length === 0) return null;
  const isNamed = (container: ObservedContainer): boolean =>
    names.length === 0 || names.some((name) => isMeant(container, name));
  return (container) =>
    isNamed(container) &&
    (project === undefined || placeOf(container).project === project) &&
    (service.length === 0 || service.includes(placeOf(container).service ?? ""));
}

const ID_PREFIX = /^[0-9a-f]{12,64}$/;

/** In the middle of a heal the one that serves has another name. */
function isMeant(container: ObservedContainer, name: string): boolean {
  const leftover = healLeftover(container.name);
  return (
    isCalled(container, name) ||
    (leftover?.role === "new" && leftover.container === name) ||
    (ID_PREFIX.test(name) && container.id.startsWith(name))
  );
}

/** A name that nothing running has is an error: "all fresh" would be said of nothing. */
export function refuseUnknown(options: SelectionOptions, snapshot: Snapshot): void {
  const live = snapshot.containers.filter(isLive);
  for (const name of options.names)
    if (!live.some((container) => isMeant(container, name))) throw unknownName(name, snapshot);
  const selection = selectionOf(options);
  if (selection === null || live.some(selection)) return;
  throw new StalewatchError(
    "NOTHING_SELECTED",
    `no running container matches ${describe(options)}`,
    {
      hint: "`stalewatch check` without names lists what runs",
    },
  );
}

function unknownName(name: string, snapshot: Snapshot): StalewatchError {
  const stopped = snapshot.containers.find((container) => isMeant(container, name));
  const text =
    stopped === undefined
      ? `there is no container named ${name}`
      : `${name} is not running (${stopped.state})`;
  return new StalewatchError("UNKNOWN_CONTAINER", text, {
    hint: "`stalewatch check` without names lists what runs",
  });
}

function describe({ names, project, service = [] }: SelectionOptions): string {
  return [
    ...names,
    ...(project === undefined ? [] : [`--project ${project}`]),
    ...service.map((name) => `--service ${name}`),
  ].join(" ");
}
