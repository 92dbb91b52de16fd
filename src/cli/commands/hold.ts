import { formatDuration, formatSpan } from "../../domain/duration.ts";
import { StalewatchError } from "../../domain/error.ts";
import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import type { Snapshot } from "../../domain/observation.ts";
import { isCalled, placeOf } from "../../domain/place.ts";
import type { Hold } from "../../domain/verdict.ts";
import { newId } from "../../daemon/new-id.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import {
  loadedConfig,
  note,
  outputWidth,
  print,
  printJson,
  type GlobalOptions,
} from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withState } from "../known-engine.ts";
import { iso } from "../../status/documents/times.ts";
import { renderTable } from "../render/table.ts";
import { openState } from "../opened-state.ts";

export interface HoldOptions extends GlobalOptions {
  readonly container: string | null;
  readonly project?: string;
  readonly for: Milliseconds;
  readonly reason?: string;
  readonly list: boolean;
  readonly json: boolean;
}

/** A hold that a crashed deploy leaves behind must end by itself within a day. */
const LONGEST: Milliseconds = 24 * 3_600_000;

export async function hold(options: HoldOptions): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  if (options.list)
    return withState(settings, (state, engine) => {
      list(state.holds(engine.identity.id, Date.now()), options.json);
      return EXIT.ok;
    });
  const wanted = holdFor(options, Date.now());
  return withState(settings, async (state, engine, signal) => {
    warnIfNobody(wanted, await engine.observe(signal));
    state.addHold(engine.identity.id, wanted);
    if (options.json) printJson({ schemaVersion: 1, hold: document(wanted) });
    else print(wanted.id);
    return EXIT.ok;
  });
}

function holdFor(options: HoldOptions, now: EpochMs): Hold {
  const { container, project = null, reason = null } = options;
  if ((container === null) === (project === null))
    throw new StalewatchError(
      "HOLD_TARGET",
      "a hold needs either a container or --project, not both",
      {
        hint: "stalewatch hold infra2-web-1, or stalewatch hold --project infra2",
      },
    );
  if (options.for > LONGEST || options.for === 0)
    throw new StalewatchError(
      "HOLD_TOO_LONG",
      `--for ${formatDuration(options.for)} is not between 1s and 24h`,
      {
        hint: "hold again when it runs out, or exclude the container in the configuration",
      },
    );
  return { id: newId(), project, container, until: now + options.for, reason };
}

/** A hold on something that does not run yet is fine for a first deploy, and a typing error otherwise. */
function warnIfNobody({ container, project }: Hold, { containers }: Snapshot): void {
  const covered = containers.some(
    (one) =>
      (container !== null && isCalled(one, container)) ||
      (project !== null && placeOf(one).project === project),
  );
  if (!covered)
    note(`nothing is called ${terminal(container ?? project ?? "")} yet; the hold waits for it`);
}

function list(holds: readonly Hold[], json: boolean): void {
  if (json) printJson({ schemaVersion: 1, holds: holds.map(document) });
  else if (holds.length === 0) print("no holds");
  else {
    const columns = ["ID", "ON", "ENDS IN", "REASON"].map((title) => ({ title, max: 40 }));
    const rows = holds.map(({ id, project, container, until, reason }) => [
      id,
      terminal(project === null ? (container ?? "") : `project ${project}`),
      formatSpan(until - Date.now()),
      terminal(reason ?? "-"),
    ]);
    print(renderTable(columns, rows, outputWidth()).join("\n"));
  }
}

function document({ id, project, container, until, reason }: Hold) {
  return { id, project, container, until: iso(until), reason };
}

export async function release(
  options: GlobalOptions & { id: string; json: boolean },
): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  const state = await openState(settings.state);
  try {
    if (!state.releaseHold(options.id))
      throw new StalewatchError(
        "UNKNOWN_HOLD",
        `there is no hold ${options.id}: it ran out, or was released`,
        {
          hint: "`stalewatch hold --list` shows those in force",
        },
      );
  } finally {
    state.close();
  }
  if (options.json) printJson({ schemaVersion: 1, released: options.id });
  return EXIT.ok;
}
