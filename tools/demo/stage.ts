import { stripVTControlCharacters, styleText } from "node:util";

/** What the demo prints: acts, what a person would type, and what comes back. */
export interface Stage {
  readonly act: (text: string) => void;
  readonly note: (text: string) => void;
  readonly typed: (command: string) => void;
  readonly output: (text: string) => void;
  readonly progress: (text: string) => void;
}

export function stage(stream: NodeJS.WriteStream): Stage {
  const colour = stream.isTTY && stream.hasColors();
  const write = (text: string): void =>
    void stream.write(`${colour ? text : stripVTControlCharacters(text)}\n`);
  let acts = 0;
  return {
    act: (text) => {
      write(`\n${styleText(["bold", "cyan"], `${++acts}. ${text}`)}`);
    },
    note: (text) => {
      write(`   ${text}`);
    },
    typed: (command) => {
      write(`\n   ${styleText("bold", `$ ${command}`)}`);
    },
    output: (text) => {
      write(indent(text));
    },
    progress: (text) => {
      write(styleText("dim", `   … ${text}`));
    },
  };
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `   ${line}`))
    .join("\n");
}
