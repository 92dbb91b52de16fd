import type { EngineAddress } from "../../engine/address.ts";
import { StalewatchError } from "../../domain/error.ts";
import { composeCommands, type ComposeCommands } from "./commands.ts";
import { composeEnvironment } from "./environment.ts";
import { composePrograms, type ComposePrograms } from "./programs.ts";

/** Everything that heals through Compose need besides the engine. */
export interface ComposeMethod {
  readonly commands: ComposeCommands;
  readonly programs: ComposePrograms;
  /** `heal.composeRoots` */
  readonly roots: readonly string[];
}

/** For `heal.method: compose`. Throws where Compose cannot be pointed at the engine. */
export function composeMethod(address: EngineAddress, roots: readonly string[]): ComposeMethod {
  const answer = composeEnvironment(address, process.env);
  if (answer.kind === "refused")
    throw new StalewatchError("COMPOSE_TLS", answer.reason, {
      hint: "name the files so, or use heal.method: engine",
    });
  const commands = composeCommands(answer.environment);
  return { commands, programs: composePrograms(commands), roots };
}
