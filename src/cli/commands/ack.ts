import { StalewatchError } from "../../domain/error.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import { loadedConfig, print, printJson, type GlobalOptions } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withState } from "../known-engine.ts";
import { iso } from "../../status/documents/times.ts";

export interface AckOptions extends GlobalOptions {
  readonly container: string;
  readonly for: Milliseconds;
  readonly json: boolean;
}

/** No reminders about a container's open incident for a while; its end is told all the same. */
export async function ack(options: AckOptions): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  return withState(settings, (state, engine) => {
    const until = Date.now() + options.for;
    const incident = state.acknowledge(engine.identity.id, options.container, until);
    if (incident === null)
      throw new StalewatchError("NO_INCIDENT", `${options.container} has no open incident`, {
        hint: "`stalewatch history` lists incidents; one opens when the daemon finds a container stale",
      });
    if (options.json)
      printJson({
        schemaVersion: 1,
        incident: incident.id,
        container: options.container,
        until: iso(until),
      });
    else print(`no reminders about ${options.container} until ${iso(until)}`);
    return EXIT.ok;
  });
}
