import { messageOf } from "../domain/error.ts";
import type { Scan } from "../daemon/scan.ts";
import { terminal } from "../notify/encode/terminal.ts";
import { note, outputWidth, print } from "./context.ts";
import { checkParts, checkText, type CheckTextOptions } from "./render/check-text.ts";
import { frameOf } from "./render/frame.ts";
import { standing } from "./render/standing.ts";
import { styleFor } from "./render/style.ts";
import { openScreen } from "./screen.ts";

/** Shows what the last look found. */
export interface WatchView {
  show(done: Scan): void;
  /** A look failed: what is shown may be out of date. */
  failed(error: unknown): void;
  /** Whether the engine's events are followed. */
  follows(isFollowed: boolean): void;
  close(): void;
}

/** On a terminal one that is redrawn in place; elsewhere the table again whenever something in it changes. */
export function watchView(color: boolean, ended: () => void): WatchView {
  const isLive = process.stdout.isTTY && process.env["TERM"] !== "dumb";
  return isLive ? liveView(color, ended) : plainView();
}

function textOptions({ snapshot, judgements }: Scan, at: number, color: boolean): CheckTextOptions {
  return {
    engine: snapshot.engine.name,
    judgements,
    at,
    width: outputWidth(),
    style: styleFor(process.stdout, color),
  };
}

/** How often the ages are shown anew. */
const BEAT = 1000;

function liveView(color: boolean, ended: () => void): WatchView {
  let last: Scan | null = null;
  let trouble: string | null = null;
  let isFollowed = true;
  const style = styleFor(process.stdout, color);
  const draw = (): void => {
    if (last === null) return;
    const parts = checkParts(textOptions(last, Math.max(last.at, Date.now()), color));
    const at = new Date(last.at).toTimeString().slice(0, 8);
    const how = isFollowed ? "follows the engine's events" : "the engine's events are not told";
    const status = style.dim(`looked at ${at}; ${how}; q ends`);
    screen.show(frameOf(parts, { trouble, status }, screen.size));
  };
  const screen = openScreen(process.stdout, process.stdin, { changed: draw, ended });
  const timer = setInterval(draw, BEAT);
  return {
    show: (done) => {
      last = done;
      trouble = null;
      draw();
    },
    failed: (error) => {
      trouble = style.warning(`! ${terminal(messageOf(error))}`);
      draw();
    },
    follows: (now) => {
      isFollowed = now;
      draw();
    },
    close: () => {
      clearInterval(timer);
      screen.close();
      if (last !== null) print(checkText(textOptions(last, Date.now(), color)));
    },
  };
}

function plainView(): WatchView {
  note("the output is no terminal: the table comes again whenever something in it changes");
  let shown: string | null = null;
  let trouble: string | null = null;
  return {
    show: (done) => {
      trouble = null;
      const now = standing(done.judgements);
      if (now === shown) return;
      shown = now;
      print(`${new Date(done.at).toISOString()}\n${checkText(textOptions(done, done.at, false))}`);
    },
    failed: (error) => {
      const now = messageOf(error);
      // When that is over the table comes again, also where it is the same.
      shown = null;
      if (now !== trouble) note(terminal(now));
      trouble = now;
    },
    follows: () => undefined,
    close: () => undefined,
  };
}
