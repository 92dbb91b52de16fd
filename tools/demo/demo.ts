import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ContainerDefinition } from "../../test/harness/container-definition.ts";
import { recreateContainer, runContainer } from "../../test/harness/containers.ts";
import { HarnessError } from "../../test/harness/harness-error.ts";
import { buildImage } from "../../test/harness/images.ts";
import { startMailSink, type MailSink } from "../../test/harness/mail-sink.ts";
import { startPrivateEngine } from "../../test/harness/private-engine.ts";
import type { TestEngine } from "../../test/harness/engine.ts";
import {
  runProgram,
  startDaemon,
  temporaryDirectory,
  type Environment,
} from "../../test/harness/program.ts";
import {
  startSlackSink,
  type ReceivedMessage,
  type SlackSink,
} from "../../test/harness/slack-sink.ts";
import { eventually } from "../../test/harness/wait.ts";
import { stage } from "./stage.ts";

const GRACE = 4;
const show = stage(process.stdout);

/** The main job from end to end, with the real program on an engine of its own that is gone afterwards. */
async function demo(engine: TestEngine, { slack, mails }: Sinks, env: Environment): Promise<void> {
  show.act("A Compose project, built and started");
  const [web, api] = [service("web"), service("api")];
  for (const one of [web, api]) {
    await buildImage(engine, { tag: one.image, marker: "build 1" });
    await runContainer(engine, one);
    show.note(`built ${one.image} and started ${one.name}`);
  }
  await check(env);

  show.act(
    `The watchdog starts: every second here, grace ${GRACE} s, alerts to a Slack that listens locally`,
  );
  const daemon = startDaemon(env);
  await daemon.logged("started");
  show.typed("stalewatch run");
  show.output(daemon.raw.join("\n"));

  show.act("A deploy that stops halfway: shop-web is built again, its container is not recreated");
  await buildImage(engine, {
    tag: web.image,
    marker: "build 2",
    labels: { "org.opencontainers.image.revision": "4f2c9e1" },
  });
  await eventually(
    "the new build counts as pending",
    async () => (await verdict(env)) === "pending",
  );
  await check(env);

  show.act("The grace is over: this is what Slack got");
  await slackSays(slack);
  show.note("and this is the mail, its text part:");
  await mailSays(mails);
  await check(env);

  show.act("Somebody recreates the container by hand, and the case is closed");
  await recreateContainer(engine, web);
  show.note(`recreated ${web.name}`);
  await slackSays(slack);
  await check(env);
  await daemon.stop();

  const healing = { ...env, STALEWATCH_MODE: "heal", STALEWATCH_HEAL_SETTLE: "2s" };
  await healByItself(engine, slack, web, healing);
  show.typed("stalewatch history");
  show.output((await runProgram(["history"], env)).stdout);
  await report(env);
}

/** Who is told, on this machine. */
interface Sinks {
  readonly slack: SlackSink;
  readonly mails: MailSink;
}

const REPORT = join(import.meta.dirname, "../../build/demo-report.html");

async function report(env: Environment): Promise<void> {
  show.act("The report that goes out by mail once a week");
  show.typed("stalewatch report --since 1h");
  show.output((await runProgram(["report", "--since", "1h"], env)).stdout);
  const html = await runProgram(["report", "--since", "1h", "--format", "html"], env);
  mkdirSync(dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, html.stdout);
  show.note("as HTML, to be opened in a browser: build/demo-report.html");
}

/** The other mode: the watchdog mends it, and takes nothing away that it cannot replace. */
async function healByItself(
  engine: TestEngine,
  slack: SlackSink,
  web: ContainerDefinition,
  env: Environment,
): Promise<void> {
  show.act("Now with mode: heal. The same again: built, not recreated");
  const daemon = startDaemon(env);
  await daemon.logged("started");
  await buildImage(engine, { tag: web.image, marker: "build 3" });
  show.typed("stalewatch heal --dry-run shop-web-1");
  await eventually("the new build is seen", async () => (await verdict(env)) === "pending");
  show.output((await runProgram(["heal", "--dry-run", web.name], env)).stdout);
  await slackSays(slack);
  await slackSays(slack);
  await check(env);

  show.act("A build that does not work: its container exits at once");
  await buildImage(engine, {
    tag: web.image,
    marker: "build 4",
    cmd: ["sh", "-c", "echo 'cannot find the database'; exit 3"],
  });
  await slackSays(slack);
  await slackSays(slack);
  show.note("shop-web-1 was stopped for a moment, and runs again as before:");
  await check(env);
  await daemon.stop();
}

function service(name: string): ContainerDefinition {
  return {
    name: `shop-${name}-1`,
    image: `shop-${name}`,
    compose: { project: "shop", service: name },
  };
}

async function check(env: Environment): Promise<void> {
  show.typed("stalewatch check");
  const { stdout, code } = await runProgram(["check"], env);
  show.output(`${stdout}\n(exit code ${code})`);
}

async function verdict(env: Environment): Promise<string | undefined> {
  const { stdout } = await runProgram(["check", "--json", "shop-web-1"], env);
  const document = JSON.parse(stdout) as { containers: { verdict: string }[] };
  return document.containers[0]?.verdict;
}

async function slackSays(slack: SlackSink): Promise<void> {
  const message = await slack.next(30_000);
  show.note(`(arrived ${message.at.toISOString()}, its plain-text form:)`);
  show.output(`\n${textOf(message)}`);
}

async function mailSays(mails: MailSink): Promise<void> {
  const { subject = "", text = "" } = await mails.next();
  show.output(`\nSubject: ${subject}\n\n${text}`);
}

function textOf({ body }: ReceivedMessage): string {
  return (body as { text: string }).text;
}

async function main(): Promise<void> {
  execFileSync(process.execPath, [join(import.meta.dirname, "../build.ts")], { stdio: "inherit" });
  const engine = await startPrivateEngine({ onProgress: show.progress });
  const slack = await startSlackSink();
  const mails = await startMailSink();
  const state = temporaryDirectory();
  try {
    show.progress(`Docker Engine ${engine.version} runs, private to this demo`);
    await demo(
      engine,
      { slack, mails },
      {
        DOCKER_HOST: engine.host,
        STALEWATCH_ENGINE_NAME: "demo-host",
        STALEWATCH_STATE: state.path,
        STALEWATCH_SCHEDULE: "* * * * * *",
        STALEWATCH_GRACE: `${GRACE}s`,
        STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: slack.webhookUrl,
        STALEWATCH_NOTIFY_EMAIL_SMTP_HOST: "127.0.0.1",
        STALEWATCH_NOTIFY_EMAIL_SMTP_PORT: String(mails.port),
        STALEWATCH_NOTIFY_EMAIL_SMTP_TLS_MODE: "none",
        STALEWATCH_NOTIFY_EMAIL_FROM: "stalewatch <stalewatch@demo-host.example>",
        STALEWATCH_NOTIFY_EMAIL_TO: "ops@demo-host.example",
      },
    );
  } finally {
    await slack.close();
    await mails.close();
    state.remove();
    await engine.close();
  }
  show.act("Done: the engine and everything on it are gone");
}

try {
  await main();
} catch (error) {
  if (!(error instanceof HarnessError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
