import type { CommandOutline, OptionOutline } from "./outline.ts";

export interface ManualOptions {
  readonly version: string;
  /** Of the release: the same sources make the same page. */
  readonly date: Date;
}

/** stalewatch(1), for man. */
export function manual(program: CommandOutline, { version, date }: ManualOptions): string {
  const { name, description, options, commands } = program;
  return [
    `.TH ${name.toUpperCase()} 1 ${date.toISOString().slice(0, 10)} "${name} ${version}" "User Commands"`,
    ".SH NAME",
    escaped(`${name} - ${lowered(description)}`),
    ".SH SYNOPSIS",
    `.B ${escaped(name)}`,
    `[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]`,
    ".SH DESCRIPTION",
    ...paragraphs(ABOUT),
    ".SH OPTIONS",
    ...options.flatMap(optionLines),
    ".SH COMMANDS",
    ...commands.flatMap(commandLines),
    ".SH EXIT STATUS",
    ...EXITS.flatMap(([code, meaning]) => [".TP", `.B ${code}`, escaped(meaning)]),
    ".SH FILES",
    ...FILES.flatMap(([path, meaning]) => [".TP", `.I ${escaped(path)}`, escaped(meaning)]),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([variable, meaning]) => [
      ".TP",
      `.B ${escaped(variable)}`,
      escaped(meaning),
    ]),
    ".SH SEE ALSO",
    ".BR docker (1),",
    ".BR systemctl (1),",
    ".BR systemd.exec (5)",
    "",
  ].join("\n");
}

const ABOUT = `On a host that builds its own images, a build can succeed while the container goes on running the old image. stalewatch compares, for every running container, the image it runs with the image its tag means now, waits out a grace period, and then tells people or recreates the container. It asks only the local engine: it never talks to a registry and never pulls.

It needs access to the engine, no configuration, and no root.`;

const EXITS = [
  ["0", "All is well: nothing is stale, what was asked for is done."],
  [
    "1",
    "Something is pending (check --strict); a heal was rolled back; a channel or an examination failed.",
  ],
  ["2", "Something is stale; or it is not recreated, because something forbids it."],
  ["3", "It could not be found out, or the command was wrong."],
  ["78", "The daemon cannot start with this configuration."],
] as const;

const FILES = [
  [
    "/etc/stalewatch/stalewatch.yaml",
    "The configuration. It may be absent; every key in it is optional.",
  ],
  [
    "/etc/stalewatch/credentials/",
    "Secrets for the service, one a file that bears the name of its key, such as notify.slack.webhookUrl. For root alone.",
  ],
  [
    "/etc/default/stalewatch",
    "Environment variables for the service, such as proxies. It may be absent.",
  ],
  [
    "/var/lib/stalewatch/",
    "The state: what is known of images, incidents, heals, messages on their way.",
  ],
] as const;

const ENVIRONMENT = [
  ["DOCKER_HOST", "The engine, where neither --host nor the configuration names one."],
  ["STALEWATCH_CONFIG", "The configuration file."],
  [
    "STALEWATCH_*",
    "Any key of the configuration: its path in capitals, such as STALEWATCH_HEAL_SETTLE. A secret also as STALEWATCH_..._FILE, the file that holds it.",
  ],
  ["HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "The proxies that messages go through."],
  ["NO_COLOR", "No colour, whatever the terminal can do."],
] as const;

function commandLines(command: CommandOutline): string[] {
  return [
    `.SS ${escaped([command.name, ...command.arguments].join(" "))}`,
    escaped(sentence(command.description)),
    ...command.options.filter(({ names }) => !names.includes("--help")).flatMap(optionLines),
    ...(command.notes === "" ? [] : [".PP", ...paragraphs(command.notes)]),
  ];
}

function optionLines({ names, placeholder, description }: OptionOutline): string[] {
  const heads = names.map((name) => `\\fB${escaped(name)}\\fR`).join(", ");
  const value = placeholder === null ? "" : ` \\fI${escaped(placeholder.replace(/[<>]/g, ""))}\\fR`;
  return [".TP", `${heads}${value}`, escaped(sentence(description))];
}

/** Separated by empty lines; line breaks within one are the formatter's own affair. */
function paragraphs(text: string): string[] {
  return text
    .split(/\n{2,}/)
    .flatMap((part, i) => [...(i === 0 ? [] : [".PP"]), escaped(part.replace(/\s*\n\s*/g, " "))]);
}

function sentence(text: string): string {
  const capital = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.?!)]$/.test(capital) ? capital : `${capital}.`;
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, "");
}

/** A hyphen becomes a minus that can be copied into a shell; a line must not begin as a request of the formatter. */
function escaped(text: string): string {
  const safe = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}
