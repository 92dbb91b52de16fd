import type { EngineIdentity } from "../../domain/observation.ts";

export type NamedEngine = Pick<EngineIdentity, "id" | "name" | "apiVersion">;

/** How every document says whose it is. */
export function engineDocument({ id, name, apiVersion }: NamedEngine) {
  return { id, name, apiVersion };
}
