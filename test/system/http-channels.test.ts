import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { startHttpSink, type HttpSink, type SinkAnswer } from "../harness/http-sink.ts";
import type { Environment, RunningDaemon } from "../harness/program.ts";
import { startProxy } from "../harness/proxy-server.ts";
import { eventually } from "../harness/wait.ts";
import { certificateAuthority, signedBy } from "../integration/engine/certificates.ts";
import { events, it as itInScene, scans, type Scene } from "./scene.ts";

const HOOK_PATH = "/hooks/h00k-s3cret-path";
const KEY = "s1gning-s3cret-key";
const BEAT_PATH = "/ping/b3at-s3cret-uuid";

interface Told {
  readonly hook: HttpSink;
  readonly beat: HttpSink;
  /** What makes the program use both. */
  readonly env: Environment;
}

type Tls = { readonly cert: string; readonly key: string } | undefined;

/** A webhook's receiver and a dead man's switch. */
async function listeners(tls?: Tls): Promise<Told> {
  const takes = (body: string) => () => ({ status: 200, body, error: null });
  const hook = await startHttpSink({ path: HOOK_PATH, peer: takes(""), tls });
  const beat = await startHttpSink({ path: BEAT_PATH, peer: takes("OK"), tls });
  const env = {
    STALEWATCH_NOTIFY_WEBHOOK_URL: hook.url,
    STALEWATCH_NOTIFY_WEBHOOK_SECRET: KEY,
    STALEWATCH_HEARTBEAT_URL: beat.url,
  };
  return { hook, beat, env };
}

/** `it` whose tests get a scene and both. */
const it = itInScene.extend("told", async ({}, { onCleanup }) => {
  const told = await listeners();
  onCleanup(async () => {
    await Promise.all([told.hook.close(), told.beat.close()]);
  });
  return told;
});

interface Document {
  readonly headline: string;
  readonly news: readonly { readonly kind: string; readonly container?: string }[];
}

async function document(hook: HttpSink): Promise<Document> {
  return (await hook.next(15_000)).body as Document;
}

const paths = (sink: HttpSink): string[] => sink.received.map(({ path }) => path);

describe.concurrent("a daemon with a webhook", () => {
  it("tells it what it tells Slack, signed", async ({ scene, told: { hook, env } }) => {
    const web = await scene.startStale("web");
    scene.daemon(env);
    await scene.message();
    const { raw, headers, body } = await hook.next();
    expect(body).toMatchObject({
      schemaVersion: 1,
      engine: "host-1",
      headline: "1 container stale",
      news: [{ kind: "stale", container: web.name, project: scene.project, service: "web" }],
    });
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${raw}`;
    const mac = createHmac("sha256", KEY).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
  });

  it("sends each channel what it takes, and logs what nobody takes", async ({
    scene,
    told: { hook, env },
  }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon({
      ...env,
      STALEWATCH_NOTIFY_SLACK_ONLY: "resolved",
      STALEWATCH_NOTIFY_WEBHOOK_ONLY: "stale,engine-back",
      STALEWATCH_NOTIFY_WEBHOOK_PROJECTS: scene.project,
    });
    expect(await document(hook)).toMatchObject({ news: [{ kind: "stale", container: web.name }] });
    await scene.recreate(web);
    expect(await scene.message()).toMatch(/^host-1: 1 container resolved\n/);
    expect({ hook: hook.received.length, slack: scene.slack.received.length }).toEqual({
      hook: 1,
      slack: 1,
    });
    expect(events(daemon, "untaken")).toEqual([]);
  });

  it("logs news that no channel takes, whatever the reason", async ({
    scene,
    told: { hook, env },
  }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon({
      ...env,
      STALEWATCH_NOTIFY_SLACK_ONLY: "resolved",
      STALEWATCH_NOTIFY_WEBHOOK_PROJECTS: "another-project",
    });
    expect(await daemon.logged("untaken")).toMatchObject({ level: "info", kinds: ["stale"] });
    expect(await daemon.logged("stale")).toMatchObject({ container: web.name });
    await scans(daemon, 1);
    expect([...hook.received, ...scene.slack.received]).toEqual([]);
  });

  it("lets neither a channel nor a scan wait for another channel that hangs", async ({
    scene,
    told: { hook, env },
  }) => {
    await scene.startStale("web");
    scene.slack.script({ kind: "hang" });
    hook.script({ kind: "status", status: 500 });
    const daemon = scene.daemon(env);
    await daemon.logged("delivered", ({ channel }) => channel === "webhook");
    await scans(daemon, 1);
    // Slack has been asked once, and has not answered yet.
    const said = daemon.log.filter(({ channel }) => channel === "slack");
    expect({ said, asked: scene.slack.received.length }).toEqual({ said: [], asked: 1 });
    expect(hook.received).toHaveLength(2);
  });

  it("names both in its log, in doctor and in test-notify", async ({
    scene,
    told: { hook, beat, env },
  }) => {
    const { stdout } = await scene.stalewatch(["doctor"], env);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "ok channels slack, webhook, heartbeat (`stalewatch test-notify` tries them)",
    );
    expect([...hook.received, ...beat.received]).toEqual([]);
    const tried = await scene.stalewatch(["test-notify"], env);
    expect({ code: tried.code, stdout: tried.stdout }).toEqual({
      code: 0,
      stdout: [
        "ok    slack: delivered (200 ok)\n",
        "ok    webhook: delivered (200)\n",
        "ok    heartbeat: delivered (200)\n",
      ].join(""),
    });
    expect(await document(hook)).toMatchObject({ news: [{ kind: "test" }] });
    expect(paths(beat)).toEqual([`${BEAT_PATH}/log`]);
  });
});

describe.concurrent("test-notify", () => {
  it.for<[string, SinkAnswer, string, string]>([
    [
      "a wrong signature",
      { kind: "status", status: 401 },
      "the webhook answered 401",
      "compare its key with notify.webhook.secret",
    ],
    ["a wrong URL", { kind: "status", status: 404 }, "answered 404", "look at notify.webhook.url"],
    [
      "a redirect",
      { kind: "redirect", location: "/elsewhere" },
      "answered 302, a redirect, which is not followed",
      "final URL",
    ],
    ["an error of its own", { kind: "status", status: 503 }, "answered 503", "would try again"],
  ])(
    "says what to do about %s",
    async ([, answer, error, hint], { scene, told: { hook, env } }) => {
      hook.script(answer);
      const { code, stdout } = await scene.stalewatch(["test-notify"], env);
      expect(code).toBe(1);
      expect(stdout).toContain("ok    slack: ");
      expect(stdout).toContain(`FAIL  webhook: `);
      expect(stdout).toContain(error);
      expect(stdout).toContain(hint);
    },
  );

  it("tells where nobody listens", async ({ scene, told: { hook, beat, env } }) => {
    await Promise.all([hook.close(), beat.close()]);
    const { stdout } = await scene.stalewatch(["test-notify", "--json"], env);
    const refused = (channel: string, peer: string) => ({
      channel,
      delivered: false,
      answer: null,
      error: `no answer from ${peer}: ECONNREFUSED`,
      hint: "nothing listens there: look for a mistake in the URL's host and port",
    });
    expect(JSON.parse(stdout)).toMatchObject({
      channels: [
        { channel: "slack", delivered: true },
        refused("webhook", "the webhook"),
        refused("heartbeat", "the heartbeat"),
      ],
    });
  });
});

/** The pings so far, by what they say. */
function pings({ received }: HttpSink): string[] {
  return received.map(({ path, raw }) => `${path.slice(BEAT_PATH.length) || "/success"} ${raw}`);
}

async function pinged(beat: HttpSink, what: string): Promise<void> {
  await eventually(`a ping ${what}`, () => pings(beat).some((one) => one.startsWith(what)), {
    timeoutMs: 20_000,
  });
}

describe.concurrent("a heartbeat", () => {
  it("is told of each scan, its start and its end", async ({ scene, told: { beat, env } }) => {
    const daemon = scene.daemon({ ...env, STALEWATCH_SCHEDULE: "0 0 1 1 *" });
    await eventually("two pings", () => beat.received.length === 2);
    daemon.signal("SIGHUP");
    await eventually("two more pings", () => beat.received.length === 4);
    expect(pings(beat)).toEqual(["/start ", "/success ", "/start ", "/success "]);
  });

  it("is told when the engine does not answer, and when it does again", async ({
    scene,
    told: { beat, env },
  }) => {
    const nowhere = { DOCKER_HOST: `unix://${scene.file("none.sock")}` };
    const down = scene.daemon({ ...env, ...nowhere });
    await pinged(beat, "/fail the scan failed");
    expect(pings(beat)).not.toContain("/success ");
    await down.stop();
    scene.daemon(env);
    await pinged(beat, "/success");
  });

  it("is told when messages were given up", async ({ scene, told: { beat, env } }) => {
    await scene.startStale("web");
    scene.slack.script({ kind: "status", status: 410, body: "channel_is_archived" });
    scene.daemon(env);
    await pinged(beat, "/fail 1 message was given up within the last hour");
  });

  it("that does not answer delays no scan, and is logged once", async ({
    scene,
    told: { beat, env },
  }) => {
    beat.script(...Array<SinkAnswer>(30).fill({ kind: "hang" }));
    const daemon = scene.daemon(env);
    await scans(daemon, 3);
    expect(events(daemon, "heartbeat-failed")).toEqual([]);
    await daemon.logged("heartbeat-failed");
    await eventually("another ping is given up", () => beat.received.length === 3, {
      timeoutMs: 30_000,
    });
    expect(events(daemon, "heartbeat-failed")).toMatchObject([
      { level: "warn", error: "no answer from the heartbeat within 10 s" },
    ]);
    const asked = performance.now();
    expect(await daemon.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
  });

  it("is told by check --notify, for a timer", async ({ scene, told: { beat, env } }) => {
    await scene.startStale("web");
    const { code } = await scene.stalewatch(["check", "--notify"], env);
    expect(code).toBe(2);
    expect(pings(beat)).toEqual(["/start ", "/success "]);
  });
});

describe.concurrent("behind a proxy", () => {
  itInScene(
    "Slack, the webhook and the heartbeat go through it",
    async ({ scene, onTestFinished }) => {
      const authority = await certificateAuthority("nobody's authority");
      const names = ["beat.some.example", "hooks.some.example", "slack.some.example"] as const;
      const tls = await signedBy(authority, "all", { host: "*.some.example" });
      const { hook, beat } = await listeners(tls);
      const slack = await startHttpSink({
        path: "/services/s3cret",
        peer: () => ({ status: 200, body: "ok", error: null }),
        tls,
      });
      const proxy = await startProxy();
      onTestFinished(async () => {
        await Promise.all([proxy, slack, hook, beat].map((one) => one.close()));
      });
      const at = (name: string, { url }: HttpSink): string => url.replace("127.0.0.1", name);
      const env = {
        HTTPS_PROXY: proxy.url,
        NODE_EXTRA_CA_CERTS: scene.file("authority.pem", authority.cert),
        STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: at(names[2], slack),
        STALEWATCH_NOTIFY_WEBHOOK_URL: at(names[1], hook),
        STALEWATCH_HEARTBEAT_URL: at(names[0], beat),
      };
      const { code, stdout } = await scene.stalewatch(["test-notify"], env);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^(ok .*\n){3}$/) as string,
      });
      const asked = proxy.asked.map((one) => one.split(":")[0]).toSorted();
      expect(asked).toEqual(names.map((name) => `CONNECT ${name}`));
      expect([slack, hook, beat].map(({ received }) => received.length)).toEqual([1, 1, 1]);

      proxy.behave("refuse");
      const refused = await scene.stalewatch(["test-notify"], env);
      expect(refused.code).toBe(1);
      expect(refused.stdout).toContain("ERR_PROXY_TUNNEL, the proxy answered 407");
      expect(refused.stdout).toContain("the proxy that HTTPS_PROXY names does not let it through");
    },
  );
});

const SECRETS = /h00k-s3cret|s1gning-s3cret|b3at-s3cret/;

function filesOf(directory: string): string {
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "latin1"))
    .join("\n");
}

async function everyCommand(scene: Scene, env: Environment): Promise<string> {
  const commands = ["config", "doctor", "history", "test-notify"].flatMap((command) => [
    [command],
    [command, "--json"],
  ]);
  const said = await Promise.all(commands.map((command) => scene.stalewatch(command, env)));
  return said.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
}

function settled(daemon: RunningDaemon): boolean {
  return daemon.log.some(
    ({ event, channel }) =>
      /^(delivered|delivery-postponed|dead-letter)$/.test(event) && channel === "webhook",
  );
}

describe.concurrent("the URLs and the key", () => {
  it.for<[string, SinkAnswer]>([
    ["take everything", { kind: "peer" }],
    ["quote them", { kind: "status", status: 404, body: `${HOOK_PATH} ${BEAT_PATH} ${KEY}` }],
    ["redirect to themselves", { kind: "redirect", location: `${HOOK_PATH}?${KEY}` }],
    ["reset", { kind: "reset" }],
  ])(
    "are nowhere to be found when the receivers %s",
    async ([, answer], { scene, told: { hook, beat, env } }) => {
      await scene.startStale("web");
      hook.script(...Array<SinkAnswer>(9).fill(answer));
      beat.script(...Array<SinkAnswer>(60).fill(answer));
      const daemon = scene.daemon(env);
      await eventually("it says how it went", () => settled(daemon), { timeoutMs: 30_000 });
      await scans(daemon, 1);
      const commandLine = readFileSync(`/proc/${String(daemon.pid)}/cmdline`, "latin1");
      const whileItRuns = filesOf(scene.state);
      const commands = await everyCommand(scene, env);
      await daemon.stop();
      const all = { commandLine, whileItRuns, commands, log: daemon.raw.join("\n") };
      for (const [where, text] of Object.entries({ ...all, state: filesOf(scene.state) }))
        expect(text, where).not.toMatch(SECRETS);
    },
  );
});
