import { html, type Html } from "../encode/html.ts";
import { visible } from "../encode/visible.ts";
import { own, type Phrase, type Piece } from "../phrase.ts";
import type { Paragraph } from "../wording.ts";
import { code, codeBlock, facts, marked, striped, type Fact } from "./blocks.ts";
import { pieceText, shownText } from "./phrase-text.ts";
import type { Tone } from "./tone.ts";

const LOG_LINE = 300;
/** Longer ones are no command that anybody would check before typing it. */
const COMMAND_AT_MOST = 800;

/** A piece of news as a row. */
export function paragraphHtml({ what, details, logs = [], commands }: Paragraph, tone: Tone): Html {
  const command = commands.find(isShownExactly);
  return striped(
    tone,
    html`<div style="padding-bottom:4px;font-size:15px;word-break:break-word">
        ${phraseHtml(what, tone)}
      </div>
      ${facts([
        ...details.map((detail) => factOf(detail, tone)),
        ...(logs.length === 0 ? [] : [logFact(logs)]),
        ...(command === undefined ? [] : [{ label: "type", text: codeBlock([command]) }]),
      ])}`,
  );
}

function logFact(logs: readonly string[]): Fact {
  return { label: "last lines", text: codeBlock(logs.map((line) => shownText(line, LOG_LINE))) };
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
  return html`${phrase.map((piece) => pieceHtml(piece, tone))}`;
}

function pieceHtml(piece: Piece, tone: Tone): Html {
  switch (piece.kind) {
    case "status":
      return marked(tone, piece.text);
    case "name":
      return code(pieceText(piece));
    case "own":
    case "prose":
    case "time":
      return html`${pieceText(piece)}`;
  }
}

function isShownExactly(command: string): boolean {
  return command !== "" && command.length <= COMMAND_AT_MOST && visible(command) === command;
}
