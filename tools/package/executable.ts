import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { STACK_MAP } from "../../src/cli/mapped-stacks.ts";
import { bundle, ROOT } from "../bundle.ts";

/** Makes one file out of the program and the Node that runs this: a host needs no Node. `work` is a folder for what
 *  lies between. */
export async function makeExecutable(
  output: string,
  work: string,
  entry = join(ROOT, "src/cli/entry.ts"),
): Promise<void> {
  // Its lines stay lines: Node shows the one at which a program broke.
  const files = await bundle({
    entryPoints: [entry],
    sourcemap: "external",
    sourcesContent: false,
  });
  for (const folder of [work, dirname(output)]) mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(work, name), content);
  const config = join(work, "sea.json");
  writeFileSync(config, JSON.stringify(configuration(output), null, 2));
  execFileSync(process.execPath, ["--build-sea", config], {
    cwd: work,
    stdio: ["ignore", "ignore", 2],
  });
}

/** Paths are relative to the folder of the bundle, whose name is all that stack traces show of it. */
function configuration(output: string): object {
  return {
    main: "stalewatch.js",
    output,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // NODE_OPTIONS of whoever calls it are not meant for it.
    execArgvExtension: "none",
    assets: { [STACK_MAP]: STACK_MAP },
  };
}
