import { markup, type Html } from "../encode/html.ts";
import { LIGHT, type Tone } from "./tone.ts";

/** What the rows of a mail are built from, the same for alerts and reports. */

const TABLE = markup`role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`;
const DIM = markup`class="dim" style="color:#5b6675;padding-right:8px"`;
const MONOSPACED = markup`font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace`;

export interface BarPart {
  readonly tone: Tone;
  /** Its length, in relation to the others'. */
  readonly share: number;
}

/** A bar as wide as what it stands in, of parts that are in proportion to their shares. */
export function bar(parts: readonly BarPart[], height: number): Html {
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  const cells = parts
    .filter(({ share }) => share > 0)
    .map(({ tone, share }) => {
      const width = `${((share / total) * 100).toFixed(2)}%`;
      return markup`<td width="${width}" height="${height}" ${filled(tone)}>&nbsp;</td>`;
    });
  return markup`<table ${TABLE}><tr>${cells}</tr></table>`;
}

/** The attributes of a cell that is nothing but colour. */
function filled(tone: Tone): Html {
  const { fill } = LIGHT[tone];
  return markup`class="f-${tone}" bgcolor="${fill}" style="background-color:${fill};font-size:0;line-height:0"`;
}

/** A row with a stripe at its left that shows its tone. */
export function striped(tone: Tone, content: Html): Html {
  return row(
    markup`<table ${TABLE} style="table-layout:fixed"><tr><td width="4" ${filled(tone)}>&nbsp;</td><td style="padding-left:12px;word-break:break-word">${content}</td></tr></table>`,
  );
}

/** A row, as wide as the mail's text. */
export function row(content: Html): Html {
  return markup`<tr><td class="pad" style="padding:0 24px 20px;word-break:break-word">${content}</td></tr>
`;
}

export interface Fact {
  /** null where the text has none. */
  readonly label: string | null;
  readonly text: Html;
}

/** Labels at the left, what they say beside them. */
export function facts(rows: readonly Fact[]): Html {
  const shown = rows.map(({ label, text }) =>
    label === null
      ? markup`<tr><td colspan="2">${text}</td></tr>`
      : markup`<tr valign="top"><td width="86" ${DIM}>${label}</td><td>${text}</td></tr>`,
  );
  return markup`<table ${TABLE} style="table-layout:fixed;font-size:13px;line-height:1.5">${shown}</table>`;
}

/** Longer names may break, and must where a phone has no room. */
const UNBROKEN = 32;

/** A name or an ID in running text. */
export function code(text: string): Html {
  return markup`<code style="${MONOSPACED};font-size:.92em">${unbroken(text)}</code>`;
}

/** A short text that stays on one line, although it has a dash or a blank in it. */
export function unbroken(text: string): Html {
  const mayBreak = /[- ]/.test(text) && text.length <= UNBROKEN;
  return mayBreak ? markup`<nobr>${text}</nobr>` : markup`${text}`;
}

/** Text to be read or copied as it is, line by line. */
export function codeBlock(content: Html): Html {
  return markup`<div class="code" style="margin:4px 0;padding:8px 10px;background-color:#f1f3f6;color:#1c2430;${MONOSPACED};font-size:12px;white-space:pre-wrap;word-break:break-word">${content}</div>`;
}

/** Each on a line of its own. */
export function lines(texts: readonly string[]): Html {
  return markup`${texts.map((text, i) => (i === 0 ? markup`${text}` : markup`<br>${text}`))}`;
}

/** What a reader looks for first. */
export function marked(tone: Tone, text: string): Html {
  return markup`<b class="t-${tone}" style="color:${LIGHT[tone].text}">${text}</b>`;
}
