import type { EventEmitter } from "node:events";
import type { Command, Option } from "commander";

/** The command line as completions and the manual need it: what commander knows of it, as plain values. */
export interface CommandOutline {
  readonly name: string;
  readonly description: string;
  /** `[names...]` */
  readonly arguments: readonly string[];
  readonly takes: Values;
  readonly options: readonly OptionOutline[];
  /** What help says below the options. */
  readonly notes: string;
  readonly commands: readonly CommandOutline[];
}

export interface OptionOutline {
  /** As on the command line: `--json`, or both `-y` and `--yes`. */
  readonly names: readonly string[];
  readonly description: string;
  /** `<duration>`; null: it takes no value. */
  readonly placeholder: string | null;
  readonly takes: Values;
  readonly repeatable: boolean;
}

/** What a shell can offer for a value. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  | { readonly kind: "containers" }
  | { readonly kind: "nothing" };

const NOTHING: Values = { kind: "nothing" };

export function outlineOf(command: Command): CommandOutline {
  const parameters = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    arguments: parameters.map((one) => brackets(one.name(), one.required, one.variadic)),
    takes: parameters.some((one) => isContainer(one.name())) ? { kind: "containers" } : NOTHING,
    options: [...command.options.map(optionOf), HELP],
    notes: notesOf(command),
    commands: command.commands.map(outlineOf),
  };
}

const HELP: OptionOutline = {
  names: ["-h", "--help"],
  description: "print help",
  placeholder: null,
  takes: NOTHING,
  repeatable: false,
};

function optionOf(option: Option): OptionOutline {
  const placeholder = /[<[].*$/.exec(option.flags)?.[0] ?? null;
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: withDefault(option),
    placeholder,
    takes: valuesOf(placeholder, option.argChoices),
    repeatable: option.description.includes("(repeatable)"),
  };
}

function withDefault({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? [] : [`one of ${argChoices.join(", ")}`];
  const standard = typeof defaultValue === "string" ? [`default: ${defaultValue}`] : [];
  const more = [...choices, ...standard];
  return more.length === 0 ? description : `${description} (${more.join("; ")})`;
}

function valuesOf(placeholder: string | null, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return { kind: "words", words: choices };
  return placeholder === "<file>" ? { kind: "files" } : NOTHING;
}

function isContainer(name: string): boolean {
  return name === "container" || name === "names";
}

function brackets(name: string, required: boolean, variadic: boolean): string {
  const inside = variadic ? `${name}...` : name;
  return required ? `<${inside}>` : `[${inside}]`;
}

/** commander keeps these texts as listeners that write them, and is an emitter, of which its types are silent. */
function notesOf(command: Command): string {
  let text = "";
  const write = (more: string): void => void (text += more);
  (command as Command & Pick<EventEmitter, "emit">).emit("afterHelp", {
    error: false,
    command,
    write,
  });
  return text.trim();
}
