import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { ContainerDefinition } from "../harness/container-definition.ts";
import { recreateContainer, removeContainer, runContainer } from "../harness/containers.ts";
import type { EngineConnection } from "../harness/engine.ts";
import { connectTestEngine, uniqueName } from "../harness/engines-in-tests.ts";
import { buildImage, type BuildOptions } from "../harness/images.ts";
import { runProgram, startDaemon, temporaryDirectory } from "../harness/program.ts";
import type { Circumstances, Environment } from "../harness/program.ts";
import type { Finished, RunningDaemon } from "../harness/program.ts";
import { startSlackSink, type SlackSink } from "../harness/slack-sink.ts";
import { eventually } from "../harness/wait.ts";
import { type CheckDocument, checkDocument } from "./documents.ts";

/** Tests mostly wait for the next second of a schedule: many can do so at the same time. */
vi.setConfig({ maxConcurrency: 10 });

/** What every message and document calls the engine. */
export const HOST = "host-1";

/** One test's part of a host: a Compose project of its own, a Slack, a state directory, and the program configured to
 *  watch just that project, every second, without grace. */
export class Scene {
  readonly engine: EngineConnection;
  readonly slack: SlackSink;
  readonly project: string;
  /** The state directory. */
  readonly state: string;
  readonly env: Environment;
  readonly #folder = temporaryDirectory();
  readonly #containers: string[] = [];
  readonly #daemons: RunningDaemon[] = [];
  #builds = 0;

  constructor(engine: EngineConnection, slack: SlackSink) {
    this.engine = engine;
    this.slack = slack;
    this.project = uniqueName("shop");
    this.state = join(this.#folder.path, "state");
    mkdirSync(this.state, { mode: 0o770 });
    this.env = {
      DOCKER_HOST: engine.host,
      STALEWATCH_ENGINE_NAME: HOST,
      STALEWATCH_STATE: this.state,
      STALEWATCH_SCHEDULE: "* * * * * *",
      STALEWATCH_GRACE: "0s",
      STALEWATCH_LOG_LEVEL: "debug",
      STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: slack.webhookUrl,
      STALEWATCH_STATUS_LISTEN: "off",
      // Other tests use the same engine at the same time.
      STALEWATCH_EXCLUDE: "*",
      STALEWATCH_RULES: `[{ match: { name: '${this.project}-*' }, enable: true }]`,
    };
  }

  /** The path of a file beside the state directory, which goes with the test. */
  file(name: string, content?: string): string {
    const path = join(this.#folder.path, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  /** Lets a user in who is not root, and makes the state directory theirs. */
  giveTo(uid: number): void {
    for (const path of [this.#folder.path, this.state]) chownSync(path, uid, uid);
  }

  service(name: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition {
    return {
      name: `${this.project}-${name}-1`,
      image: `${this.project}-${name}`,
      compose: { project: this.project, service: name },
      // Half of the work of a start is a network of its own.
      networkMode: "host",
      ...more,
    };
  }

  /** A build of its own each time, as after a change of the source. */
  build(
    { image }: Pick<ContainerDefinition, "image">,
    more: Partial<BuildOptions> = {},
  ): Promise<string> {
    this.#builds += 1;
    const marker = `${this.project}, build ${String(this.#builds)}`;
    return buildImage(this.engine, { tag: image, marker, ...more });
  }

  async run(definition: ContainerDefinition): Promise<string> {
    this.#containers.push(definition.name);
    return runContainer(this.engine, definition);
  }

  /** A service, built and started. */
  async start(name: string, more: Partial<ContainerDefinition> = {}): Promise<ContainerDefinition> {
    const definition = this.service(name, more);
    await this.build(definition);
    await this.run(definition);
    return definition;
  }

  /** A service, built, started and built again. */
  async startStale(
    name: string,
    more: Partial<ContainerDefinition> = {},
  ): Promise<ContainerDefinition> {
    const definition = await this.start(name, more);
    await this.build(definition);
    return definition;
  }

  recreate(definition: ContainerDefinition): Promise<string> {
    return recreateContainer(this.engine, definition);
  }

  /** Starts the daemon; it ends with the test at the latest. */
  daemon(env: Environment = {}, circumstances: Circumstances = {}): RunningDaemon {
    const daemon = startDaemon({ ...this.env, ...env }, [], circumstances);
    this.#daemons.push(daemon);
    return daemon;
  }

  stalewatch(
    args: readonly string[],
    env: Environment = {},
    circumstances: Circumstances = {},
  ): Promise<Finished> {
    return runProgram(args, { ...this.env, ...env }, circumstances);
  }

  /** `check --json` of this project. */
  check(env: Environment = {}): Promise<CheckDocument> {
    return this.checkOf(this.project, env);
  }

  /** `check --json` of any project. */
  async checkOf(project: string, env: Environment = {}): Promise<CheckDocument> {
    const { stdout } = await this.stalewatch(["check", "--json", "--project", project], env);
    return checkDocument(stdout);
  }

  /** The next message's plain text; Slack must have nothing against it. */
  async message(timeoutMs = 30_000): Promise<string> {
    const { body, error } = await this.slack.next(timeoutMs).catch((cause: unknown) => {
      throw new Error(`no message came; ${this.#lastWords()}`, { cause });
    });
    expect(error).toBeNull();
    return (body as { text: string }).text;
  }

  /** What the daemons did instead. */
  #lastWords(): string {
    const lines = this.#daemons.flatMap(({ raw }) => raw.slice(-40));
    return `the last that the daemons said:\n${lines.join("\n")}`;
  }

  /** The first of the next messages that has this in it. */
  async messageWith(text: string, timeoutMs = 30_000): Promise<string> {
    for (;;) {
      const message = await this.message(timeoutMs);
      if (message.includes(text)) return message;
    }
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop("SIGKILL");
    await this.slack.close();
    for (const name of this.#containers) await removeContainer(this.engine, name);
    this.#folder.remove();
  }
}

/** Waits for this many whole scans from now on; one that is under way saw the world as it was before. */
export async function scans(daemon: RunningDaemon, count: number): Promise<void> {
  const from = daemon.log.length;
  await eventually(
    `${String(count)} more scans`,
    () => daemon.log.slice(from).filter(({ event }) => event === "scan").length > count,
    { timeoutMs: 30_000 },
  );
}

/** The daemon's own name for what went wrong, time after time. */
export function events(daemon: RunningDaemon, event: string): RunningDaemon["log"] {
  return daemon.log.filter((line) => line.event === event);
}

/** `it` whose tests get a scene, on the engine given. */
export function itOn(engine: () => EngineConnection | Promise<EngineConnection>) {
  return test.extend("scene", async ({}, { onCleanup }) => {
    const scene = new Scene(await engine(), await startSlackSink());
    onCleanup(() => scene.close());
    return scene;
  });
}

/** On the engine that all test files share. */
export const it = itOn(connectTestEngine);
