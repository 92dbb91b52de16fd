import { describe, expect, it } from "vitest";
import { listKeys, NAMED_KEYS } from "../../../src/config/key-list.ts";
import { stepsOf } from "../../../src/config/path.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { KINDS } from "../../../src/domain/kinds.ts";
import { DEFAULT_POLICY } from "../../../src/domain/policy.ts";
import { load } from "./sources.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOOK = "https://hooks.slack.com/services/T0/B0/xyz";
const TCP = "STALEWATCH_ENGINE_HOST";
const hooked = { STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: HOOK };
const tls = { ca: null, cert: null, key: null };

interface KeyCase {
  readonly path: string;
  readonly yaml: string;
  readonly env: string;
  /** What else must be set for the value to be seen. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly get: (settings: Settings) => unknown;
  readonly value: unknown;
}

const EMAIL = "STALEWATCH_NOTIFY_EMAIL_";
const SERVER = { [`${EMAIL}SMTP_HOST`]: "mail.example.org" };
const FROM = { [`${EMAIL}FROM`]: "watch@example.org" };
const TO = { [`${EMAIL}TO`]: "ops@example.org" };
const mailing = { ...SERVER, ...FROM, ...TO };
const USER = { [`${EMAIL}SMTP_USER`]: "watch" };
const PASSWORD = { [`${EMAIL}SMTP_PASSWORD`]: "hunter 2" };

const POST = "https://hooks.example.org/stalewatch";
const posting = { STALEWATCH_NOTIFY_WEBHOOK_URL: POST };

const onTcp = { [TCP]: "tcp://docker:1" };
const certificate = (settings: Settings): unknown =>
  settings.engine.address.kind === "tcp" ? settings.engine.address.tls : null;

const CASES: readonly KeyCase[] = [
  {
    path: "engine.host",
    yaml: "tcp://docker:1",
    env: "tcp://docker:1",
    get: (s) => s.engine.address,
    value: { kind: "tcp", host: "docker", port: 1, tls: null },
  },
  {
    path: "engine.name",
    yaml: "host 1",
    env: "host 1",
    get: (s) => s.engine.name,
    value: "host 1",
  },
  {
    path: "engine.tls.ca",
    yaml: "/tls/ca.pem",
    env: "/tls/ca.pem",
    beside: onTcp,
    get: certificate,
    value: { ...tls, ca: "/tls/ca.pem" },
  },
  {
    path: "engine.tls.cert",
    yaml: "/tls/cert.pem",
    env: "/tls/cert.pem",
    beside: { ...onTcp, STALEWATCH_ENGINE_TLS_KEY: "/tls/key.pem" },
    get: certificate,
    value: { ...tls, cert: "/tls/cert.pem", key: "/tls/key.pem" },
  },
  {
    path: "engine.tls.key",
    yaml: "/tls/key.pem",
    env: "/tls/key.pem",
    beside: { ...onTcp, STALEWATCH_ENGINE_TLS_CERT: "/tls/cert.pem" },
    get: certificate,
    value: { ...tls, cert: "/tls/cert.pem", key: "/tls/key.pem" },
  },
  { path: "engine.timeout", yaml: "90s", env: "90s", get: (s) => s.engine.timeout, value: 90_000 },
  {
    path: "schedule",
    yaml: '"*/30 * * * * *"',
    env: "*/30 * * * * *",
    get: (s) => s.schedule,
    value: "*/30 * * * * *",
  },
  {
    path: "timezone",
    yaml: "Europe/Berlin",
    env: "Europe/Berlin",
    get: (s) => s.timezone,
    value: "Europe/Berlin",
  },
  { path: "mode", yaml: "heal", env: "heal", get: (s) => s.policy.mode, value: "heal" },
  { path: "grace", yaml: "0", env: "0", get: (s) => s.policy.grace, value: 0 },
  {
    path: "strategy",
    yaml: "newest-tag",
    env: "newest-tag",
    beside: { STALEWATCH_TAGS: "*" },
    get: (s) => s.policy.strategy,
    value: "newest-tag",
  },
  {
    path: "tags",
    yaml: "[v*, 1.20]",
    env: "v*, 1.20",
    get: (s) => s.policy.tags,
    value: ["v*", "1.20"],
  },
  {
    path: "rules",
    yaml: "[{ match: { project: 123, label: tier=front }, mode: heal, grace: 5m, enable: true, tags: 'v*,w*' }]",
    env: '[{"match":{"project":"123","label":"tier=front"},"mode":"heal","grace":"5m","enable":true,"tags":["v*","w*"]}]',
    get: (s) => s.policy.rules,
    value: [
      {
        match: { project: "123", service: null, name: null, label: "tier=front" },
        mode: "heal",
        grace: 5 * MINUTE,
        strategy: null,
        tags: ["v*", "w*"],
        enable: true,
      },
    ],
  },
  {
    path: "exclude",
    yaml: "[ci-*, on]",
    env: "ci-*,on",
    get: (s) => s.policy.exclude,
    value: ["ci-*", "on"],
  },
  {
    path: "heal.method",
    yaml: "compose",
    env: "compose",
    beside: { STALEWATCH_HEAL_COMPOSE_ROOTS: "/srv" },
    get: (s) => s.heal.method,
    value: "compose",
  },
  {
    path: "heal.composeRoots",
    yaml: "[/srv, /home/shop]",
    env: "/srv, /home/shop",
    get: (s) => s.heal.composeRoots,
    value: ["/srv", "/home/shop"],
  },
  {
    path: "heal.healthTimeout",
    yaml: "3m",
    env: "3m",
    get: (s) => s.heal.healthTimeout,
    value: 3 * 60_000,
  },
  { path: "heal.settle", yaml: "45s", env: "45s", get: (s) => s.heal.settle, value: 45_000 },
  {
    path: "heal.window",
    yaml: '{ cron: "0 2 * * *", for: 2h }',
    env: "{cron: 0 2 * * *, for: 2h}",
    get: (s) => s.heal.window,
    value: { cron: "0 2 * * *", for: 2 * HOUR },
  },
  { path: "heal.breaker", yaml: "9", env: "9", get: (s) => s.policy.breaker, value: 9 },
  { path: "heal.cleanup", yaml: "true", env: "true", get: (s) => s.heal.cleanup, value: true },
  { path: "notify.reminder", yaml: "1d", env: "1d", get: (s) => s.notify.reminder, value: DAY },
  {
    path: "notify.slack.webhookUrl",
    yaml: HOOK,
    env: HOOK,
    get: (s) => s.notify.slack,
    value: { webhookUrl: HOOK, mention: null, only: null, projects: null },
  },
  {
    path: "notify.slack.mention.text",
    yaml: "U012AB3CD",
    env: "<@U012AB3CD>",
    beside: hooked,
    get: (s) => s.notify.slack?.mention,
    value: {
      whom: { whom: "user", id: "U012AB3CD" },
      on: ["stale", "heal-failed", "breaker", "engine-unreachable"],
    },
  },
  {
    path: "notify.slack.mention.on",
    yaml: "[stale, breaker]",
    env: "stale,breaker",
    beside: { ...hooked, STALEWATCH_NOTIFY_SLACK_MENTION_TEXT: "@here" },
    get: (s) => s.notify.slack?.mention,
    value: { whom: { whom: "here" }, on: ["stale", "breaker"] },
  },
  {
    path: "notify.slack.only",
    yaml: "[stale, heal-failed]",
    env: "stale,heal-failed",
    beside: hooked,
    get: (s) => s.notify.slack?.only,
    value: ["stale", "heal-failed"],
  },
  {
    path: "notify.slack.projects",
    yaml: "[shop-*]",
    env: "shop-*",
    beside: hooked,
    get: (s) => s.notify.slack?.projects,
    value: ["shop-*"],
  },
  {
    path: "notify.email.smtp.host",
    yaml: "mail.example.org",
    env: "mail.example.org",
    beside: { ...FROM, ...TO },
    get: (s) => s.notify.email?.smtp,
    value: {
      host: "mail.example.org",
      port: 587,
      login: null,
      tls: { mode: "starttls", ca: null },
    },
  },
  {
    path: "notify.email.smtp.port",
    yaml: "465",
    env: "465",
    beside: mailing,
    get: (s) => [s.notify.email?.smtp.port, s.notify.email?.smtp.tls.mode],
    value: [465, "implicit"],
  },
  {
    path: "notify.email.smtp.user",
    yaml: "watch",
    env: "watch",
    beside: { ...mailing, ...PASSWORD },
    get: (s) => s.notify.email?.smtp.login,
    value: { user: "watch", password: "hunter 2" },
  },
  {
    path: "notify.email.smtp.password",
    yaml: "hunter 2",
    env: "hunter 2",
    beside: { ...mailing, ...USER },
    get: (s) => s.notify.email?.smtp.login,
    value: { user: "watch", password: "hunter 2" },
  },
  {
    path: "notify.email.smtp.tls.mode",
    yaml: "none",
    env: "none",
    beside: mailing,
    get: (s) => [s.notify.email?.smtp.port, s.notify.email?.smtp.tls.mode],
    value: [25, "none"],
  },
  {
    path: "notify.email.smtp.tls.ca",
    yaml: "/tls/ca.pem",
    env: "/tls/ca.pem",
    beside: mailing,
    get: (s) => s.notify.email?.smtp.tls.ca,
    value: "/tls/ca.pem",
  },
  {
    path: "notify.email.from",
    yaml: "stalewatch <watch@example.org>",
    env: "stalewatch <watch@example.org>",
    beside: { ...SERVER, ...TO },
    get: (s) => s.notify.email?.from,
    value: { name: "stalewatch", address: "watch@example.org" },
  },
  {
    path: "notify.email.to",
    yaml: "['\"Ops, night shift\" <ops@example.org>', dev@example.org]",
    env: "Ops <ops@example.org>, dev@example.org",
    beside: { ...SERVER, ...FROM },
    get: (s) => s.notify.email?.to.map(({ address }) => address),
    value: ["ops@example.org", "dev@example.org"],
  },
  {
    path: "notify.email.only",
    yaml: "[stale, resolved]",
    env: "stale,resolved",
    beside: mailing,
    get: (s) => s.notify.email?.only,
    value: ["stale", "resolved"],
  },
  {
    path: "notify.email.projects",
    yaml: "[shop-*]",
    env: "shop-*",
    beside: mailing,
    get: (s) => s.notify.email?.projects,
    value: ["shop-*"],
  },
  {
    path: "notify.webhook.format",
    yaml: "alertmanager",
    env: "alertmanager",
    beside: posting,
    get: (s) => s.notify.webhook,
    value: { format: "alertmanager", url: POST, secret: null, only: null, projects: null },
  },
  {
    path: "notify.webhook.url",
    yaml: "http://alerts.lan:9093/x?y=1",
    env: "http://alerts.lan:9093/x?y=1",
    get: (s) => s.notify.webhook?.url,
    value: "http://alerts.lan:9093/x?y=1",
  },
  {
    path: "notify.webhook.secret",
    yaml: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    env: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    beside: posting,
    get: (s) => s.notify.webhook?.secret,
    value: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  },
  {
    path: "notify.webhook.only",
    yaml: "[stale, resolved]",
    env: "stale,resolved",
    beside: posting,
    get: (s) => s.notify.webhook?.only,
    value: ["stale", "resolved"],
  },
  {
    path: "notify.webhook.projects",
    yaml: "[shop-*]",
    env: "shop-*",
    beside: posting,
    get: (s) => s.notify.webhook?.projects,
    value: ["shop-*"],
  },
  {
    path: "report.schedule",
    yaml: "never",
    env: "never",
    get: (s) => s.report.schedule,
    value: null,
  },
  { path: "report.period", yaml: "1d", env: "1d", get: (s) => s.report.period, value: DAY },
  { path: "report.jitter", yaml: "2m", env: "2m", get: (s) => s.report.jitter, value: 2 * 60_000 },
  {
    path: "heartbeat.url",
    yaml: "https://hc-ping.com/0af0b1f2",
    env: "https://hc-ping.com/0af0b1f2",
    get: (s) => s.heartbeat.url,
    value: "https://hc-ping.com/0af0b1f2",
  },
  {
    path: "status.listen",
    yaml: "unix:///run/stalewatch/status.sock",
    env: "unix:///run/stalewatch/status.sock",
    get: (s) => s.status.listen,
    value: { kind: "unix", path: "/run/stalewatch/status.sock" },
  },
  {
    path: "status.publicUrl",
    yaml: "https://status.example.org/docker",
    env: "https://status.example.org/docker",
    get: (s) => s.status.publicUrl,
    value: "https://status.example.org/docker",
  },
  {
    path: "history.retention",
    yaml: "7d",
    env: "7d",
    get: (s) => s.history.retention,
    value: 7 * DAY,
  },
  {
    path: "state",
    yaml: "/tmp/state",
    env: "/tmp/state",
    get: (s) => s.state,
    value: "/tmp/state",
  },
  { path: "log.level", yaml: "debug", env: "debug", get: (s) => s.log.level, value: "debug" },
];

/** `a.b` and `1` → `{ a: { b: 1 } }` */
function asFile(path: string, value: string): string {
  return stepsOf(path).reduceRight((inner, step) => `{ ${step}: ${inner} }`, value);
}

describe("every key", () => {
  it("has a case here", () => {
    expect(CASES.map(({ path }) => path)).toEqual(NAMED_KEYS.map(({ path }) => path));
  });

  it.each(CASES)("$path is read from the file", async ({ path, yaml, beside, get, value }) => {
    const { settings, values } = await load({ file: asFile(path, yaml), env: beside ?? {} });
    expect(get(settings)).toEqual(value);
    expect(values).toContainEqual(
      expect.objectContaining({ path, origin: "file /etc/stalewatch/stalewatch.yaml:1" }),
    );
  });

  it.each(CASES)(
    "$path is read from the environment",
    async ({ path, env, beside, get, value }) => {
      const name = NAMED_KEYS.find((named) => named.path === path)?.env ?? "";
      const { settings, values } = await load({ env: { ...beside, [name]: env } });
      expect(get(settings)).toEqual(value);
      expect(values).toContainEqual(expect.objectContaining({ path, origin: `env ${name}` }));
    },
  );

  it.each(CASES)("$path counts as not set when it is null or empty", async ({ path }) => {
    const name = NAMED_KEYS.find((named) => named.path === path)?.env ?? "";
    const { settings } = await load({ file: asFile(path, "null"), env: { [name]: "" } });
    expect(settings).toEqual((await load()).settings);
  });
});

describe("without any source", () => {
  it("watches the local engine in alert mode", async () => {
    const { settings, file, secrets, values } = await load();
    expect(settings).toEqual({
      engine: {
        address: { kind: "unix", path: "/var/run/docker.sock" },
        name: null,
        timeout: 15_000,
      },
      schedule: "*/5 * * * *",
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      policy: DEFAULT_POLICY,
      heal: {
        method: "engine",
        composeRoots: [],
        healthTimeout: "auto",
        settle: 30_000,
        window: null,
        cleanup: false,
      },
      notify: { reminder: 6 * HOUR, slack: null, email: null, webhook: null },
      report: { schedule: "0 8 * * 1", period: 7 * DAY, jitter: 10 * 60_000 },
      heartbeat: { url: null },
      status: { listen: { kind: "tcp", host: "127.0.0.1", port: 9750 }, publicUrl: null },
      history: { retention: 90 * DAY },
      state: "/var/lib/stalewatch",
      log: { level: "info" },
    });
    expect({ file, secrets }).toEqual({ file: null, secrets: [] });
    expect(new Set(values.map(({ origin }) => origin))).toEqual(new Set(["default"]));
  });

  it.each(NAMED_KEYS)("the default of $path is a value that its own type reads", async (named) => {
    const { type, default: standard } = named.key;
    if (standard === null) return;
    const written = type.write(standard);
    const raw: unknown = JSON.parse(JSON.stringify(written), (_, value: unknown) =>
      typeof value === "number" || typeof value === "boolean" ? String(value) : value,
    );
    expect(await type.read(raw as string, [])).toEqual({ ok: true, value: standard });
  });
});

describe("words of their own", () => {
  it("0 as a reminder means never", async () => {
    const { settings } = await load({ file: "notify: { reminder: 0 }" });
    expect(settings.notify.reminder).toBeNull();
  });

  it("a section with everything commented out is an empty one", async () => {
    const { settings } = await load({ file: "engine:\n  # host: tcp://x\nrules:\nmode: heal\n" });
    expect(settings.policy).toEqual({ ...DEFAULT_POLICY, mode: "heal" });
  });

  it("a list may be written as one text with commas in the file too", async () => {
    const { settings } = await load({ file: "exclude: ci-*, tmp-*" });
    expect(settings.policy.exclude).toEqual(["ci-*", "tmp-*"]);
  });

  it.each([
    "ci-*, tmp-*",
    '["ci-*", "tmp-*"]',
    "[ci-*, tmp-*]",
    "- ci-*\n- 'tmp-*'",
    ' ["ci-*","tmp-*",]',
  ])("the environment has a list between commas, or as YAML or JSON: %j", async (text) => {
    const { settings } = await load({ env: { STALEWATCH_EXCLUDE: text, STALEWATCH_TAGS: text } });
    expect(settings.policy).toMatchObject({ exclude: ["ci-*", "tmp-*"], tags: ["ci-*", "tmp-*"] });
  });

  it("an empty list in the environment excludes nothing, whatever the file says", async () => {
    const { settings } = await load({ file: "exclude: ci-*", env: { STALEWATCH_EXCLUDE: "[]" } });
    expect(settings.policy.exclude).toEqual([]);
  });

  it("an anchor can be used twice", async () => {
    const file = "exclude: &names [ci-*]\nnotify: { slack: { projects: *names } }";
    const { values } = await load({ file });
    expect(values).toContainEqual({
      path: "notify.slack.projects",
      value: ["ci-*"],
      origin: "file /etc/stalewatch/stalewatch.yaml:2",
    });
  });

  it.each(KINDS)("a channel can be told to get %s", async (kind) => {
    const file = `notify: { slack: { webhookUrl: "${HOOK}", only: [${kind}] } }`;
    expect((await load({ file })).settings.notify.slack?.only).toEqual([kind]);
  });
});

describe("the list of keys", () => {
  it("names each key's variable once, those of secrets' files included", () => {
    const names = listKeys().flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env]));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("STALEWATCH_ENGINE_TLS_CA");
    expect(names).toContain("STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL");
    expect(names).toContain("STALEWATCH_LOG_LEVEL");
  });

  it("tells all that the docs need", () => {
    const keys = listKeys();
    expect(keys.find(({ path }) => path === "grace")).toEqual({
      path: "grace",
      type: "a duration",
      description: expect.stringContaining("retags") as string,
      default: "15m",
      defaultInWords: "15m",
      env: "STALEWATCH_GRACE",
      flag: null,
      secret: false,
    });
    expect(keys.find(({ path }) => path === "engine.host")).toMatchObject({
      default: null,
      defaultInWords: "DOCKER_HOST, else unix:///var/run/docker.sock",
      flag: "--host",
    });
    expect(keys.filter(({ secret }) => secret).map(({ path }) => path)).toEqual([
      "notify.slack.webhookUrl",
      "notify.email.smtp.password",
      "notify.webhook.url",
      "notify.webhook.secret",
      "heartbeat.url",
    ]);
  });

  it.each(listKeys())("$path has a description and says its default", (key) => {
    expect(key.description).toMatch(/\.$/);
    expect(key.type).not.toBe("");
    expect(key.defaultInWords).not.toMatch(/^(null|)$/);
  });
});
