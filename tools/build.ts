import { readFileSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** What the status page loads is read from files of its own; the program is one file, so it gets their texts. */
const embedAssets: Plugin = {
  name: "embed-assets",
  setup(bundler) {
    bundler.onLoad({ filter: /\/src\/status\/assets\.ts$/ }, async ({ path }) => {
      const folder = dirname(path);
      const source = await readFile(path, "utf8");
      const contents = source.replace(
        /readFileSync\(join\(import\.meta\.dirname, "([\w./]+)"\), "utf8"\)/g,
        (_, file: string) => JSON.stringify(readFileSync(join(folder, file), "utf8")),
      );
      return { contents, loader: "ts" };
    });
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
  plugins: [leaveOutUnused, embedAssets],
});
await writeFile(join(OUT, "package.json"), '{ "type": "commonjs" }\n');
await chmod(join(OUT, "stalewatch.js"), 0o755);
