import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../../../src/cli/program.ts";
import { bashCompletion } from "../../../tools/package/completion-bash.ts";
import { fishCompletion } from "../../../tools/package/completion-fish.ts";
import { zshCompletion } from "../../../tools/package/completion-zsh.ts";
import { outlineOf } from "../../../tools/package/outline.ts";
import { runCommand, searchPath } from "../../harness/command.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import { shells, type Shells } from "../../harness/shells.ts";

const OUTLINE = outlineOf(buildProgram("1.2.3", () => Promise.resolve()));
const COMMANDS = OUTLINE.commands.map(({ name }) => name);
const folder = temporaryDirectory();
const bin = join(folder.path, "bin");
const path = (name: string): string => join(folder.path, name);
let parts: Shells;

beforeAll(async () => {
  parts = await shells();
  mkdirSync(bin);
  // In place of an engine with two containers.
  writeFileSync(join(bin, "docker"), "#!/bin/sh\necho shop-web-1; echo shop-api-1\n");
  writeFileSync(join(bin, "stalewatch"), "#!/bin/sh\n");
  for (const name of ["docker", "stalewatch"]) chmodSync(join(bin, name), 0o755);
  writeFileSync(path("completion.bash"), bashCompletion(OUTLINE));
  writeFileSync(path("completion.fish"), fishCompletion(OUTLINE));
  mkdirSync(path("zsh"));
  writeFileSync(path("zsh/_stalewatch"), zshCompletion(OUTLINE));
  mkdirSync(path("files"));
  writeFileSync(path("files/my config.yaml"), "");
}, 15 * 60_000);

afterAll(() => {
  folder.remove();
});

/** What a shell offers for the last word of a line, in any order. */
type Offers = (line: string) => Promise<readonly string[]>;

async function offers(command: string, args: readonly string[], more: Record<string, string> = {}) {
  const env = { ...parts.env, HOME: folder.path, TERM: "dumb", ...more };
  const PATH = [bin, parts.env["PATH"], searchPath()].join(delimiter);
  const text = await runCommand(command, args, { env: { ...env, PATH }, cwd: path("files") });
  return text.split(/\r?\n/).filter((line) => line !== "");
}

const bash: Offers = (line) => {
  const words = line.split(" ");
  const script = `. '${path("completion.bash")}'
    compopt() { :; }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _stalewatch
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return offers("bash", ["--norc", "-c", script, "bash", ...words]);
};

const fish: Offers = async (line) => {
  const script = `source '${path("completion.fish")}'; complete --do-complete=$argv[1]`;
  const lines = await offers(parts.fish, ["--no-config", "--command", script, line]);
  return lines.map((offer) => offer.split("\t")[0] ?? "");
};

/** zsh completes only on a terminal: in one of its own, in which whatever is offered is printed, too. */
const ZSH = `
module_path=($ZSH_MODULES)
zmodload zsh/zpty
zpty inner "$INNER_ZSH" -f -i
zpty -w inner 'source $INNER_SCRIPT'
zpty -r inner line '*now type*'
zpty -w -n inner "$1"$'\\t'
while zpty -r inner line; do
  [[ $line == *offer:* ]] && print -r -- "\${\${line##*offer:}%%$'\\r'*}"
  [[ $line == *offered* ]] && break
done
zpty -d inner
`;

/** It looks for its editor where an installed one has it, and gets it here. */
const ZSH_INNER = `
module_path=($ZSH_MODULES)
fpath=($ZSH_COMPLETIONS $ZSH_FUNCTIONS $ZSH_FUNCTIONS/**/*(/N))
PROMPT=
zmodload zsh/zle
setopt zle
autoload -Uz compinit && compinit -u -D
bindkey '^I' complete-word
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
    builtin compadd "$@"
    return $?
  fi
  typeset -a hits
  builtin compadd -A hits "$@"
  local hit
  for hit in $hits; do print -r -- "offer:$hit"; done
  builtin compadd "$@"
}
ending() { print offered; exit }
comppostfuncs=(ending)
print now type
`;

const zsh: Offers = (line) => {
  writeFileSync(path("outer.zsh"), ZSH);
  writeFileSync(path("inner.zsh"), ZSH_INNER);
  return offers(parts.zsh, ["-f", path("outer.zsh"), line], {
    INNER_ZSH: parts.zsh,
    ZSH_MODULES: parts.zshModules,
    ZSH_FUNCTIONS: parts.zshFunctions,
    ZSH_COMPLETIONS: path("zsh"),
    INNER_SCRIPT: path("inner.zsh"),
  });
};

describe.each<[string, Offers]>([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
])("the completion for %s offers", (_, complete) => {
  const sorted = async (line: string): Promise<string[]> => (await complete(line)).toSorted();

  it("the commands", async () => {
    expect(await sorted("stalewatch ")).toEqual(COMMANDS.toSorted());
    expect(await sorted("stalewatch he")).toEqual(["heal"]);
  });

  it("the commands behind a global option and its value", async () => {
    expect(await sorted("stalewatch --host unix:///run/docker.sock --no-color ch")).toEqual([
      "check",
    ]);
  });

  it("a command's own options", async () => {
    const offered = await complete("stalewatch heal --");
    expect(offered).toEqual(expect.arrayContaining(["--dry-run", "--yes", "--force", "--json"]));
    expect(offered).not.toContain("--strict");
  });

  it("the words that an option allows", async () => {
    expect(await sorted("stalewatch report --format ")).toEqual(["html", "json", "text"]);
    expect(await sorted("stalewatch --log-level e")).toEqual(["error"]);
  });

  it("files for the configuration", async () => {
    const [offered = ""] = await complete("stalewatch --config my");
    expect(offered.replaceAll("\\", "")).toBe("my config.yaml");
  });

  it("containers where one can be named", async () => {
    expect(await sorted("stalewatch heal shop-")).toEqual(["shop-api-1", "shop-web-1"]);
    expect(await sorted("stalewatch ack shop-w")).toEqual(["shop-web-1"]);
  });

  it("nothing where only the user knows", async () => {
    expect(await complete("stalewatch hold --reason ")).toEqual([]);
  });
});
