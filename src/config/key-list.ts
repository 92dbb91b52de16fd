import type { Key, KeyFlags, SchemaEntry, Section } from "./key.ts";
import { quoted, type Written } from "./raw.ts";
import { SCHEMA } from "./schema.ts";

export const ENV_PREFIX = "STALEWATCH_";

/** A key with the names that follow from where it stands. */
export interface NamedKey {
  /** `notify.slack.webhookUrl` */
  readonly path: string;
  /** `STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL` */
  readonly env: string;
  readonly key: Key<unknown>;
}

/** Every key, in the order of the schema. */
export const NAMED_KEYS: readonly NamedKey[] = namedKeys(SCHEMA, []);

/** Every path that may stand in the file, sections too. */
export const KNOWN_PATHS: readonly string[] = knownPaths(SCHEMA, []);

const BY_PATH: ReadonlyMap<string, NamedKey> = new Map(
  NAMED_KEYS.map((named) => [named.path, named]),
);

/** The key at a path that the schema is known to have. */
export function namedKey(path: string): NamedKey {
  const named = BY_PATH.get(path);
  if (named === undefined) throw new Error(`the schema has no key ${path}`);
  return named;
}

function namedKeys(entry: SchemaEntry, steps: readonly string[]): readonly NamedKey[] {
  if (entry.kind === "key") return [{ path: steps.join("."), env: envName(steps), key: entry }];
  return Object.entries(entry.entries).flatMap(([name, child]) =>
    namedKeys(child, [...steps, name]),
  );
}

function knownPaths(section: Section, steps: readonly string[]): readonly string[] {
  return Object.entries(section.entries).flatMap(([name, child]) => {
    const own = [...steps, name];
    return [own.join("."), ...(child.kind === "section" ? knownPaths(child, own) : [])];
  });
}

function envName(steps: readonly string[]): string {
  const words = steps.join("_").replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  return `${ENV_PREFIX}${words.toUpperCase()}`;
}

/** `logLevel` → `--log-level` */
export function flagName(flag: keyof KeyFlags): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** One key, as the docs tell of it. */
export interface KeyDescription {
  readonly path: string;
  /** In words: `a duration`. */
  readonly type: string;
  readonly description: string;
  /** As the file would have it. */
  readonly default: Written;
  /** What to print for the default. */
  readonly defaultInWords: string;
  readonly env: string;
  readonly flag: string | null;
  readonly secret: boolean;
}

export function listKeys(): readonly KeyDescription[] {
  return NAMED_KEYS.map(({ path, env, key }) => {
    const standard = key.type.write(key.default);
    return {
      path,
      type: key.type.words,
      description: key.description,
      default: standard,
      defaultInWords: key.defaultInWords ?? inWords(standard),
      env,
      flag: key.flag === null ? null : flagName(key.flag),
      secret: key.secret,
    };
  });
}

function inWords(standard: Written): string {
  if (typeof standard === "object") return JSON.stringify(standard);
  return typeof standard === "string" && /\s/.test(standard) ? quoted(standard) : String(standard);
}
