import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { metricsText } from "../../../src/status/metrics.ts";
import { Tallies } from "../../../src/status/tallies.ts";
import { promtool } from "../../harness/prometheus.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import { factsOf, NOW, shopHost } from "../../unit/status/samples.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FOLDER = join(ROOT, "deploy/prometheus");
const FLEET = readFileSync(join(ROOT, "docs/fleet.md"), "utf8");
/** Prometheus may have to be fetched first. */
const FIRST = { timeout: 600_000 };

const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

/** The text of a scrape in which every metric is there. */
async function everything(): Promise<string> {
  const facts = { ...shopHost(), waiting: { count: 1, oldest: NOW } };
  const tallies = new Tallies();
  tallies.calls.add("/containers/json", "ok");
  const input = { facts, tallies, version: "0.1.0", startedAt: NOW, viewers: 1 };
  return (await metricsText(input)).text;
}

async function names(): Promise<ReadonlySet<string>> {
  const found = (await everything()).matchAll(/^# TYPE (\S+) /gm);
  return new Set([...found].map(([, name = ""]) => name));
}

function mentioned(text: string): string[] {
  return [...new Set(text.match(/\b(?:stalewatch|process)_[a-z_]+/g))];
}

/** A file of this test's own. */
function file(name: string, text: string): string {
  const directory = temporaryDirectory();
  onTestFinished(() => {
    directory.remove();
  });
  const path = join(directory.path, name);
  writeFileSync(path, text);
  return path;
}

describe("/metrics", () => {
  it("has nothing that promtool objects to", FIRST, async () => {
    const checked = await promtool(["check", "metrics"], { input: await everything() });
    expect(checked).toEqual({ code: 0, stdout: "", stderr: "" });
    const { text } = await metricsText({
      facts: factsOf([]),
      tallies: new Tallies(),
      version: "0.1.0",
      startedAt: NOW,
      viewers: 0,
    });
    expect((await promtool(["check", "metrics"], { input: text })).code).toBe(0);
  });

  it("is what the docs list: no metric less, none more", async () => {
    const table = FLEET.slice(FLEET.indexOf("| metric |"), FLEET.indexOf("No label has more"));
    expect(mentioned(table).sort()).toEqual([...(await names())].sort());
  });
});

describe("the alert rules", () => {
  it("pass their own tests", FIRST, async () => {
    const tested = await promtool(["test", "rules", "stalewatch.rules.test.yaml"], { cwd: FOLDER });
    expect(tested, tested.stdout + tested.stderr).toMatchObject({ code: 0 });
  });

  it("would not pass them if one of them were another", FIRST, async () => {
    const rules = read("stalewatch.rules.yaml").replace('end="given-up"', 'end="delivered"');
    const path = file("stalewatch.rules.yaml", rules);
    writeFileSync(join(path, "../tests.yaml"), read("stalewatch.rules.test.yaml"));
    const tested = await promtool(["test", "rules", "tests.yaml"], { cwd: join(path, "..") });
    expect(tested.code).toBe(1);
  });

  it("have a test each", () => {
    const alerts = [...read("stalewatch.rules.yaml").matchAll(/alert: (\w+)/g)].map(
      ([, name]) => name,
    );
    const tested = [...read("stalewatch.rules.test.yaml").matchAll(/alertname: (\w+)/g)];
    expect(alerts).toHaveLength(12);
    expect(new Set(tested.map(([, name]) => name))).toEqual(new Set(alerts));
  });

  it("ask for metrics that there are", async () => {
    const known = await names();
    for (const name of mentioned(read("stalewatch.rules.yaml"))) expect(known).toContain(name);
  });
});

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

describe("the dashboard", () => {
  const { panels } = JSON.parse(read("grafana-dashboard.json")) as Dashboard;
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it("asks for metrics that there are", async () => {
    const known = await names();
    for (const name of queries.flatMap(mentioned)) expect(known).toContain(name);
  });

  it("has queries that Prometheus understands", FIRST, async () => {
    const rules = queries.map((query, i) => ({
      record: `query_${String(i)}`,
      expr: query.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"),
    }));
    const path = file("rules.yaml", JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const checked = await promtool(["check", "rules", path]);
    expect(checked, checked.stderr).toMatchObject({ code: 0 });
  });
});

describe("docs/fleet.md", () => {
  const blocks = [...FLEET.matchAll(/^ *```yaml\n(.*?)^ *```/gms)].map(([, text = ""]) => {
    const indent = /^ */.exec(text)?.[0] ?? "";
    return text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
  });

  it("has a scrape configuration that Prometheus takes", FIRST, async () => {
    const found = blocks.find((text) => text.includes("scrape_configs")) ?? "";
    const secret = file("password", "secret");
    const text = found
      .replace("/etc/prometheus/stalewatch.password", secret)
      .replace("/etc/prometheus/stalewatch.rules.yaml", join(FOLDER, "stalewatch.rules.yaml"));
    const checked = await promtool(["check", "config", file("prometheus.yaml", text)]);
    expect(checked, checked.stdout + checked.stderr).toMatchObject({ code: 0 });
  });

  it("has no example that is no YAML", () => {
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const text of blocks) expect(parse(text)).toBeTypeOf("object");
  });
});
