import type { CommandOutline, OptionOutline, Values } from "./outline.ts";

export function fishCompletion({ name, options, commands }: CommandOutline): string {
  const valued = options.filter(({ placeholder }) => placeholder !== null);
  return [
    `# fish completion for ${name}, made from its command definitions`,
    "",
    `function __${name}_command -d 'the command on the line, if there is one yet'`,
    "    set -l words (commandline -poc)",
    "    set -e words[1]",
    "    while set -q words[1]",
    "        switch $words[1]",
    `            case ${valued.flatMap(({ names }) => names).join(" ")}`,
    "                set -e words[1]",
    "            case '-*'",
    "            case '*'",
    "                echo $words[1]",
    "                return",
    "        end",
    "        set -e words[1]",
    "    end",
    "end",
    "",
    `complete -c ${name} -f`,
    ...options.map((option) => optionLine(name, null, option)),
    ...commands.flatMap((command) => commandLines(name, command)),
    "",
  ].join("\n");
}

function commandLines(program: string, command: CommandOutline): string[] {
  const { name, description, takes } = command;
  const none = `not string length -q -- (__${program}_command)`;
  const seen = `string match -q ${name} -- (__${program}_command)`;
  return [
    "",
    `complete -c ${program} -n ${quoted(none)} -a ${name} -d ${quoted(description)}`,
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
