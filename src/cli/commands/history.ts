import { formatSpan } from "../../domain/duration.ts";
import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import type { Incident } from "../../domain/incident.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import type { HealRow } from "../../state/heal-table.ts";
import type { DeadLetter } from "../../state/outbox-table.ts";
import { loadedConfig, outputWidth, print, printJson, type GlobalOptions } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withState } from "../known-engine.ts";
import { iso, isoOrNull, minute } from "../render/check-json.ts";
import { pastHealDocument, pastHealLines } from "../render/past-heals.ts";
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
    if (options.json) printJson(document(engine.identity, incidents, heals, letters));
    else print(text(incidents, heals, letters, Date.now()));
    return EXIT.ok;
  });
}

function document(
  { id, name, apiVersion }: { id: string; name: string; apiVersion: string },
  incidents: readonly Incident[],
  heals: readonly HealRow[],
  letters: readonly DeadLetter[],
) {
  return {
    schemaVersion: 1,
    engine: { id, name, apiVersion },
    incidents: incidents.map(incidentDocument),
    heals: heals.map(pastHealDocument),
    deadLetters: letters.map(letterDocument),
  };
}

function incidentDocument({ affected, ...incident }: Incident) {
  const { container, project, service, reference, running, newest } = affected;
  return {
    id: incident.id,
    container,
    project,
    service,
    reference,
    reason: incident.reason,
    rolledBack: incident.rolledBack,
    running: { id: running.id, createdAt: isoOrNull(running.createdAt) },
    newest: { ...newest, createdAt: isoOrNull(newest.createdAt) },
    divergedSince: iso(incident.divergedSince),
    openedAt: iso(incident.openedAt),
    reminders: incident.reminders,
    ackUntil: isoOrNull(incident.ackUntil),
    resolvedAt: isoOrNull(incident.resolvedAt),
    resolution: incident.resolution,
  };
}

function letterDocument({ channel, attempts, error, createdAt, deadAt, bulletin }: DeadLetter) {
  return {
    channel,
    kinds: bulletin.items.map(({ kind }) => kind),
    createdAt: iso(createdAt),
    givenUpAt: iso(deadAt),
    attempts,
    error,
  };
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
