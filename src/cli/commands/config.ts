import { loadedConfig, print, printJson, type GlobalOptions } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";

/** The configuration in force, with the origin of every value. */
export async function config(options: GlobalOptions & { json: boolean }): Promise<ExitCode> {
  const loaded = await loadedConfig(options);
  const { renderEffective, effectiveDocument } = await import("../../config/effective.ts");
  if (options.json) printJson(effectiveDocument(loaded));
  else print(renderEffective(loaded));
  return EXIT.ok;
}
