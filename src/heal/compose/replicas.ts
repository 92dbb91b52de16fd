import { healLeftover } from "../../domain/heal/temporary-names.ts";
import type { ComposeProject } from "../../domain/compose-project.ts";
import { imageId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/replacement/json.ts";
import { objectAt } from "../../domain/replacement/read.ts";
import { isReplica, subjectOf } from "../../domain/subject.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import { lookAt } from "../look.ts";
import type { ComposeRequest } from "./plan.ts";
import type { ComposeReplica } from "./record.ts";
import { wayBackOf } from "../restored.ts";
import { serviceContainers } from "./world.ts";

/** All containers of the service, each with its way back; or why they are in no state to be recreated by Compose. */
export async function replicasOf(
  project: ComposeProject,
  request: ComposeRequest,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<readonly ComposeReplica[] | string> {
  const { dependents } = request;
  if (dependents.length > 0)
    return `${dependents.join(", ")} ${dependents.length === 1 ? "hangs" : "hang"} on it, which Compose would leave with what is gone`;
  const ids = await serviceContainers(project, engine, signal);
  const inspects = await Promise.all(ids.map((id) => engine.inspect(id, signal)));
  const own = inspects
    .filter((inspect) => inspect !== null)
    .filter((inspect) => isReplica(lookAt(inspect).labels))
    .toSorted((a, b) => (lookAt(a).name < lookAt(b).name ? -1 : 1));
  return (
    doubtAbout(own, lookAt(request.container).id) ??
    Promise.all(own.map((inspect) => replicaOf(inspect, request, engine, signal)))
  );
}

function doubtAbout(inspects: readonly JsonObject[], healed: string): string | null {
  const looks = inspects.map(lookAt);
  if (!looks.some(({ id }) => id === healed)) return "it is gone";
  const ours = looks.find(({ name }) => healLeftover(name) !== null);
  if (ours !== undefined) return `${ours.name} of an earlier heal is still there`;
  const subjects = looks.map(subjectOf);
  if (new Set(subjects).size < subjects.length) return "a deploy of the service is under way";
  const idle = looks.find(({ gate }) => gate.status !== "running");
  return idle === undefined
    ? null
    : `${idle.name} is ${idle.gate.status}, and Compose would start it`;
}

async function replicaOf(
  old: JsonObject,
  { heal, imageConfig }: ComposeRequest,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<ComposeReplica> {
  const look = lookAt(old);
  const oldImage = imageId(look.imageId);
  const inspect = await engine.inspectImage(oldImage, signal);
  return {
    id: look.id,
    name: look.name,
    subject: subjectOf(look),
    startedAt: look.gate.startedAt,
    imageId: oldImage,
    old,
    wayBack: wayBackOf({
      old,
      oldImage,
      oldConfig: inspect === null ? imageConfig(oldImage) : objectAt(inspect, "Config"),
      imageIsThere: inspect !== null,
      heal,
      apiVersion: engine.identity.apiVersion,
    }),
  };
}
