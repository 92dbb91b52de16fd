import { DEFAULT_FILE } from "../../../src/config/config-file.ts";
import { loadConfig, type ConfigFlags, type LoadedConfig } from "../../../src/config/load.ts";
import { ConfigError, type ConfigProblem } from "../../../src/config/problem.ts";
import type { ReadFile } from "../../../src/config/read-text.ts";

export const FILE = DEFAULT_FILE;

export interface Sources {
  /** The text of the default configuration file; none by default. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: ConfigFlags;
  /** Other files; a value in capitals such as `EACCES` is the error that reading it gives. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

export function load(sources: Sources = {}): Promise<LoadedConfig> {
  const { file, env = {}, flags = {}, files = {} } = sources;
  const readFile = readFrom(file === undefined ? files : { ...files, [FILE]: file });
  return loadConfig({ flags, env, readFile });
}

function readFrom(files: Readonly<Record<string, string | Uint8Array>>): ReadFile {
  return async (path, limit) => {
    const content = files[path] ?? "ENOENT";
    if (typeof content === "string" && /^E[A-Z]+$/.test(content))
      throw Object.assign(new Error(`${content}: ${path}`), { code: content });
    return Promise.resolve(Buffer.from(content).subarray(0, limit));
  };
}

export async function errorOf(sources: Sources): Promise<ConfigError> {
  try {
    await load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was taken as valid");
}

export async function problemsOf(sources: Sources): Promise<readonly ConfigProblem[]> {
  return (await errorOf(sources)).problems;
}

/** The problems as a user reads them, without the headline. */
export async function problemLines(sources: Sources): Promise<readonly string[]> {
  const [, ...lines] = (await errorOf(sources)).message.split("\n");
  return lines.map((line) => line.trim());
}

export function originOf(loaded: LoadedConfig, path: string): string | undefined {
  return loaded.values.find((value) => value.path === path)?.origin;
}
