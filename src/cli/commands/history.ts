import { formatSpan } from "../../domain/duration.ts";
import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import type { Incident } from "../../domain/incident.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import type { HealRow } from "../../state/heal-table.ts";
import type { DeadLetter } from "../../state/outbox-table.ts";
import { historyDocument } from "../../status/documents/history.ts";
import { minute } from "../../status/documents/times.ts";
import { loadedConfig, outputWidth, print, printJson, type GlobalOptions } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withState } from "../known-engine.ts";
import { pastHealLines } from "../render/past-heals.ts";
import { renderTable, wrap } from "../render/table.ts";

export async function history(
  options: GlobalOptions & { since: Milliseconds; json: boolean },
): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  return withState(settings, (state, engine) => {
    const since = Date.now() - options.since;
    const incidents = state.incidents(engine.identity.id, since);
    const heals = state.heals.since(engine.identity.id, since);
    const letters = state.deadLetters(since);
    if (options.json)
      printJson(historyDocument({ engine: engine.identity, incidents, heals, letters }));
    else print(text(incidents, heals, letters, Date.now()));
    return EXIT.ok;
  });
}

function text(
  incidents: readonly Incident[],
  heals: readonly HealRow[],
  letters: readonly DeadLetter[],
  now: EpochMs,
): string {
  const columns = [
    { title: "OPENED (UTC)", max: 16 },
    { title: "CONTAINER", max: 24 },
    { title: "LASTED", max: 12 },
    { title: "WHY, AND HOW IT ENDED", max: 100 },
  ];
  const rows = incidents.map((incident) => [
    minute(incident.openedAt),
    terminal(incident.affected.container),
    formatSpan((incident.resolvedAt ?? now) - incident.divergedSince),
    terminal(`${incident.reason}; ${ending(incident)}`),
  ]);
  const table = rows.length === 0 ? ["no incidents"] : renderTable(columns, rows, outputWidth());
  return [...table, ...pastHealLines(heals, outputWidth()), ...letterLines(letters)].join("\n");
}

function ending({ resolution, resolvedAt, ackUntil }: Incident): string {
  if (resolvedAt === null || resolution === null)
    return ackUntil === null ? "open" : `open, acknowledged until ${minute(ackUntil)}`;
  const words = { fresh: "runs the newest image", gone: "gone", excluded: "no longer watched" };
  return `ended ${minute(resolvedAt)}: ${words[resolution]}`;
}

function letterLines(letters: readonly DeadLetter[]): string[] {
  if (letters.length === 0) return [];
  const lines = letters.flatMap(({ deadAt, channel, bulletin, attempts, error }) => {
    const kinds = bulletin.items.map(({ kind }) => kind).join(", ");
    const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
    const text = `${minute(deadAt)}  ${channel}: ${kinds} given up after ${tries}: ${terminal(error)}`;
    return wrap(text, outputWidth() - 2).map((line, i) => (i === 0 ? line : `  ${line}`));
  });
  return ["", "Messages that never arrived:", ...lines];
}
