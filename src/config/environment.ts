import { flagName, ENV_PREFIX, NAMED_KEYS, type NamedKey } from "./key-list.ts";
import type { KeyFlags } from "./key.ts";
import { nearest } from "./near-miss.ts";
import type { Origin } from "./origin.ts";
import { sourceProblem } from "./problem.ts";
import type { SetRaw } from "./raw.ts";
import { given, NOTHING_SAID, saidTogether, type Said } from "./said.ts";
import { parseYaml } from "./yaml-text.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the configuration file; `--config` is stronger. */
export const FILE_VARIABLE = `${ENV_PREFIX}CONFIG`;
/** For whoever runs the tests, not for stalewatch. */
const TEST_PREFIX = `${ENV_PREFIX}TEST_`;

/** A variable's value; null where it is not set or empty. */
export function variable(env: Environment, name: string): string | null {
  const value = env[name] ?? "";
  return value === "" ? null : value;
}

export function fileVariable(key: NamedKey): string {
  return `${key.env}_FILE`;
}

export function saidByFlags(flags: KeyFlags): Said {
  const givens = NAMED_KEYS.flatMap((named) => {
    const { flag } = named.key;
    const text = flag === null ? null : (flags[flag] ?? null);
    if (flag === null || text === null) return [];
    return [given(named, text, { kind: "flag", name: flagName(flag) })];
  });
  return { givens, problems: [] };
}

/** What the environment says of the keys by their own names, secrets' files left aside. */
export async function saidByEnvironment(env: Environment): Promise<Said> {
  const parts = await Promise.all(NAMED_KEYS.map((named) => saidByVariable(named, env)));
  return saidTogether([...parts, strangers(env)]);
}

async function saidByVariable(named: NamedKey, env: Environment): Promise<Said> {
  const text = variable(env, named.env);
  if (text === null) return NOTHING_SAID;
  const origin: Origin = { kind: "env", name: named.env };
  if (!isYaml(named, text)) return { givens: [given(named, text, origin)], problems: [] };
  const yaml = await parseYaml(text);
  const problems = yaml.faults.map(({ fault }) => sourceProblem(named.path, fault, origin));
  const raw: SetRaw | null = yaml.raw;
  return { givens: raw === null ? [] : [given(named, raw, origin)], problems };
}

/** The beginning of a list in YAML or JSON: no item of a list of texts begins so. */
const LIST = /^\s*(?:\[|-\s)/;

function isYaml({ key: { type } }: NamedKey, text: string): boolean {
  return type.inEnvironment === "yaml" || (type.inEnvironment === "list" && LIST.test(text));
}

/** Variables that look like ours and are not: a misspelt one would be ignored in silence. */
function strangers(env: Environment): Said {
  const secrets = NAMED_KEYS.filter((named) => named.key.secret).map(fileVariable);
  const known = [...NAMED_KEYS.map((named) => named.env), ...secrets, FILE_VARIABLE];
  const unknown = Object.keys(env).filter(
    (name) =>
      name.startsWith(ENV_PREFIX) &&
      !name.startsWith(TEST_PREFIX) &&
      !known.includes(name) &&
      variable(env, name) !== null,
  );
  const problems = unknown.map((name) =>
    sourceProblem(name, "unknown variable", { kind: "env", name }, variableMeant(name, known)),
  );
  return { givens: [], problems };
}

function variableMeant(name: string, known: readonly string[]): string | null {
  const rest = (full: string): string => full.slice(ENV_PREFIX.length);
  const meant = nearest(rest(name), known.map(rest));
  return meant === null ? null : `${ENV_PREFIX}${meant}`;
}
