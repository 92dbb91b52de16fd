import { stringify } from "yaml";
import type { SchemaEntry, Section } from "../src/config/key.ts";
import { listKeys, type KeyDescription } from "../src/config/key-list.ts";
import { SCHEMA } from "../src/config/schema.ts";

const WIDTH = 100;

/** The configuration file that a package brings: every key with its default, all of it commented out. */
export function exampleConfig(): string {
  const keys = new Map(listKeys().map((key) => [key.path, key]));
  return [
    ...comment(HEAD, ""),
    "",
    ...Object.entries(SCHEMA.entries).flatMap(([name, entry]) => [
      ...lines(name, entry, [], keys).map((line) => (line.startsWith("#") ? line : `#${line}`)),
      "",
    ]),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

const HEAD = `The configuration of stalewatch. Every key stands here with its default, and all are commented out: take away the # in front of what you change, and of the sections around it. \`stalewatch config\` shows what is in force.

Secrets belong into files of /etc/stalewatch/credentials that bear their key's name, such as notify.slack.webhookUrl, and not in here.`;

type Keys = ReadonlyMap<string, KeyDescription>;

function lines(
  name: string,
  entry: SchemaEntry,
  parents: readonly string[],
  keys: Keys,
): readonly string[] {
  const indent = "  ".repeat(parents.length);
  const path = [...parents, name];
  if (entry.kind === "section")
    return [
      ...comment(entry.description, indent),
      `${indent}${name}:`,
      ...sectionLines(entry, path, keys),
    ];
  const key = keys.get(path.join("."));
  if (key === undefined) throw new Error(`no key is called ${path.join(".")}`);
  return [...comment(wordsOf(key), indent), `${indent}${name}: ${valueOf(key)}`];
}

function sectionLines({ entries }: Section, path: readonly string[], keys: Keys): string[] {
  return Object.entries(entries).flatMap(([name, entry]) => lines(name, entry, path, keys));
}

function wordsOf({ description, type, secret, defaultInWords }: KeyDescription): string {
  return `${description}\n\n${type}${secret ? ", a secret" : ""}; default: ${defaultInWords}`;
}

/** What this machine's default is says nothing about another one. */
const ELSEWHERE: Readonly<Record<string, string>> = { timezone: "UTC" };

function valueOf({ path, default: standard }: KeyDescription): string {
  return (
    ELSEWHERE[path] ??
    stringify(standard, { collectionStyle: "flow", defaultStringType: "PLAIN" }).trim()
  );
}

/** Wrapped, and every line with its `#`. An empty line of the text begins another one. */
function comment(text: string, indent: string): string[] {
  return text
    .split(/\n+/)
    .flatMap((paragraph) => wrap(paragraph, WIDTH - indent.length - 3))
    .map((line) => `${indent}# ${line}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
