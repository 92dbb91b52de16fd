import type { EpochMs } from "../domain/ids.ts";
import { code, codeBlock, inlineCommand, mrkdwn } from "./encode/mrkdwn.ts";
import type { Phrase, Piece } from "./phrase.ts";
import type { Paragraph } from "./wording.ts";

/** Longest line of a log, in characters. */
const LOG_LINE = 140;

/** A paragraph as mrkdwn for a section: names as code, times in the reader's own zone, the command in a block. */
export function asMrkdwn({ what, details, logs = [], commands }: Paragraph): string {
  const command = firstExact(commands, codeBlock);
  return [
    ...[what, ...details].map(phraseAsMrkdwn),
    ...(logs.length === 0 ? [] : ["last lines:", ...logs.map((line) => code(line, LOG_LINE))]),
    ...(command === null ? [] : [`type:\n${command}`]),
  ].join("\n");
}

/** A paragraph for the fallback text of a message, which notifications and screen readers show without markup. */
export function asFallback({ what, details, logs = [], commands }: Paragraph): string {
  const command = firstExact(commands, inlineCommand);
  return [
    rendered(what, forFallback),
    ...details.map((phrase) => `  ${rendered(phrase, forFallback)}`),
    ...logs.map((line) => `  log: ${mrkdwn(line, LOG_LINE) || "(empty)"}`),
    ...(command === null ? [] : [`  type: ${command}`]),
  ].join("\n");
}

export function phraseAsMrkdwn(phrase: Phrase): string {
  return rendered(phrase, forSection);
}

/** Slack shows the reader's local time; what cannot, shows the time in UTC. */
export function slackTime(at: EpochMs): string {
  return `<!date^${String(Math.floor(at / 1000))}^{date_num} {time}|${isoTime(at)}>`;
}

/** `2026-11-22T08:15:00Z`: to the second. */
export function isoTime(at: EpochMs): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

function rendered(phrase: Phrase, render: (piece: Piece) => string): string {
  return phrase.map(render).join("");
}

function forSection(piece: Piece): string {
  switch (piece.kind) {
    case "own":
      return piece.text;
    case "status":
      return `*${piece.text}*`;
    case "name":
      return code(piece.text, piece.max);
    case "prose":
      return mrkdwn(piece.text, piece.max);
    case "time":
      return slackTime(piece.at);
  }
}

function forFallback(piece: Piece): string {
  switch (piece.kind) {
    case "own":
    case "status":
      return piece.text;
    case "name":
    case "prose":
      return mrkdwn(piece.text, piece.max) || "(empty)";
    case "time":
      return isoTime(piece.at);
  }
}

function firstExact(
  commands: readonly string[],
  show: (command: string) => string | null,
): string | null {
  for (const command of commands) {
    const shown = show(command);
    if (shown !== null) return shown;
  }
  return null;
}
