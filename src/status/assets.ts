import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file that pages load. Its name changes with its content, so that a browser may keep it for good. */
export interface Asset {
  /** As pages link to it. */
  readonly path: string;
  readonly type: string;
  readonly content: string;
}

// `tools/build.ts` puts the files themselves in place of these calls.
const style = readFileSync(join(import.meta.dirname, "assets/style.css"), "utf8");
const script = readFileSync(join(import.meta.dirname, "assets/live.js"), "utf8");
const icon = readFileSync(join(import.meta.dirname, "assets/icon.svg"), "utf8");

export const ASSETS = {
  style: asset("style.css", "text/css; charset=utf-8", style),
  script: asset("live.js", "text/javascript; charset=utf-8", script),
  icon: asset("icon.svg", "image/svg+xml", icon),
} as const;

function asset(name: string, type: string, content: string): Asset {
  const digest = createHash("sha256").update(content).digest("base64url").slice(0, 8);
  return { path: `assets/${digest}/${name}`, type, content };
}
