import { markup, type Html } from "../encode/html.ts";
import { visible } from "../encode/visible.ts";
import { own, type Phrase, type Piece } from "../phrase.ts";
import type { Paragraph } from "../wording.ts";
import { code, codeBlock, facts, lines, marked, striped, unbroken, type Fact } from "./blocks.ts";
import { pieceText, shownText } from "./phrase-text.ts";
import type { Tone } from "./tone.ts";

const LOG_LINE = 300;
/** Longer ones are no command that anybody would check before typing it. */
const COMMAND_AT_MOST = 800;

/** A piece of news as a row. */
export function paragraphHtml({ what, details, logs = [], commands }: Paragraph, tone: Tone): Html {
  const command = commands.find(isShownExactly);
  const known = facts([
    ...details.map((detail) => factOf(detail, tone)),
    ...(logs.length === 0 ? [] : [logFact(logs)]),
    ...(command === undefined ? [] : [commandFact(command)]),
  ]);
  const title = markup`<div style="padding-bottom:4px;font-size:15px">${phraseHtml(what, tone)}</div>`;
  return striped(tone, markup`${title}${known}`);
}

function logFact(logs: readonly string[]): Fact {
  const shown = logs.map((line) => shownText(line, LOG_LINE));
  return { label: "last lines", text: codeBlock(lines(shown)) };
}

/** Its options do not break at their dashes. */
function commandFact(command: string): Fact {
  const words = command
    .split(" ")
    .map((word, i) => (i === 0 ? unbroken(word) : markup` ${unbroken(word)}`));
  return { label: "type", text: codeBlock(markup`${words}`) };
}

/** Phrases of details begin with what they are about: `since: …`. */
function factOf(phrase: Phrase, tone: Tone): Fact {
  const [first, ...rest] = phrase;
  const about = first?.kind === "own" ? /^([a-z ]+): (.*)$/s.exec(first.text) : null;
  if (about === null) return { label: null, text: phraseHtml(phrase, tone) };
  const [, label = "", after = ""] = about;
  return { label, text: phraseHtml([own(after), ...rest], tone) };
}

export function phraseHtml(phrase: Phrase, tone: Tone): Html {
  return markup`${phrase.map((piece) => pieceHtml(piece, tone))}`;
}

function pieceHtml(piece: Piece, tone: Tone): Html {
  switch (piece.kind) {
    case "status":
      return marked(tone, piece.text);
    case "name":
      return code(pieceText(piece));
    case "time":
      return unbroken(pieceText(piece));
    case "own":
    case "prose":
      return markup`${pieceText(piece)}`;
  }
}

function isShownExactly(command: string): boolean {
  return command !== "" && command.length <= COMMAND_AT_MOST && visible(command) === command;
}
