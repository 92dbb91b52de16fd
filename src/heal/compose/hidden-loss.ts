import { open } from "node:fs/promises";
import { constants } from "node:fs";
import { yamlValues } from "../../config/yaml-text.ts";
import { projectPaths } from "../../domain/compose-project.ts";
import { inlineSecretsIn } from "../../domain/heal/compose-files.ts";
import { COMPOSE } from "../../domain/labels.ts";
import type { Json } from "../../domain/replacement/json.ts";

/** Bytes. No Compose file that people write is larger. */
const LARGEST = 1_000_000;

/** Why a clone of a container would lose what Compose copied into it, or null; null also where its project's files
 *  cannot be read. */
export async function hiddenLoss(labels: Readonly<Record<string, string>>): Promise<string | null> {
  const service = labels[COMPOSE.service];
  if (service === undefined) return null;
  const documents = await Promise.all(projectPaths(labels).files.map(readIfFile));
  return inlineSecretsIn(documents, service);
}

/** A label may name anything: a pipe that nobody writes to must not hold up a heal. */
async function readIfFile(path: string): Promise<Json> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > LARGEST) return null;
      return await yamlValues(await file.readFile("utf8"));
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
