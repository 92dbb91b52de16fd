import type { CommandOutline, OptionOutline, Values } from "./outline.ts";

export function zshCompletion({ name, options, commands }: CommandOutline): string {
  const globals = options.filter(({ names }) => !names.includes("--help"));
  return `#compdef ${name}
# zsh completion for ${name}, made from its command definitions

_${name}_containers() {
  local -a containers
  containers=(\${(f)"$(docker ps --format '{{.Names}}' 2>/dev/null)"})
  compadd -a containers
}

_${name}() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  local -a commands
  commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${command.description}`)}`).join("\n")}
  )
  _arguments -C \\
${specs(options)}
    '1: :->command' \\
    '*:: :->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $words[1] in
${commands.map((command) => commandCase(name, command, globals)).join("\n")}
      esac
      ;;
  esac
}

_${name} "$@"
`;
}

function commandCase(
  program: string,
  { name, options, takes }: CommandOutline,
  globals: readonly OptionOutline[],
): string {
  const rest = takes.kind === "containers" ? `'*:container:_${program}_containers'` : "'*: :'";
  return `        ${name})
          _arguments \\
${specs([...options, ...globals], "            ")}
            ${rest}
          ;;`;
}

function specs(options: readonly OptionOutline[], indent = "    "): string {
  return options.map((option) => `${indent}${spec(option)} \\`).join("\n");
}

/** `'(-y --yes)'{-y,--yes}'[do not ask]'` */
function spec({ names, description, placeholder, takes, repeatable }: OptionOutline): string {
  const excluded = repeatable ? "'*'" : `'(${names.join(" ")})'`;
  const forms = names.map((name) =>
    placeholder !== null && name.startsWith("--") ? `${name}=` : name,
  );
  const list = forms.length === 1 ? forms.join("") : `{${forms.join(",")}}`;
  const text = description.replace(/[[\]:\\]/g, String.raw`\$&`);
  const value =
    placeholder === null ? "" : `:${placeholder.replace(/[<>[\]]/g, "")}:${action(takes)}`;
  return `${excluded}${list}${quoted(`[${text}]${value}`)}`;
}

function action(takes: Values): string {
  switch (takes.kind) {
    case "words":
      return `(${takes.words.join(" ")})`;
    case "files":
      return "_files";
    case "containers":
    case "nothing":
      return " ";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
