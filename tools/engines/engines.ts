// Runs the tests of test/engine on every engine that Debian has, and says how they went:
//
//   npm run test:engines                        all engines, all suites
//   npm run test:engines -- podman-4.3          these engines alone
//   npm run test:engines -- --write             also puts their rows into docs/compatibility.md

import { parseArgs } from "node:util";
import { ENGINE_NAMES, type EngineName } from "../../test/harness/engine-name.ts";
import { startPrivateEngine } from "../../test/harness/private-engine.ts";
import { publish } from "./document.ts";
import { runSuites } from "./run.ts";
import { suitesFor } from "./suites.ts";
import { rowOf, table, type Tested } from "./table.ts";

const tell = (text: string): void => void process.stderr.write(`… ${text}\n`);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: "boolean", default: false } },
  });
  const tested: Tested[] = [];
  for (const engine of chosen(positionals)) tested.push(await test(engine));
  const rows = tested.map(rowOf);
  process.stdout.write(`\n${table(rows)}\n`);
  if (values.write) publish(rows);
  if (tested.some(hasFailed)) process.exitCode = 1;
}

function chosen(names: readonly string[]): readonly EngineName[] {
  const unknown = names.filter((name) => !ENGINE_NAMES.some((known) => known === name));
  if (unknown.length > 0)
    throw new RangeError(
      `no such engine: ${unknown.join(", ")}; there are ${ENGINE_NAMES.join(", ")}`,
    );
  return names.length === 0 ? ENGINE_NAMES : ENGINE_NAMES.filter((name) => names.includes(name));
}

async function test(name: EngineName): Promise<Tested> {
  tell(name);
  const engine = await startPrivateEngine({ engine: name, name, onProgress: tell });
  const { kind, version, apiVersion, store } = engine;
  await engine.close();
  const suites = suitesFor(name);
  const outcomes = await runSuites(name, suites);
  const missing = suites.filter(({ name }) => outcomes.every(({ suite }) => suite !== name));
  const failed = missing.map(({ name }) => ({ suite: name, passed: 0, failed: 1, skipped: 0 }));
  const day = new Date().toISOString().slice(0, 10);
  return { kind, version, apiVersion, store, day, outcomes: [...outcomes, ...failed] };
}

function hasFailed({ outcomes }: Tested): boolean {
  return outcomes.some(({ failed }) => failed > 0);
}

await main();
