import { Command, InvalidArgumentError, Option } from "commander";
import { DURATION_FORM, parseDuration } from "../domain/duration.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { INSTANT_FORM, parseInstant } from "../domain/instant.ts";
import type { CheckOptions } from "./commands/check.ts";
import type { DoctorOptions } from "./commands/doctor.ts";
import type { HealOptions } from "./commands/heal.ts";
import type { HoldOptions } from "./commands/hold.ts";
import type { ReportOptions } from "./commands/report.ts";
import type { VerifyOptions } from "./commands/verify.ts";
import type { GlobalOptions } from "./context.ts";
import type { ExitCode } from "./exit.ts";

/** What a command's action leaves behind: its exit code, once it has ended. */
export type Outcome = (code: Promise<ExitCode>) => Promise<void>;

/** All commands with their options. Each loads its code when it is called, so that one pays only for itself. */
export function buildProgram(version: string, ended: Outcome): Command {
  const program = new Command("stalewatch")
    .description("Watches that every container runs the image that was last built on this host.")
    .version(version, "-V, --version", "print the version")
    .option(
      "--config <file>",
      "configuration file (default: /etc/stalewatch/stalewatch.yaml, if there is one)",
    )
    .option(
      "--host <url>",
      "the engine: unix:///path or tcp://host:port (default: DOCKER_HOST, else the local socket)",
    )
    .addOption(
      new Option("--log-level <level>", "what to log").choices(["error", "warn", "info", "debug"]),
    )
    .option("--no-color", "no colour, whatever the terminal can do")
    .helpCommand(false)
    // main.ts tells what is wrong, as it does all failures.
    .configureOutput({ outputError: () => undefined });
  addRun(program, ended);
  addCheck(program, ended);
  addHeal(program, ended);
  addVerify(program, ended);
  addHold(program, ended);
  addAck(program, ended);
  addHistory(program, ended);
  addReport(program, ended);
  addTestNotify(program, ended);
  addDoctor(program, ended);
  addConfig(program, ended);
  return program;
}

const globals = (command: Command): GlobalOptions => command.optsWithGlobals<GlobalOptions>();

function duration(text: string): Milliseconds {
  const length = parseDuration(text);
  if (length === null) throw new InvalidArgumentError(`Write ${DURATION_FORM}.`);
  return length;
}

const collect = (value: string, list: readonly string[] = []): string[] => [...list, value];

const json = (): Option => new Option("--json", "print one JSON document").default(false);

function addRun(program: Command, ended: Outcome): void {
  program
    .command("run")
    .description("watch on a schedule, alert, and go on until SIGTERM")
    .action(async (_, command: Command) => {
      await ended(import("./commands/run.ts").then(({ run }) => run(globals(command))));
    });
}

function addCheck(program: Command, ended: Outcome): void {
  program
    .command("check [names...]")
    .description("look once: which containers run the image that was last built?")
    .option("--project <name>", "only this Compose project")
    .option("--service <name>", "only this Compose service (repeatable)", collect)
    .addOption(json())
    .option("--strict", "exit 1 when something is pending", false)
    .option(
      "--notify",
      "send what is due, as the daemon would (for a timer in place of the daemon)",
      false,
    )
    .addOption(
      new Option("--watch", "go on looking, and show the table as it is now, until Ctrl-C")
        .default(false)
        .conflicts(["json", "notify"]),
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing stale, 1 something pending (--strict), 2 something stale,\n3 unknown.",
    )
    .action(async (names: string[], _, command: Command) => {
      const options = { ...command.optsWithGlobals<CheckArguments>(), names };
      await ended(import("./commands/check.ts").then(({ check }) => check(options)));
    });
}

type CheckArguments = Omit<CheckOptions, "names">;

function addHeal(program: Command, ended: Outcome): void {
  program
    .command("heal [names...]")
    .description("recreate what is stale on its newest image; nothing is lost if it fails")
    .option("--project <name>", "this Compose project, whatever its mode")
    .option("--service <name>", "only this Compose service (repeatable)", collect)
    .option("--dry-run", "print the plan, and change nothing", false)
    .option("-y, --yes", "do not ask", false)
    .option("--force", "in spite of holds and quarantine, and also what is fresh", false)
    .addOption(json())
    .addHelpText(
      "after",
      "\nWithout names: whatever is stale with mode heal. With names, --project or --service: those, whatever\ntheir mode, also pending ones.\n\nExit codes: 0 all healed or nothing to do, 1 a heal failed and was rolled back, 2 refused, 3 unknown.",
    )
    .action(async (names: string[], _, command: Command) => {
      const options = { ...command.optsWithGlobals<HealArguments>(), names };
      await ended(import("./commands/heal.ts").then(({ heal }) => heal(options)));
    });
}

type HealArguments = Omit<HealOptions, "names">;

function addVerify(program: Command, ended: Outcome): void {
  program
    .command("verify")
    .description("wait until what was deployed runs, is the newest build, and works")
    .option("--project <name>", "this Compose project")
    .option(
      "--service <name>",
      "this Compose service (repeatable); default: all of the project",
      collect,
    )
    .option(
      "--replicas <service=number>",
      "how many containers it must have (repeatable); default: all that there are, at least one",
      replicas,
    )
    .addOption(
      new Option("--since <time>", "created at this time or later: when the deploy began")
        .argParser(instant)
        .conflicts("maxAge"),
    )
    .addOption(
      new Option("--max-age <duration>", "created at most so long before this command started")
        .argParser(duration)
        .default(60_000, "60s"),
    )
    .addOption(
      new Option("--timeout <duration>", "how long to wait")
        .argParser(duration)
        .default(180_000, "3m"),
    )
    .option(
      "--settle <duration>",
      "how long each must have run without a restart (default: heal.settle)",
      duration,
    )
    .addOption(json())
    .addHelpText("after", "\nExit codes: 0 verified, 1 not, and why, 3 unknown.")
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<VerifyOptions>();
      await ended(import("./commands/verify.ts").then(({ verify }) => verify(options)));
    });
}

function instant(text: string): EpochMs {
  const time = parseInstant(text);
  if (time === null) throw new InvalidArgumentError(`Write ${INSTANT_FORM}.`);
  return time;
}

function replicas(
  text: string,
  others: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const { service = "", number = "" } =
    /^(?<service>.+)=(?<number>\d{1,4})$/.exec(text)?.groups ?? {};
  if (service === "") throw new InvalidArgumentError("Write SERVICE=NUMBER, such as web=2.");
  return new Map([...others, [service, Number(number)]]);
}

function addHold(program: Command, ended: Outcome): void {
  program
    .command("hold [container]")
    .description("keep hands off a project or container for a while: no heal, no new alert")
    .option("--project <name>", "the whole Compose project")
    .option("--for <duration>", "for how long, at most 24h", duration, 30 * 60_000)
    .option("--reason <text>", "shown wherever the hold is")
    .option("--list", "list the holds that are in force", false)
    .addOption(json())
    .action(async (container: string | undefined, _, command: Command) => {
      const options = { ...command.optsWithGlobals<HoldArguments>(), container: container ?? null };
      await ended(import("./commands/hold.ts").then(({ hold }) => hold(options)));
    });
  program
    .command("release <id>")
    .description("end a hold")
    .addOption(json())
    .action(async (id: string, _, command: Command) => {
      const options = { ...command.optsWithGlobals<GlobalOptions & { json: boolean }>(), id };
      await ended(import("./commands/hold.ts").then(({ release }) => release(options)));
    });
}

type HoldArguments = Omit<HoldOptions, "container">;

function addAck(program: Command, ended: Outcome): void {
  program
    .command("ack <container>")
    .description("send no reminders about a stale container for a while")
    .option("--for <duration>", "for how long", duration, 24 * 3_600_000)
    .addOption(json())
    .action(async (container: string, _, command: Command) => {
      const options = {
        ...command.optsWithGlobals<GlobalOptions & { for: Milliseconds; json: boolean }>(),
        container,
      };
      await ended(import("./commands/ack.ts").then(({ ack }) => ack(options)));
    });
}

function addHistory(program: Command, ended: Outcome): void {
  program
    .command("history")
    .description("incidents and undelivered messages, newest first")
    .option("--since <duration>", "how far back", duration, 7 * 86_400_000)
    .addOption(json())
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<
        GlobalOptions & { since: Milliseconds; json: boolean }
      >();
      await ended(import("./commands/history.ts").then(({ history }) => history(options)));
    });
}

function addReport(program: Command, ended: Outcome): void {
  program
    .command("report")
    .description("what happened in a period, and how things are now")
    .option("--since <duration>", "how far back (default: report.period)", duration)
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["text", "html", "json"])
        .default("text"),
    )
    .option("--send", "send it, too, through the channels that take reports", false)
    .addOption(json())
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ReportOptions>();
      await ended(import("./commands/report.ts").then(({ report }) => report(options)));
    });
}

function addTestNotify(program: Command, ended: Outcome): void {
  program
    .command("test-notify")
    .description("send a marked test through every channel, and show what came back")
    .addOption(json())
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json: boolean }>();
      await ended(
        import("./commands/test-notify.ts").then(({ testNotify }) => testNotify(options)),
      );
    });
}

function addDoctor(program: Command, ended: Outcome): void {
  program
    .command("doctor")
    .description("examine configuration, engine, state, clock and channels")
    .option("--repair", "finish or undo heals that were cut off, and allow healing again", false)
    .addOption(
      new Option(
        "--ready",
        "ask the running daemon whether its last scan succeeded, and nothing else",
      )
        .default(false)
        .conflicts("repair"),
    )
    .addOption(json())
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<DoctorOptions>();
      await ended(import("./commands/doctor.ts").then(({ doctor }) => doctor(options)));
    });
}

function addConfig(program: Command, ended: Outcome): void {
  program
    .command("config")
    .description("show the configuration in force, secrets masked, and where each value comes from")
    .addOption(json())
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json: boolean }>();
      await ended(import("./commands/config.ts").then(({ config }) => config(options)));
    });
}
