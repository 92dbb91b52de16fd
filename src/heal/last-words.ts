import { messageOf } from "../domain/error.ts";
import type { ContainerId } from "../domain/ids.ts";
import { objectAt, objectsAt, textAt } from "../domain/replacement/read.ts";
import type { HealEngine } from "../engine/heal-engine.ts";

const LOG_LINES = 20;
const PROBES = 2;
/** The longest line that is worth keeping, in characters. */
const LONGEST_LINE = 500;
const calls = new AbortController().signal;

/** The last lines of a container that failed, and the last things that its health check said. */
export async function lastWords(id: ContainerId, engine: HealEngine): Promise<string[]> {
  return [
    ...(await orWhyNot("log", async () => linesOf(await engine.logs(id, LOG_LINES, calls)))),
    ...(await orWhyNot("health output", () => healthOutput(id, engine))),
  ];
}

/** Not every log driver can be read; what else there is to tell is told all the same. */
async function orWhyNot(what: string, words: () => Promise<string[]>): Promise<string[]> {
  try {
    return await words();
  } catch (error) {
    return [`(no ${what}: ${messageOf(error)})`];
  }
}

async function healthOutput(id: ContainerId, engine: HealEngine): Promise<string[]> {
  const state = objectAt((await engine.inspect(id, calls)) ?? {}, "State");
  const probes = objectsAt(objectAt(state, "Health"), "Log").slice(-PROBES);
  return probes.flatMap((probe) =>
    linesOf(textAt(probe, "Output")).map((line) => `health check: ${line}`),
  );
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.slice(-LOG_LINES).map((line) => line.slice(0, LONGEST_LINE));
}
