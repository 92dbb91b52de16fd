import { html, type Html } from "../encode/html.ts";
import { LIGHT, type Tone } from "./tone.ts";

/** What the rows of a mail are built from, the same for alerts and reports. */

const TABLE = html`role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`;

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
      const width = ((share / total) * 100).toFixed(2);
      return html`<td
        class="f-${tone}"
        width="${width}%"
        height="${height}"
        bgcolor="${LIGHT[tone].fill}"
        style="background-color:${LIGHT[tone].fill};font-size:0;line-height:0"
      >
        &nbsp;
      </td>`;
    });
  return html`<table ${TABLE}>
    <tr>
      ${cells}
    </tr>
  </table>`;
}

/** A row with a stripe at its left that shows its tone. */
export function striped(tone: Tone, content: Html): Html {
  const { fill } = LIGHT[tone];
  return html`<tr>
    <td class="pad" style="padding:0 24px 20px">
      <table ${TABLE} style="table-layout:fixed">
        <tr>
          <td
            class="f-${tone}"
            width="4"
            bgcolor="${fill}"
            style="width:4px;background-color:${fill};font-size:0"
          >
            &nbsp;
          </td>
          <td style="padding-left:12px">${content}</td>
        </tr>
      </table>
    </td>
  </tr> `;
}

/** A row of plain text. */
export function note(content: Html): Html {
  return html`<tr>
    <td class="pad" style="padding:0 24px 20px;word-break:break-word">${content}</td>
  </tr> `;
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
      ? html`<tr>
          <td colspan="2" style="word-break:break-word">${text}</td>
        </tr>`
      : html`<tr>
          <td class="dim" width="84" valign="top" style="width:84px;color:#5b6675">${label}</td>
          <td style="word-break:break-word">${text}</td>
        </tr>`,
  );
  return html`<table ${TABLE} style="table-layout:fixed;font-size:13px">
    ${shown}
  </table>`;
}

const MONOSPACED = html`font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace`;

/** A name or an ID in running text. */
export function code(text: string): Html {
  return html`<code style="${MONOSPACED};font-size:13px">${text}</code>`;
}

/** Lines to be copied or read as they are. */
export function codeBlock(lines: readonly string[]): Html {
  const shown = lines.map((line, i) => (i === 0 ? html`${line}` : html`<br />${line}`));
  return html`<div
    class="code"
    style="margin-top:6px;padding:8px 10px;background-color:#f1f3f6;color:#1c2430;${MONOSPACED};font-size:12px;white-space:pre-wrap;word-break:break-word"
  >
    ${shown}
  </div>`;
}

/** What a reader looks for first. */
export function marked(tone: Tone, text: string): Html {
  return html`<b class="t-${tone}" style="color:${LIGHT[tone].text}">${text}</b>`;
}
