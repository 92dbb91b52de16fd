import { saidByFile } from "./config-file.ts";
import { contradictions } from "./contradictions.ts";
import { saidByDocker } from "./docker-environment.ts";
import {
  FILE_VARIABLE,
  saidByEnvironment,
  saidByFlags,
  variable,
  type Environment,
} from "./environment.ts";
import { heldValues, nested, type Held } from "./held.ts";
import type { KeyFlags } from "./key.ts";
import { originText } from "./origin.ts";
import { configError } from "./problem.ts";
import type { Written } from "./raw.ts";
import { MASK, problemsIn, readGivens } from "./read-givens.ts";
import { readFileStart, type ReadFile } from "./read-text.ts";
import { saidTogether, type Given, type Said } from "./said.ts";
import { saidByCredentials, saidByFileVariables } from "./secret-files.ts";
import { settingsOf, type Settings } from "./settings.ts";

/** What the command line says of the configuration. */
export interface ConfigFlags extends KeyFlags {
  /** The configuration file. */
  readonly config?: string | null | undefined;
}

export interface ConfigRequest {
  readonly flags?: ConfigFlags;
  readonly env: Environment;
  readonly readFile?: ReadFile;
}

export interface EffectiveValue {
  readonly path: string;
  /** As the file would have it; a secret that is set is masked. */
  readonly value: Written;
  /** `default`, `file /etc/stalewatch/stalewatch.yaml:12`, `env STALEWATCH_GRACE`, `credential …`, `flag --host`. */
  readonly origin: string;
}

export interface LoadedConfig {
  readonly settings: Settings;
  /** Every key, in the order of the schema. */
  readonly values: readonly EffectiveValue[];
  /** The file that was read; null where there is none. */
  readonly file: string | null;
  /** Every secret that a source gave, for the log to mask. */
  readonly secrets: readonly string[];
}

/** Reads all sources. The strongest holds: flag, environment, `…_FILE`, credential, file, docker's environment,
 *  default. Throws one `ConfigError` with every problem in any of them. */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const { said, file } = await allSaid(request);
  const givens = [...said.givens, ...saidByDocker(request.env, said.givens)];
  const read = await readGivens(givens);
  const held = heldValues(read);
  const values = nested(held);
  const problems = [...said.problems, ...problemsIn(read), ...contradictions(values, held)];
  if (problems.length > 0) throw configError(problems, file);
  return {
    settings: settingsOf(values),
    values: held.map(effectiveValue),
    file,
    secrets: secretsIn(givens),
  };
}

async function allSaid(request: ConfigRequest): Promise<{ said: Said; file: string | null }> {
  const { flags = {}, env, readFile = readFileStart } = request;
  const named = flags.config ?? variable(env, FILE_VARIABLE);
  const [byEnvironment, byFileVariables, byCredentials, byFile] = await Promise.all([
    saidByEnvironment(env),
    saidByFileVariables(env, readFile),
    saidByCredentials(env, readFile),
    saidByFile(named, readFile),
  ]);
  const parts = [saidByFlags(flags), byEnvironment, byFileVariables, byCredentials, byFile];
  return { said: saidTogether(parts), file: byFile.file };
}

function effectiveValue({ named, value, origin }: Held): EffectiveValue {
  const masked = named.key.secret && value !== null;
  return {
    path: named.path,
    value: masked ? MASK : named.key.type.write(value),
    origin: originText(origin),
  };
}

function secretsIn(givens: readonly Given[]): readonly string[] {
  return givens.flatMap(({ key, raw }) => (key.key.secret && typeof raw === "string" ? [raw] : []));
}
