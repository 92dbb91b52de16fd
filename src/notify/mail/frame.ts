import { markup, type Html } from "../encode/html.ts";
import { lines } from "./blocks.ts";
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

const TABLE = markup`role="presentation" cellpadding="0" cellspacing="0" border="0"`;
const FONT = markup`font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`;

/** One table of 600 pixels with inline styles, which is what every mail client shows: no images, no links, no scripts.
 *  The dark colours stand in a style sheet; clients that drop it show the light ones. */
export function frame(parts: Frame): Html {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${parts.engine}: ${parts.headline}</title>
<style>${STYLE_SHEET}</style>
</head>
<body class="page" bgcolor="#eef1f4" style="margin:0;padding:0;background-color:#eef1f4">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${parts.preview}</div>
<table class="page" width="100%" ${TABLE} bgcolor="#eef1f4">
<tr><td align="center" style="padding:16px 8px">
${card(parts)}
</td></tr>
</table>
</body>
</html>
`;
}

function card({ engine, headline, edge, rows, footer }: Frame): Html {
  return markup`<table class="card" width="600" ${TABLE} bgcolor="#ffffff" style="width:100%;max-width:600px;table-layout:fixed;background-color:#ffffff;color:#1c2430;${FONT};font-size:14px;line-height:1.5;text-align:left">
<tr><td>${edge}</td></tr>
<tr><td class="pad" style="padding:20px 24px 4px;word-break:break-word">
<div class="dim" style="color:#5b6675;font-size:12px">stalewatch</div>
<div style="font-size:20px;line-height:1.3;font-weight:bold">${engine}</div>
<div style="font-size:15px;padding-bottom:12px">${headline}</div>
</td></tr>
${rows}<tr><td class="pad line dim" style="padding:12px 24px 16px;border-top:1px solid #e1e5ea;color:#5b6675;font-size:12px;word-break:break-word">${lines(footer)}</td></tr>
</table>`;
}
