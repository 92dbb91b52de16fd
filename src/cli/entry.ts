import { writeSync } from "node:fs";
import { isSea } from "node:sea";
import packageJson from "../../package.json" with { type: "json" };
import { mapStacks } from "./mapped-stacks.ts";

const STDOUT = 1;

/** What the program begins with. Whoever asks for its version, often a script, waits for nothing else to load. */
const [first, ...more] = process.argv.slice(2);
if (more.length === 0 && (first === "--version" || first === "-V")) {
  // Not through process.stdout: making that costs more than all the rest.
  writeSync(STDOUT, `${packageJson.version}\n`);
} else {
  if (isSea()) mapStacks();
  void import("./main.ts");
}
