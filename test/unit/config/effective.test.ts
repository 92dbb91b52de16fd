import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveDocument, renderEffective } from "../../../src/config/effective.ts";
import { MASK } from "../../../src/config/read-givens.ts";
import { formatDuration } from "../../../src/domain/duration.ts";
import { KINDS } from "../../../src/domain/kinds.ts";
import { load } from "./sources.ts";

const HOOK = "https://hooks.slack.com/services/x";

describe("the effective configuration", () => {
  it("shows each value with its origin, as a file that can be loaded again", async () => {
    const file = [
      "rules:",
      "  - match: { project: shop, name: 'web-*' }",
      "    grace: 300s",
      "exclude: [ci-*, 'on']",
      "heal: { window: { cron: 0 2 * * *, for: 2h } }",
    ].join("\n");
    const env = {
      STALEWATCH_TIMEZONE: "Europe/Berlin",
      STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: HOOK,
      DOCKER_HOST: "tcp://docker:1",
    };
    const loaded = await load({ file, env, flags: { logLevel: "debug" } });
    expect(renderEffective(loaded)).toBe(`# /etc/stalewatch/stalewatch.yaml
engine:
  host: tcp://docker:1  # env DOCKER_HOST
  name: null  # default
  tls:
    ca: null  # default
    cert: null  # default
    key: null  # default
  timeout: 15s  # default
schedule: "*/5 * * * *"  # default
timezone: Europe/Berlin  # env STALEWATCH_TIMEZONE
mode: alert  # default
grace: 15m  # default
strategy: same-tag  # default
tags: null  # default
rules:  # file /etc/stalewatch/stalewatch.yaml:1
  - { match: { project: shop, name: "web-*" }, grace: 5m }
exclude: ["ci-*", "on"]  # file /etc/stalewatch/stalewatch.yaml:4
heal:
  method: engine  # default
  composeRoots: []  # default
  healthTimeout: auto  # default
  settle: 30s  # default
  window: { cron: "0 2 * * *", for: 2h }  # file /etc/stalewatch/stalewatch.yaml:5
  breaker: 5  # default
  cleanup: false  # default
notify:
  reminder: 6h  # default
  slack:
    webhookUrl: "${MASK}"  # env STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL
    mention:
      text: null  # default
      on: null  # default
    only: null  # default
    projects: null  # default
  email:
    smtp:
      host: null  # default
      port: null  # default
      user: null  # default
      password: null  # default
      tls:
        mode: null  # default
        ca: null  # default
    from: null  # default
    to: null  # default
    only: null  # default
    projects: null  # default
  webhook:
    format: generic  # default
    url: null  # default
    secret: null  # default
    only: null  # default
    projects: null  # default
report:
  schedule: "0 8 * * 1"  # default
  period: 7d  # default
  jitter: 10m  # default
heartbeat:
  url: null  # default
status:
  listen: "127.0.0.1:9750"  # default
  publicUrl: null  # default
history:
  retention: 90d  # default
state: /var/lib/stalewatch  # default
log:
  level: debug  # flag --log-level
`);
  });

  it("says that there is no file", async () => {
    expect(renderEffective(await load())).toMatch(/^# no configuration file\n/);
  });

  it("has a form for JSON", async () => {
    const document = effectiveDocument(
      await load({ file: "rules: [{ match: { name: x }, enable: false }]" }),
    );
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document).toMatchObject({ schemaVersion: 1, file: "/etc/stalewatch/stalewatch.yaml" });
    expect(document.values.slice(0, 2)).toEqual([
      { path: "engine.host", value: null, origin: "default" },
      { path: "engine.name", value: null, origin: "default" },
    ]);
    expect(document.values).toContainEqual({
      path: "rules",
      value: [{ match: { name: "x" }, enable: false }],
      origin: "file /etc/stalewatch/stalewatch.yaml:1",
    });
  });

  // Seconds of work, and many of waiting where others work on the machine, too.
  it("gives the same settings when it is loaded again", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(configuration(), async (config) => {
        const first = await load({ file: JSON.stringify(config) });
        const again = await load({ file: renderEffective(first).replace(MASK, HOOK) });
        expect(again.settings).toEqual(first.settings);
        expect(renderEffective(again).replace(/ {2}#.*/g, "")).toBe(
          renderEffective(first).replace(/ {2}#.*/g, ""),
        );
      }),
      { numRuns: 200 },
    );
  });
});

/** Any text that a line may be, the words that YAML takes for something else among them. */
function word(): fc.Arbitrary<string> {
  const traps = [
    "null",
    "true",
    "no",
    "~",
    "1.20",
    "0x1f",
    "- a",
    "a: b",
    "a #b",
    "*x",
    "&x",
    "!x",
  ];
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const line = text.filter((one) => one.trim() !== "" && !/\p{Cc}/u.test(one));
  return fc.oneof(
    line,
    fc.constantFrom(...traps, "a, b]", "{a}", "a:", "'a'", '"', "\\", "@a", "%a"),
  );
}

function nameGlob(): fc.Arbitrary<string> {
  return word().filter((one) => !/["'`[\]{},]/.test(one));
}

function nameGlobs(): fc.Arbitrary<readonly string[]> {
  return fc.array(nameGlob(), { minLength: 1, maxLength: 3 });
}

function duration(least: number, most = 999_999_999): fc.Arbitrary<string> {
  return fc.integer({ min: least, max: most }).map((seconds) => formatDuration(seconds * 1000));
}

function tags(): fc.Arbitrary<string | readonly string[]> {
  return fc.constantFrom("v*,rel-?", ["1.20", "latest"], ["*"]);
}

function rule(): fc.Arbitrary<object> {
  const match = fc.record(
    {
      project: nameGlob(),
      service: nameGlob(),
      name: nameGlob(),
      label: fc.constantFrom("a", "a=b c", "a==*"),
    },
    { requiredKeys: ["project"] },
  );
  const said = {
    match,
    mode: fc.constantFrom("alert", "heal"),
    grace: duration(0),
    strategy: fc.constant("same-tag"),
    tags: tags(),
    enable: fc.boolean(),
  };
  return fc.record(said, { requiredKeys: ["match"] });
}

function configuration(): fc.Arbitrary<object> {
  const window = fc.record({
    cron: fc.constantFrom("0 2 * * *", "@daily"),
    for: duration(60, 86_400),
  });
  const slack = fc.record(
    {
      webhookUrl: fc.constant(HOOK),
      only: fc.subarray([...KINDS], { minLength: 1 }),
      projects: nameGlobs(),
    },
    { requiredKeys: [] },
  );
  const host = fc.constantFrom("tcp://docker", "https://[::1]:1", "unix:///a b#c", "docker:1");
  const keys = {
    engine: fc.record({ host, name: word(), timeout: duration(1, 3600) }, { requiredKeys: [] }),
    schedule: fc.constantFrom("*/5 * * * *", "0 */10 * * * 1-5"),
    timezone: fc.constantFrom("UTC", "Europe/Berlin", "Etc/GMT+2", "+02:00"),
    mode: fc.constantFrom("alert", "heal"),
    grace: duration(0),
    strategy: fc.constant("same-tag"),
    tags: tags(),
    rules: fc.uniqueArray(rule(), {
      maxLength: 4,
      selector: (one) => JSON.stringify(one).slice(0, 24),
    }),
    exclude: fc.array(nameGlob(), { maxLength: 3 }),
    heal: fc.record({ window, breaker: fc.integer({ min: 1, max: 1e6 }) }, { requiredKeys: [] }),
    notify: fc.record({ reminder: duration(0), slack }, { requiredKeys: [] }),
    history: fc.record({ retention: duration(86_400) }),
    state: word().map((one) => `/var/${one}`),
    log: fc.record({ level: fc.constantFrom("error", "warn", "info", "debug") }),
  };
  return fc.record(keys, { requiredKeys: [] });
}
