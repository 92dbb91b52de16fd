import { join, relative } from "node:path";
import { ROOT } from "../bundle.ts";
import { makePackage } from "./make.ts";

/** `npm run package`: build/stalewatch, build/root, build/image and build/stalewatch_VERSION_ARCH.deb. Nothing is written outside. */
process.umask(0o022);
const made = await makePackage(join(ROOT, "build"), (what) => {
  process.stderr.write(`… ${what}\n`);
});
for (const path of [made.executable, made.root, made.debian, made.image])
  process.stdout.write(`${relative(ROOT, path)}\n`);
