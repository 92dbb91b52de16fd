import type { Document, LineCounter, YAMLError } from "yaml";
import type { Path } from "./path.ts";
import type { Raw } from "./raw.ts";
import { yamlPlaces, type YamlPlace } from "./yaml-places.ts";

export interface YamlFault {
  /** The key it is about; empty for the text as a whole. */
  readonly at: Path;
  readonly fault: string;
  readonly line: number | null;
}

export interface YamlText {
  /** Null also where the text is no YAML at all. */
  readonly raw: Raw;
  readonly faults: readonly YamlFault[];
  /** The line, from 1, on which the value at a path begins with its key; null for an empty text. */
  readonly lineOf: (at: Path) => number | null;
}

/** More aliases than this, multiplied out, are an attack on the memory and not a configuration. */
const MOST_ALIASES = 100;

/** YAML 1.2 with every scalar as text, but for a plain null. The library is loaded when there is a text to read:
 *  that takes 15 ms. */
export async function parseYaml(text: string): Promise<YamlText> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "failsafe",
    customTags: ["null"],
    lineCounter: lines,
    // Pretty errors would quote the source, secrets included.
    prettyErrors: false,
    // And it would warn on stderr of keys that are no text, quoting them too.
    logLevel: "error",
  });
  const places = yamlPlaces(document.contents, lines);
  const broken = syntax(document, lines);
  const { raw, fault } = broken === null ? values(document) : { raw: null, fault: broken };
  return {
    raw,
    faults: [...duplicates(document, places), ...(fault === null ? [] : [fault])],
    lineOf: lineFinder(places),
  };
}

/** The values of a file that others write for another program: `<<` merges, and tags that are not known here are passed
 *  over. Null also for what cannot be read. */
export async function yamlValues(text: string): Promise<Raw> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, {
    schema: "failsafe",
    customTags: ["null"],
    merge: true,
    prettyErrors: false,
    logLevel: "error",
  });
  if (document.errors.length > 0) return null;
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES }) as Raw;
  } catch {
    return null;
  }
}

/** A path inside an alias is where the alias is. */
function lineFinder(places: readonly YamlPlace[]): (at: Path) => number | null {
  const lines = new Map(places.map(({ at, line }) => [JSON.stringify(at), line]));
  return (at) => {
    for (let depth = at.length; depth > 0; depth--) {
      const line = lines.get(JSON.stringify(at.slice(0, depth)));
      if (line !== undefined) return line;
    }
    return null;
  };
}

function duplicates(document: Document, places: readonly YamlPlace[]): readonly YamlFault[] {
  return document.errors
    .filter(({ code }) => code === "DUPLICATE_KEY")
    .map(({ pos }) => {
      const place = places.find(({ offset }) => offset === pos[0]);
      return { at: place?.at ?? [], fault: "is written twice", line: place?.line ?? null };
    });
}

/** The first only: what comes after it follows from it. */
function syntax(document: Document, lines: LineCounter): YamlFault | null {
  const first = [...document.errors, ...document.warnings].find(
    ({ code }) => code !== "DUPLICATE_KEY",
  );
  if (first === undefined) return null;
  const fault = `is not YAML that can be used here: ${inWords(first)}`;
  return { at: [], fault, line: lines.linePos(first.pos[0]).line };
}

/** The library's sentence without the piece of source that it may end with: that can be a secret. */
function inWords({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "it has more than one document";
  if (code === "RESOURCE_EXHAUSTION") return "it is nested too deeply";
  const words = message.split(/(?<=\S): |(?<=escape sequence) /)[0] ?? "";
  return words.charAt(0).toLowerCase() + words.slice(1);
}

const UNRESOLVED = "has an alias without its anchor: a text that begins with * needs quotes";

function values(document: Document): { readonly raw: Raw; readonly fault: YamlFault | null } {
  try {
    return { raw: document.toJS({ maxAliasCount: MOST_ALIASES }) as Raw, fault: null };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const unresolved = error.message.startsWith("Unresolved");
    const fault = unresolved ? UNRESOLVED : "has too many aliases";
    return { raw: null, fault: { at: [], fault, line: null } };
  }
}
