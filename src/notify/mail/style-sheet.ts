import { markup, type Html } from "../encode/html.ts";
import { DARK, type Tone } from "./tone.ts";

const TONES = Object.keys(DARK) as Tone[];

/** What inline styles cannot say: the dark colours, and the narrower edges of a phone. */
export const STYLE_SHEET: Html = markup`
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.pad{padding-left:16px!important;padding-right:16px!important}}
@media (prefers-color-scheme:dark){
.page{background-color:#0e1114!important}
.card{background-color:#181c21!important;color:#e4e8ee!important}
.dim{color:#9aa5b3!important}
.line{border-color:#2c333b!important}
.code{background-color:#232930!important;color:#e4e8ee!important}
${TONES.map(darkTone)}}
`;

function darkTone(tone: Tone): Html {
  const { text, fill } = DARK[tone];
  return markup`.t-${tone}{color:${text}!important}
.f-${tone}{background-color:${fill}!important}
`;
}
