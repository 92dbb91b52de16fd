import { projectPaths } from "../domain/compose-project.ts";
import { isReplica } from "../domain/subject.ts";
import { inlineSecretsInFiles } from "./compose/project-files.ts";

/** Why a clone over the Engine API would lose something that no inspect shows, or null: Compose copies inline configs and
 *  secrets into a container after it was created. Null also where the project's files cannot be read. */
export async function hiddenLoss(labels: Readonly<Record<string, string>>): Promise<string | null> {
  return isReplica(labels) ? inlineSecretsInFiles(projectPaths(labels).files) : null;
}
