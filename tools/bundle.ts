import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

export const ROOT = join(import.meta.dirname, "..");

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
    bundler.onLoad({ filter: /\/src\/status\/assets\.ts$/ }, ({ path }) => {
      const folder = dirname(path);
      const contents = readFileSync(path, "utf8").replace(
        /readFileSync\(join\(import\.meta\.dirname, "([\w./]+)"\), "utf8"\)/g,
        (_, file: string) => JSON.stringify(readFileSync(join(folder, file), "utf8")),
      );
      return { contents, loader: "ts" };
    });
  },
};

/** A file that goes into the result: its name, and what is in it. */
export interface BundledFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The program in one file, and what `more` asks for beside it. CommonJS, because there a built-in module is loaded where
 *  it is used and not before the first line: a quick command does not pay for SQLite, and an old Node can say that it
 *  is too old. */
export async function bundle(
  more: Pick<BuildOptions, "entryPoints" | "minifyWhitespace" | "sourcemap" | "sourcesContent">,
  banner: readonly string[] = [],
): Promise<readonly BundledFile[]> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "src/cli/entry.ts")],
    outfile: join(ROOT, "stalewatch.js"),
    write: false,
    bundle: true,
    platform: "node",
    target: "node26",
    format: "cjs",
    minifySyntax: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "warning",
    // The engine's client library still uses url.parse.
    banner: { js: [...banner, "process.noDeprecation = true;"].join("\n") },
    alias: { "node-cron": CRON },
    plugins: [leaveOutUnused, embedAssets],
    ...more,
  });
  return outputFiles.map(({ path, contents }) => ({
    name: path.slice(ROOT.length + 1),
    content: contents,
  }));
}
