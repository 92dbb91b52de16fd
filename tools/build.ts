import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "dist");

/** Parts of the engine's client library that stalewatch never uses, and that cost a third of its start-up time: remote
 *  engines over SSH (it would accept any host key) and BuildKit sessions. */
const UNUSED = /^(?:ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)$/;

/** Its ECMAScript build looks at `import.meta.url`, which a CommonJS bundle does not have. */
const CRON = join(ROOT, "node_modules/node-cron/dist/node-cron.cjs");

const leaveOutUnused: Plugin = {
  name: "leave-out-unused",
  setup(bundler) {
    bundler.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: "unused" }));
    bundler.onLoad({ filter: /.*/, namespace: "unused" }, () => ({
      contents: "module.exports = {};",
    }));
  },
};

/** One file. CommonJS, because there a built-in module is loaded where it is used and not before the first line: a
 *  quick command does not pay for SQLite, and an old Node can say that it is too old. */
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: [join(ROOT, "src/cli/main.ts")],
  outfile: join(OUT, "stalewatch.js"),
  bundle: true,
  platform: "node",
  target: "node26",
  format: "cjs",
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: "none",
  logLevel: "warning",
  banner: {
    js: [
      "#!/usr/bin/env node",
      'if (Number(process.versions.node.split(".")[0]) < 26) {',
      '  console.error("stalewatch: needs Node 26 or newer, this is " + process.versions.node);',
      "  process.exit(3);",
      "}",
      // The engine's client library still uses url.parse.
      "process.noDeprecation = true;",
    ].join("\n"),
  },
  alias: { "node-cron": CRON },
  plugins: [leaveOutUnused],
});
await writeFile(join(OUT, "package.json"), '{ "type": "commonjs" }\n');
await chmod(join(OUT, "stalewatch.js"), 0o755);
