import winston from "winston";
import { messageOf, StalewatchError } from "../domain/error.ts";
import { UNSEEN } from "../notify/encode/visible.ts";
import { priorityMark, type JournalLevel } from "./journal.ts";

/** What goes with an event: plain values, by camelCase names. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  /** `event` is a stable kebab-case name to search for; `message` is for people. */
  error(event: string, message: string, fields?: Fields): void;
  warn(event: string, message: string, fields?: Fields): void;
  info(event: string, message: string, fields?: Fields): void;
  debug(event: string, message: string, fields?: Fields): void;
  setLevel(level: string): void;
  /** Adds values that must never be seen in the log. */
  hide(secrets: readonly string[]): void;
}

export interface LogOptions {
  readonly level: string;
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** The stream is systemd's journal, which takes a line's priority from its beginning. */
  readonly toJournal: boolean;
}

export function createLog({ level, stream, toJournal }: LogOptions): Log {
  const secrets = new Set<string>();
  const line = stream.isTTY === true ? forPeople : forMachines;
  const logger = winston.createLogger({
    level,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- a fault of winston's typings
    transports: [new winston.transports.Stream({ stream })],
    format: winston.format.printf(
      (entry) => `${toJournal ? markOf(entry) : ""}${visible(masked(line(entry), secrets))}`,
    ),
  });
  const write =
    (as: string) =>
    (event: string, message: string, fields: Fields = {}) => {
      logger.log({ level: as, message, event, fields, time: new Date().toISOString() });
    };
  return {
    error: write("error"),
    warn: write("warn"),
    info: write("info"),
    debug: write("debug"),
    setLevel: (next) => {
      logger.level = next;
    },
    hide: (values) => {
      for (const value of values) if (value !== "") secrets.add(value);
    },
  };
}

type Entry = winston.Logform.TransformableInfo;

function markOf({ level }: Entry): string {
  return priorityMark(level as JournalLevel);
}

function forMachines({ level, message, ...rest }: Entry): string {
  const { time, event, fields } = rest as unknown as {
    time: string;
    event: string;
    fields: Fields;
  };
  return JSON.stringify({ time, level, event, message, ...fields });
}

function forPeople({ level, message, ...rest }: Entry): string {
  const { time, fields } = rest as unknown as { time: string; fields: Fields };
  const extra = Object.entries(fields).map(([key, value]) => `${key}=${inline(value)}`);
  return [time.slice(11, 19), level.padEnd(5), String(message), ...extra].join(" ");
}

function inline(value: unknown): string {
  return typeof value === "string" && !/[\s"]/.test(value) ? value : JSON.stringify(value);
}

/** A secret in the form it was configured in, and as JSON writes it. */
function masked(text: string, secrets: ReadonlySet<string>): string {
  let result = text;
  for (const secret of secrets)
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)])
      result = result.replaceAll(form, "********");
  return result;
}

/** Nothing that a container is called may begin a new entry, colour a terminal or turn the text around. Each UTF-16 unit
 *  for itself, as JSON has it: a line that is JSON stays so. */
function visible(text: string): string {
  return text.replace(UNSEEN, (found) => found.split("").map(escapeSequence).join(""));
}

function escapeSequence(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** An error as fields: its code, message and hint, never its stack for what a user can mend. */
export function errorFields(error: unknown): Fields {
  if (error instanceof StalewatchError)
    return {
      code: error.code,
      error: error.message,
      ...(error.hint !== null && { hint: error.hint }),
    };
  return { error: messageOf(error), ...(error instanceof Error && { stack: error.stack }) };
}
