import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";
import type { HealEnd, HealCase } from "../../domain/heal/record.ts";
import type { HealProgress } from "../../heal/parts.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import type { StepName } from "../../domain/heal/plan.ts";

const DOING: Readonly<Record<StepName, string>> = {
  create: "creating the replacement",
  stop: "stopping the old container",
  start: "starting the replacement",
  gate: "waiting for it to prove itself",
  swap: "taking over name and restart policy",
  cleanup: "removing the old image",
  compose: "Compose recreates it",
  swarm: "Swarm rolls it",
  "roll-back": "going back to the old container",
};

export interface ProgressView {
  readonly step: (event: HealProgress) => void;
  readonly ended: (record: HealCase, end: HealEnd) => void;
  /** What is to be said of a container that was not touched. */
  readonly said: (container: string, text: string) => void;
  /** Nothing more comes. */
  readonly close: () => void;
}

/** On a terminal one line that counts the seconds of the step; elsewhere a plain line a step. */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? liveView(stream) : plainView(stream);
}

function plainView(stream: NodeJS.WritableStream): ProgressView {
  return {
    step: (event) => {
      stream.write(`${lineOf(event)}\n`);
    },
    ended: (record, end) => {
      stream.write(`${endLine(record, end)}\n`);
    },
    said: (container, text) => {
      stream.write(`${terminal(`${container}: ${text}`)}\n`);
    },
    close: () => undefined,
  };
}

/** How often the seconds are shown anew. */
const BEAT = 500;

function liveView(stream: WriteStream): ProgressView {
  const plain = plainView(stream);
  let current: { readonly event: HealProgress; readonly since: number } | null = null;
  const draw = (): void => {
    if (current === null) return;
    const seconds = Math.floor((Date.now() - current.since) / 1000);
    clear(stream);
    stream.write(`${lineOf(current.event)} ${seconds} s`.slice(0, stream.columns - 1));
  };
  const timer = setInterval(draw, BEAT);
  return {
    step: (event) => {
      current = { event, since: Date.now() };
      draw();
    },
    ended: (record, end) => {
      current = null;
      clear(stream);
      plain.ended(record, end);
    },
    said: plain.said,
    close: () => {
      clearInterval(timer);
      if (current !== null) clear(stream);
    },
  };
}

function clear(stream: WriteStream): void {
  cursorTo(stream, 0);
  clearLine(stream, 0);
}

function lineOf({ container, step }: HealProgress): string {
  return `${terminal(container)}: ${DOING[step]} …`;
}

const ENDED: Readonly<Record<HealEnd["outcome"], string>> = {
  healed: "healed",
  "rolled-back": "rolled back, the old container runs again",
  discarded: "not touched",
  failed: "failed",
  left: "left to others",
  lost: "lost",
  refused: "refused",
};

function endLine(
  { container }: HealCase,
  { outcome, detail, downtime, warnings, logs }: HealEnd,
): string {
  const seconds = downtime === null ? "" : `, ${(downtime / 1000).toFixed(1)} s of downtime`;
  const more = [...warnings.map((one) => `! ${one}`), ...logs.map((one) => `| ${one}`)];
  return [`${container}: ${ENDED[outcome]}: ${detail}${seconds}`, ...more]
    .map((line, i) => (i === 0 ? "" : "  ") + terminal(line))
    .join("\n");
}
