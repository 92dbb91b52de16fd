import { describe, expect, it } from "vitest";
import { errorOf, FILE, load, problemLines, problemsOf } from "./sources.ts";

const DURATION = "write a whole number followed by s, m, h or d, such as 90s, 15m, 6h or 2d";
const CRON =
  "write minute, hour, day of month, month and weekday, with seconds before them if need be";
const NAME =
  "write a name, with the wildcards * and ? if need be: brackets, braces and quotes are no part of one";
const NO_YAML = "exclude: is not YAML that can be used here";
const EXCLUDE = " (env STALEWATCH_EXCLUDE)";
const TOP =
  "engine, schedule, timezone, mode, grace, strategy, tags, rules, exclude, heal, notify, report, heartbeat, status, history, state, log";

describe("a value that is wrong", () => {
  it.each([
    ["grace: 15", `grace: "15" is not a duration (line 1); ${DURATION}`],
    [
      "grace: 15 minutes",
      `grace: "15 minutes" is not a duration (line 1); ${DURATION}; did you mean 15m?`,
    ],
    ["grace: 15ms", `grace: "15ms" is not a duration (line 1); ${DURATION}`],
    ["grace: -5m", `grace: "-5m" is not a duration (line 1); ${DURATION}`],
    ["grace: [5m]", `grace: a list is not a duration (line 1); ${DURATION}`],
    ["grace: ''", `grace: "" is not a duration (line 1); ${DURATION}`],
    [
      "schedule: '*/5 * * *'",
      `schedule: "*/5 * * *" is not a cron expression (expected 5 or 6 fields but got 4) (line 1); ${CRON}`,
    ],
    [
      "schedule: '61 * * * *'",
      `schedule: "61 * * * *" is not a cron expression (61 is an invalid expression for minute) (line 1); ${CRON}`,
    ],
    [
      "timezone: Europe/Berln",
      'timezone: "Europe/Berln" is not a time zone of this system (line 1); did you mean Europe/Berlin?',
    ],
    [
      "timezone: berlin",
      'timezone: "berlin" is not a time zone of this system (line 1); did you mean Europe/Berlin?',
    ],
    [
      "timezone: the moon",
      'timezone: "the moon" is not a time zone of this system (line 1); write a name such as Europe/Berlin or UTC',
    ],
    ["mode: auto", 'mode: "auto" is not known (line 1); allowed: alert, heal'],
    ["mode: Heal", 'mode: "Heal" is not known (line 1); allowed: alert, heal; did you mean heal?'],
    [
      "strategy: newest_tag",
      'strategy: "newest_tag" is not known (line 1); allowed: same-tag, newest-tag; did you mean newest-tag?',
    ],
    [
      "tags: v* w*",
      'tags[0]: "v* w*" is not a glob over tags (line 1); write letters, digits, dots, dashes, underscores and the wildcards * and ?',
    ],
    ["tags: []", "tags: the list is empty (line 1)"],
    ["exclude: { a: b }", "exclude: a mapping is not a list of container globs (line 1)"],
    ["exclude: [a, null]", "exclude[1]: nothing is not a glob (line 1)"],
    ["exclude: ['web-[12]']", `exclude[0]: "web-[12]" is not a glob (line 1); ${NAME}`],
    [
      "rules: [{ match: { name: '{a,b}' } }]",
      `rules[0].match.name: "{a,b}" is not a glob (line 1); ${NAME}`,
    ],
    ["rules: infra", 'rules: "infra" is not a list of rules (line 1)'],
    [
      "rules: [infra]",
      'rules[0]: "infra" is not a rule (line 1); write a mapping of match, mode, grace, strategy, tags, enable',
    ],
    ["rules: [{ mode: heal }]", "rules[0]: match is missing (line 1)"],
    [
      "rules: [{ match: {} }]",
      "rules[0].match: says nothing (line 1); write at least one of project, service, name, label",
    ],
    [
      "rules: [{ match: { label: =x } }]",
      'rules[0].match.label: "=x" is not a label (line 1); write key or key=glob',
    ],
    [
      "rules: [{ match: { name: x }, enable: yes }]",
      'rules[0].enable: "yes" is not true or false (line 1); allowed: true, false; did you mean true?',
    ],
    [
      "heal: { breaker: 0 }",
      'heal.breaker: "0" is too small (line 1); write a whole number from 1 to 1000000',
    ],
    [
      "heal: { breaker: many }",
      'heal.breaker: "many" is not a whole number (line 1); write a whole number from 1 to 1000000',
    ],
    [
      "heal: { window: { cron: 0 2 * * *, for: 25h } }",
      'heal.window.for: "25h" is too long (line 1); write at most 1d',
    ],
    [
      "heal: { window: { cron: 0 2 * * *, for: 0 } }",
      'heal.window.for: "0" is too short (line 1); write at least 1m',
    ],
    ["heal: { window: { cron: 0 2 * * * } }", "heal.window: for is missing (line 1)"],
    [
      "heal: soon",
      "heal: is not a mapping (line 1); allowed: method, composeRoots, healthTimeout, settle, window, breaker, cleanup",
    ],
    ["engine: { timeout: 0 }", 'engine.timeout: "0" is too short (line 1); write at least 1s'],
    [
      "engine: { tls: { ca: certs/ca.pem } }",
      'engine.tls.ca: "certs/ca.pem" is not an absolute path (line 1); write an absolute path',
    ],
    ["state: data", 'state: "data" is not an absolute path (line 1); write an absolute path'],
    [
      "history: { retention: 1h }",
      'history.retention: "1h" is too short (line 1); write at least 1d',
    ],
    ["engine: { name: '' }", 'engine.name: "" is not a name (line 1); write one line of text'],
    [
      'engine: { name: "a\\u0007\\u009b" }',
      'engine.name: "a\\u0007\\u009b" is not a name (line 1); write one line of text',
    ],
    [
      "log: { level: warning }",
      'log.level: "warning" is not known (line 1); allowed: error, warn, info, debug; did you mean warn?',
    ],
    ["notify: { slack: { only: [] } }", "notify.slack.only: the list is empty (line 1)"],
  ])("%s", async (file, problem) => {
    expect(await problemLines({ file })).toEqual([problem]);
  });

  it("is refused in the same words in the environment", async () => {
    const env = {
      STALEWATCH_GRACE: "soon",
      STALEWATCH_RULES: "[{ match: { name: x }, grace: 5 }]",
    };
    expect(await problemLines({ env })).toEqual([
      `grace: "soon" is not a duration (env STALEWATCH_GRACE); ${DURATION}`,
      `rules[0].grace: "5" is not a duration (env STALEWATCH_RULES); ${DURATION}`,
    ]);
  });

  it.each([
    ['["a*"', `${NO_YAML}: flow sequence must end with a ]${EXCLUDE}`],
    ['["a*" "b*"]', `${NO_YAML}: missing , or : between flow sequence items${EXCLUDE}`],
    ["[a*, ]]", `${NO_YAML}: unexpected flow-seq-end token in YAML stream${EXCLUDE}`],
    [
      "[*-web]",
      `exclude: has an alias without its anchor: a text that begins with * needs quotes${EXCLUDE}`,
    ],
    ['["a*", ["b*"]]', `exclude[1]: a list is not a glob${EXCLUDE}; ${NAME}`],
    ['"a*"', `exclude[0]: "\\"a*\\"" is not a glob${EXCLUDE}; ${NAME}`],
    ['{"a*": 1}', `exclude[0]: "{\\"a*\\": 1}" is not a glob${EXCLUDE}; ${NAME}`],
    ["a*,", `exclude[1]: "" is not a glob${EXCLUDE}; ${NAME}`],
  ])("is refused as a list in the environment: %s", async (text, problem) => {
    expect(await problemLines({ env: { STALEWATCH_EXCLUDE: text } })).toEqual([problem]);
  });

  it("is refused although a stronger source overrides it", async () => {
    const lines = await problemLines({ file: "mode: auto", env: { STALEWATCH_MODE: "heal" } });
    expect(lines).toEqual(['mode: "auto" is not known (line 1); allowed: alert, heal']);
  });

  it("is shown cut when it is long", async () => {
    const [problem] = await problemsOf({ file: `mode: ${"x".repeat(1000)}` });
    expect(problem?.found).toBe(`"${"x".repeat(60)}…"`);
  });
});

describe("an unknown key", () => {
  it.each([
    ["notify: { slak: 1 }", "notify.slak: unknown key (line 1); did you mean notify.slack?"],
    ["slack: {}", "slack: unknown key (line 1); did you mean notify.slack?"],
    ["breaker: 3", "breaker: unknown key (line 1); did you mean heal.breaker?"],
    [
      "notify: { slack: { webhook_url: x } }",
      "notify.slack.webhook_url: unknown key (line 1); did you mean notify.slack.webhookUrl?",
    ],
    ["heal: { winow: 1 }", "heal.winow: unknown key (line 1); did you mean heal.window?"],
    [
      "rules: [{ match: { servce: a } }]",
      "rules[0].match.servce: unknown key (line 1); did you mean rules[0].match.service?",
    ],
    ["frobnicate: 1", `frobnicate: unknown key (line 1); allowed: ${TOP}`],
    ["__proto__: { mode: heal }", `__proto__: unknown key (line 1); allowed: ${TOP}`],
    ["constructor: 1", `constructor: unknown key (line 1); allowed: ${TOP}`],
    ["'a b': 1", `"a b": unknown key (line 1); allowed: ${TOP}`],
    ["<<: { mode: heal }", `"<<": unknown key (line 1); allowed: ${TOP}`],
  ])("%s", async (file, problem) => {
    expect(await problemLines({ file })).toEqual([problem]);
  });

  it.each([
    ["STALEWATCH_GRAEC", "; did you mean STALEWATCH_GRACE?"],
    ["STALEWATCH_BREAKER", "; did you mean STALEWATCH_HEAL_BREAKER?"],
    ["STALEWATCH_SLACK_WEBHOOK", "; did you mean STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL?"],
    ["STALEWATCH_GRACE_FILE", "; did you mean STALEWATCH_GRACE?"],
    ["STALEWATCH_RULES_0_GRACE", "; did you mean STALEWATCH_RULES?"],
    ["STALEWATCH_FROBNICATE", ""],
  ])("in the environment: %s", async (name, meant) => {
    expect(await problemLines({ env: { [name]: "1" } })).toEqual([
      `${name}: unknown variable${meant}`,
    ]);
  });

  it("is none of ours when it is for the tests, empty, or somebody else's", async () => {
    const env = { STALEWATCH_TEST_ENGINE: "1", STALEWATCH_GRAEC: "", STALE: "1", PATH: "/bin" };
    await expect(load({ env })).resolves.toBeDefined();
  });
});

describe("values that contradict each other", () => {
  it.each([
    ["strategy: newest-tag", 'strategy: "newest-tag" says nothing without tags (line 1); set tags'],
    [
      "rules: [{ match: { name: x }, strategy: newest-tag }]",
      'rules[0].strategy: "newest-tag" says nothing without tags (line 1); set rules[0].tags or tags',
    ],
    [
      "engine: { tls: { ca: /ca.pem } }",
      "engine.tls.ca: TLS needs a tcp address, and the engine's is unix:///var/run/docker.sock (line 1)",
    ],
    [
      "engine: { host: tcp://x, tls: { key: /key.pem } }",
      "engine.tls.key: needs engine.tls.cert too (line 1)",
    ],
    [
      "rules:\n  - match: { name: x, project: y }\n  - match: { name: x }\n  - match: { project: y, name: x }",
      "rules[2].match: never reached: rules[0] matches the same (line 4)",
    ],
    [
      "heal: { method: compose }",
      'heal.method: "compose" finds nothing without composeRoots (line 1); set heal.composeRoots',
    ],
  ])("%s", async (file, problem) => {
    expect(await problemLines({ file })).toEqual([problem]);
  });

  it.each([
    ["roots without the method that needs them", "heal: { composeRoots: [/srv] }"],
    [
      "a rule may take its tags from the top",
      "tags: v*\nrules: [{ match: { name: x }, strategy: newest-tag }]",
    ],
    [
      "a rule may bring its own tags",
      "rules: [{ match: { name: x }, strategy: newest-tag, tags: v* }]",
    ],
    ["heal with no grace at all", "mode: heal\ngrace: 0"],
    ["a window of a whole day", "heal: { window: { cron: 0 2 * * *, for: 1d } }"],
  ])("but not: %s", async (_, file) => {
    await expect(load({ file })).resolves.toBeDefined();
  });

  it("are not looked for in a value that cannot be read", async () => {
    const lines = await problemLines({ file: "strategy: newest-tag\ntags: a b" });
    expect(lines).toEqual([expect.stringContaining('tags[0]: "a b"')]);
  });
});

describe("a text that is no configuration", () => {
  it.each([
    ["- mode: heal", `${FILE}: is not a mapping of keys (line 1)`],
    ["just words", `${FILE}: is not a mapping of keys (line 1)`],
    ["mode: heal\ngrace: 5m\nmode: alert", "mode: is written twice (line 3)"],
    [
      "notify:\n  slack:\n    only: [stale]\n    only: [test]",
      "notify.slack.only: is written twice (line 4)",
    ],
    [
      "mode: heal\n\tgrace: 5m",
      `${FILE}: is not YAML that can be used here: tabs are not allowed as indentation (line 2)`,
    ],
    [
      "mode: heal\n---\nmode: alert",
      `${FILE}: is not YAML that can be used here: it has more than one document (line 2)`,
    ],
    ["mode: !env MODE", `${FILE}: is not YAML that can be used here: unresolved tag (line 1)`],
    [
      "mode: *mode",
      `${FILE}: has an alias without its anchor: a text that begins with * needs quotes`,
    ],
  ])("%s", async (file, problem) => {
    expect(await problemLines({ file })).toEqual([problem]);
  });

  it.each(["", "# nothing yet\n", "---\n", "\ufeff", "null"])(
    "but an empty one means the defaults: %j",
    async (file) => {
      expect((await load({ file })).settings).toEqual((await load()).settings);
    },
  );

  it("is refused when its aliases would blow up", async () => {
    const bomb = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? "a0: &a0 [x, x]"
        : `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(", ")}]`,
    ).join("\n");
    expect(await problemLines({ file: bomb })).toEqual([`${FILE}: has too many aliases`]);
  });

  it.each(["[".repeat(30_000), "{ a: ".repeat(30_000)])(
    "is refused when it is nested without end",
    async (file) => {
      expect(await problemLines({ file })).toEqual([
        `${FILE}: is not YAML that can be used here: it is nested too deeply (line 1)`,
      ]);
    },
  );
});

describe("all problems", () => {
  it("come at once, those of the file first and in its order", async () => {
    const file = [
      "heal:",
      "  breaker: none",
      "mode: auto",
      "rules:",
      "  - match: { name: web }",
      "    grace: 5",
      "  - match: { name: db }",
      "    mode: never",
      "tags: a b",
    ].join("\n");
    const error = await errorOf({ file, env: { STALEWATCH_GRAEC: "1", STALEWATCH_STATE: "x" } });
    expect(error.problems.map(({ path, line, origin }) => [path, line, origin])).toEqual([
      ["heal.breaker", 2, `file ${FILE}:2`],
      ["mode", 3, `file ${FILE}:3`],
      ["rules[0].grace", 6, `file ${FILE}:6`],
      ["rules[1].mode", 8, `file ${FILE}:8`],
      ["tags[0]", 9, `file ${FILE}:9`],
      ["STALEWATCH_GRAEC", null, "env STALEWATCH_GRAEC"],
      ["state", null, "env STALEWATCH_STATE"],
    ]);
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message.split("\n")).toHaveLength(8);
    expect(error.message).toContain(`the configuration ${FILE} has 7 problems:\n`);
  });

  it("say each part on its own", async () => {
    expect(await problemsOf({ file: "\nmode: heals" })).toEqual([
      {
        path: "mode",
        line: 2,
        found: '"heals"',
        fault: "is not known",
        allowed: "allowed: alert, heal",
        suggestion: "heal",
        origin: `file ${FILE}:2`,
      },
    ]);
  });
});
