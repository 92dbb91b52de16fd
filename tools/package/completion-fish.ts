import type { CommandOutline, OptionOutline, Values } from "./outline.ts";

export function fishCompletion({ name, options, commands }: CommandOutline): string {
  return [
    `# fish completion for ${name}, made from its command definitions`,
    "",
    `complete -c ${name} -f`,
    ...options.map((option) => optionLine(name, null, option)),
    ...commands.flatMap((command) => commandLines(name, command)),
    "",
  ].join("\n");
}

function commandLines(program: string, command: CommandOutline): string[] {
  const { name, description, takes } = command;
  const seen = `__fish_seen_subcommand_from ${name}`;
  return [
    "",
    `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...(takes.kind === "containers"
      ? [`complete -c ${program} -n ${quoted(seen)} -a ${quoted(CONTAINERS)} -d container`]
      : []),
    ...command.options
      .filter(({ names }) => !names.includes("--help"))
      .map((option) => optionLine(program, seen, option)),
  ];
}

const CONTAINERS = "(docker ps --format '{{.Names}}' 2>/dev/null)";

function optionLine(
  program: string,
  condition: string | null,
  { names, description, placeholder, takes }: OptionOutline,
): string {
  return [
    `complete -c ${program}`,
    ...(condition === null ? [] : [`-n ${quoted(condition)}`]),
    ...names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
    ...(placeholder === null ? [] : [valueFlags(takes)]),
    `-d ${quoted(description)}`,
  ].join(" ");
}

function valueFlags(takes: Values): string {
  switch (takes.kind) {
    case "words":
      return `-x -a ${quoted(takes.words.join(" "))}`;
    case "files":
      return "-r -F";
    case "containers":
    case "nothing":
      return "-x";
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
