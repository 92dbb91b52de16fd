import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildProgram } from "../../src/cli/program.ts";
import { ROOT } from "../bundle.ts";
import { exampleConfig } from "../example-config.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { zshCompletion } from "./completion-zsh.ts";
import { manual } from "./manual.ts";
import { outlineOf } from "./outline.ts";

export interface LayoutOptions {
  readonly executable: string;
  readonly version: string;
  readonly date: Date;
}

/** Puts everything that a host gets into `folder`, each file where it belongs on the host. */
export function layOut(folder: string, { executable, version, date }: LayoutOptions): void {
  const put = (path: string, content: string | Uint8Array): void => {
    writeFileSync(placeIn(folder, path), content, { mode: 0o644 });
  };
  const copy = (from: string, path: string, mode = 0o644): void => {
    copyFileSync(join(ROOT, from), placeIn(folder, path));
    chmodSync(join(folder, path), mode);
  };
  copyFileSync(executable, placeIn(folder, "usr/bin/stalewatch"));
  chmodSync(join(folder, "usr/bin/stalewatch"), 0o755);
  for (const unit of UNITS) copy(`systemd/${unit}`, `usr/lib/systemd/system/${unit}`);
  copy("systemd/sysusers.conf", "usr/lib/sysusers.d/stalewatch.conf");
  put("etc/stalewatch/stalewatch.yaml", exampleConfig());
  mkdirSync(join(folder, "etc/stalewatch/credentials"), { mode: 0o700 });
  const outline = outlineOf(buildProgram(version, () => Promise.resolve()));
  put("usr/share/bash-completion/completions/stalewatch", bashCompletion(outline));
  put("usr/share/zsh/vendor-completions/_stalewatch", zshCompletion(outline));
  put("usr/share/fish/vendor_completions.d/stalewatch.fish", fishCompletion(outline));
  put("usr/share/man/man1/stalewatch.1.gz", zipped(manual(outline, { version, date })));
  put("usr/share/doc/stalewatch/changelog.gz", zipped(readFileSync(join(ROOT, "CHANGELOG.md"))));
  copy("LICENSE", "usr/share/doc/stalewatch/copyright");
  for (const example of EXAMPLES)
    copy(`systemd/examples/${example}`, `usr/share/doc/stalewatch/examples/${example}`);
}

export const UNITS = ["stalewatch.service", "stalewatch-check.service", "stalewatch-check.timer"];
const EXAMPLES = ["compose-projects.conf", "on-failure.conf", "stalewatch-failed@.service"];

function placeIn(folder: string, path: string): string {
  const place = join(folder, path);
  // Whatever the umask of whoever packs: on the host everybody may look into these folders.
  mkdirSync(dirname(place), { recursive: true });
  return place;
}

/** Without the time of packing in it. */
function zipped(content: string | Uint8Array): Uint8Array {
  return gzipSync(content, { level: 9 });
}
