import type { CommandOutline, OptionOutline, Values } from "./outline.ts";

/** For bash 4 and up, without the functions of the package bash-completion. */
export function bashCompletion(program: CommandOutline): string {
  const { name, options, commands } = program;
  const globals = options.filter(({ names }) => !names.includes("--help"));
  return `# bash completion for ${name}, made from its command definitions

# Not through compgen, which would expand what a name holds.
_${name}_containers() {
  local container
  while read -r container; do
    [[ $container == "$1"* ]] && COMPREPLY+=("$container")
  done < <(docker ps --format '{{.Names}}' 2>/dev/null)
}

_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' i
  COMPREPLY=()
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valued(globals).join(" | ")}) ((i++)) ;;
      -* | =) ;;
      *)
        command=\${COMP_WORDS[i]}
        break
        ;;
    esac
  done
  case "$command $prev" in
${[
  ...globals.flatMap((option) => valueCase("*", option)),
  ...commands.flatMap((command) =>
    command.options.flatMap((option) => valueCase(command.name, option)),
  ),
].join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${[program, ...commands].map((command) => optionsCase(command, program, globals)).join("\n")}
    esac
    return
  fi
  case $command in
    '') ${reply({ kind: "words", words: commands.map((command) => command.name) })} ;;
${containerCase(name, commands)}
  esac
}

complete -F _${name} ${name}
`;
}

function valued(options: readonly OptionOutline[]): readonly string[] {
  return options.filter(({ placeholder }) => placeholder !== null).flatMap(({ names }) => names);
}

function valueCase(command: string, { names, placeholder, takes }: OptionOutline): string[] {
  if (placeholder === null) return [];
  const patterns = names.map((name) => (command === "*" ? `*' ${name}'` : `'${command} ${name}'`));
  const action = takes.kind === "nothing" ? "" : `${reply(takes)}; `;
  return [`    ${patterns.join(" | ")}) ${action}return ;;`];
}

function optionsCase(
  command: CommandOutline,
  program: CommandOutline,
  globals: readonly OptionOutline[],
): string {
  const isProgram = command === program;
  const options = isProgram ? command.options : [...command.options, ...globals];
  const words = options.flatMap(({ names }) => names).filter((name) => name.startsWith("--"));
  return `      ${isProgram ? "''" : command.name}) ${reply({ kind: "words", words })} ;;`;
}

function containerCase(program: string, commands: readonly CommandOutline[]): string {
  const names = commands.filter(({ takes }) => takes.kind === "containers");
  return `    ${names.map(({ name }) => name).join(" | ")}) _${program}_containers "$cur" ;;`;
}

function reply(values: Values): string {
  switch (values.kind) {
    case "words":
      return `mapfile -t COMPREPLY < <(compgen -W '${values.words.join(" ")}' -- "$cur")`;
    case "files":
      return `compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur")`;
    case "containers":
    case "nothing":
      return "return";
  }
}
