import { html, type Html } from "../encode/html.ts";
import { STYLE_SHEET } from "./style-sheet.ts";

/** A mail's HTML around its rows, the same for alerts and reports. */
export interface Frame {
  /** Leads the mail. */
  readonly engine: string;
  /** What it says, in a few words. */
  readonly headline: string;
  /** What inboxes show beside the subject. */
  readonly preview: string;
  /** Right under the upper edge; see `bar`. */
  readonly edge: Html;
  /** `<tr>`s of one cell. */
  readonly rows: readonly Html[];
  /** Sentences, one a line. */
  readonly footer: readonly string[];
}

const FONT = html`font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`;

/** One table of 600 pixels with inline styles, which is what every mail client shows: no images, no links, no scripts.
 *  The dark colours stand in a style sheet; clients that drop it show the light ones. */
export function frame({ engine, headline, preview, edge, rows, footer }: Frame): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${engine}: ${headline}</title>
        <style>
          ${STYLE_SHEET}
        </style>
      </head>
      <body class="page" bgcolor="#eef1f4" style="margin:0;padding:0;background-color:#eef1f4">
        <div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preview}</div>
        <table
          class="page"
          role="presentation"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          border="0"
          bgcolor="#eef1f4"
        >
          <tr>
            <td align="center" style="padding:16px 8px">
              <table
                class="card"
                role="presentation"
                width="600"
                cellpadding="0"
                cellspacing="0"
                border="0"
                bgcolor="#ffffff"
                style="width:100%;max-width:600px;table-layout:fixed;background-color:#ffffff;color:#1c2430;${FONT};font-size:14px;line-height:1.5;text-align:left"
              >
                <tr>
                  <td>${edge}</td>
                </tr>
                <tr>
                  <td class="pad" style="padding:20px 24px 4px">
                    <div class="dim" style="color:#5b6675;font-size:12px">stalewatch</div>
                    <div
                      style="font-size:20px;line-height:1.3;font-weight:bold;word-break:break-word"
                    >
                      ${engine}
                    </div>
                    <div style="font-size:15px;padding-bottom:12px">${headline}</div>
                  </td>
                </tr>
                ${rows}
                <tr>
                  <td
                    class="pad line dim"
                    style="padding:12px 24px 16px;border-top:1px solid #e1e5ea;color:#5b6675;font-size:12px;word-break:break-word"
                  >
                    ${footer.map((sentence, i) => (i === 0 ? html`${sentence}` : html`<br />${sentence}`))}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `;
}
