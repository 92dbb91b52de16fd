import xterm from "@xterm/headless";

/** What a terminal shows of all that was written to it. */
export interface Screen {
  write(text: string | Uint8Array): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Its rows from top to bottom, without blanks at their ends, and without empty ones at its own. */
  readonly text: string;
  /** True while it shows the second screen, which leaves the first one as it was. */
  readonly isAlternate: boolean;
}

/** A terminal in memory, of the make that editors and browsers use. */
export function screenOf(columns: number, rows: number): Screen {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  return {
    write: (text) =>
      new Promise((resolve) => {
        terminal.write(text, resolve);
      }),
    resize: (cols, lines) => {
      terminal.resize(cols, lines);
    },
    get text() {
      const { active } = terminal.buffer;
      // A line of one that was wider still has its cells.
      const row = (i: number): string =>
        active.getLine(active.viewportY + i)?.translateToString(true, 0, terminal.cols) ?? "";
      const rows = Array.from({ length: terminal.rows }, (_, i) => row(i).trimEnd());
      return rows.join("\n").trimEnd();
    },
    get isAlternate() {
      return terminal.buffer.active.type === "alternate";
    },
  };
}
