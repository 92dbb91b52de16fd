import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, ROOT, type BundledFile } from "./bundle.ts";

const OUT = join(ROOT, "dist");

const COMMONJS: BundledFile = {
  name: "package.json",
  content: Buffer.from('{ "type": "commonjs" }\n'),
};

/** Whoever runs the program meanwhile has the old file or the new one, and never a half. */
function put({ name, content }: BundledFile): void {
  const aside = join(OUT, `.${name}.${String(process.pid)}`);
  writeFileSync(aside, content, { mode: name.endsWith(".js") ? 0o755 : 0o644 });
  renameSync(aside, join(OUT, name));
}

const files = await bundle({ minifyWhitespace: true }, [
  "#!/usr/bin/env node",
  'if (Number(process.versions.node.split(".")[0]) < 26) {',
  '  console.error("stalewatch: needs Node 26 or newer, this is " + process.versions.node);',
  "  process.exit(3);",
  "}",
]);
mkdirSync(OUT, { recursive: true });
for (const file of [COMMONJS, ...files]) put(file);
