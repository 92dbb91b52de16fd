import type { EffectiveValue, LoadedConfig } from "./load.ts";
import { stepsOf } from "./path.ts";
import { quoted, type Written } from "./raw.ts";

/** What `config --json` prints. */
export interface EffectiveDocument {
  readonly schemaVersion: 1;
  readonly file: string | null;
  readonly values: readonly EffectiveValue[];
}

export function effectiveDocument({ file, values }: LoadedConfig): EffectiveDocument {
  return { schemaVersion: 1, file, values };
}

/** The whole configuration as a file that could be loaded again, secrets apart, each value with its origin behind
 *  it. */
export function renderEffective({ file, values }: LoadedConfig): string {
  const head = file === null ? "# no configuration file" : `# ${oneLine(file)}`;
  let open: readonly string[] = [];
  const lines = values.flatMap((value) => {
    const steps = stepsOf(value.path);
    const sections = sectionLines(steps, open);
    open = steps.slice(0, -1);
    return [...sections, ...valueLines(steps, value)];
  });
  return [head, ...lines, ""].join("\n");
}

/** The headings that lead to a key, those still open left out. */
function sectionLines(steps: readonly string[], open: readonly string[]): readonly string[] {
  const parents = steps.slice(0, -1);
  const common = parents.findIndex((name, depth) => open[depth] !== name);
  if (common < 0) return [];
  return parents.slice(common).map((name, i) => `${indent(common + i)}${name}:`);
}

function valueLines(
  steps: readonly string[],
  { value, origin }: EffectiveValue,
): readonly string[] {
  const depth = steps.length - 1;
  const head = `${indent(depth)}${steps.at(-1) ?? ""}:`;
  const comment = `# ${oneLine(origin)}`;
  if (!isListOfMappings(value)) return [`${head} ${flow(value)}  ${comment}`];
  return [`${head}  ${comment}`, ...value.map((item) => `${indent(depth + 1)}- ${flow(item)}`)];
}

function indent(depth: number): string {
  return "  ".repeat(depth);
}

function isListOfMappings(value: Written): value is readonly Written[] {
  return isList(value) && value.some((item) => typeof item === "object");
}

function isList(value: Written): value is readonly Written[] {
  return Array.isArray(value);
}

function flow(value: Written): string {
  if (typeof value === "string") return plainOrQuoted(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  const entries = Object.entries(value).map(([name, inner]) => `${name}: ${flow(inner)}`);
  return `{ ${entries.join(", ")} }`;
}

/** Words that some YAML reader takes for something other than text. */
const NO_TEXT = /^(true|false|null|yes|no|on|off|y|n)$/i;

function plainOrQuoted(text: string): string {
  const isPlain = /^[a-z/][\w./:-]*$/i.test(text) || /^\d+[smhd]$/.test(text);
  return isPlain && !NO_TEXT.test(text) && !text.endsWith(":") ? text : quoted(text);
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}
