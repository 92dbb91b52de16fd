import type { ComposeLine } from "../../harness/compose-packages.ts";
import { chosenEngine } from "../../harness/engine-name.ts";

/** The Compose that came with the engine which these tests run on; 1.29 can recreate nothing on newer ones. */
export function lineOfEngine(): ComposeLine {
  const choice = chosenEngine();
  const name = choice.kind === "own" ? (choice.engine ?? "docker-20.10") : "docker-20.10";
  if (name.startsWith("docker-28.5")) return "2.40";
  return name.startsWith("docker-26.1") ? "2.26" : "1.29";
}
