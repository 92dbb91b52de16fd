import type { ReadStream, WriteStream } from "node:tty";
import { redraw, type FrameLine, type Size } from "./render/frame.ts";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";

// In raw mode no key does anything by itself.
const END: ReadonlySet<string> = new Set(["q", "Q", "\u0003", "\u0004"]);
const SUSPEND = "\u001a";

/** The whole of a terminal for as long as it is open: what was on it before comes back at the end. */
export interface Screen {
  readonly size: Size;
  show(frame: readonly FrameLine[]): void;
  close(): void;
}

export interface ScreenEvents {
  /** It has another size, or must be drawn anew. */
  readonly changed: () => void;
  /** Ctrl-C or q was pressed. */
  readonly ended: () => void;
}

/** Takes over a terminal. `input`: where keys come from, if that is a terminal, too. */
export function openScreen(
  output: WriteStream,
  input: ReadStream,
  { changed, ended }: ScreenEvents,
): Screen {
  let shown: readonly FrameLine[] | null = null;
  let isTaken = false;
  const take = (): void => {
    if (!isTaken) output.write(ENTER);
    if (!isTaken && input.isTTY) input.setRawMode(true);
    isTaken = true;
  };
  const giveBack = (): void => {
    if (isTaken) output.write(LEAVE);
    if (isTaken && input.isTTY) input.setRawMode(false);
    isTaken = false;
  };
  const anew = (): void => {
    take();
    shown = null;
    changed();
  };
  const suspend = (): void => {
    giveBack();
    // As the terminal would: to all that belongs to the command line. It goes on right here, later, or at once where no
    // shell could wake it up.
    process.kill(0, "SIGTSTP");
    setImmediate(anew);
  };
  const pressed = (keys: Buffer): void => {
    for (const key of keys.toString("latin1"))
      if (key === SUSPEND) suspend();
      else if (END.has(key)) ended();
  };
  output.on("resize", anew);
  // Stopped by somebody else, who may have used the terminal.
  process.on("SIGCONT", anew);
  process.on("exit", giveBack);
  if (input.isTTY) input.on("data", pressed);
  take();
  return {
    get size() {
      // Some have none, or say 0.
      return { columns: output.columns || 80, rows: output.rows || 24 };
    },
    show: (frame) => {
      if (!isTaken) return;
      const change = redraw(shown, frame);
      shown = frame;
      if (change !== "") output.write(change);
    },
    close: () => {
      output.off("resize", anew);
      process.off("SIGCONT", anew);
      process.off("exit", giveBack);
      if (input.isTTY) input.off("data", pressed).pause();
      giveBack();
    },
  };
}
