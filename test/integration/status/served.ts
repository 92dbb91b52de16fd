import { request, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import type { Judgement } from "../../../src/domain/verdict.ts";
import type { Settings } from "../../../src/config/settings.ts";
import type { PastSource } from "../../../src/status/facts.ts";
import type { Sight } from "../../../src/status/sight.ts";
import { Status, type StatusEvent } from "../../../src/status/status.ts";
import { eventually } from "../../harness/wait.ts";
import { NOW, past, sight } from "../../unit/status/samples.ts";

/** A status page of this test's own, on a free port. */
export interface Served {
  readonly status: Status;
  readonly port: number;
  readonly url: string;
  readonly events: readonly StatusEvent[];
  readonly publish: (judgements: readonly Judgement[], more?: Partial<Sight>) => void;
}

export interface ServedSketch {
  readonly past?: PastSource;
  readonly settings?: Partial<Settings["status"]>;
  readonly now?: () => number;
}

export async function serve(sketch: ServedSketch = {}): Promise<Served> {
  const events: StatusEvent[] = [];
  let version = 0;
  const status = new Status({
    past: { ...(sketch.past ?? past()), version: () => String(version) },
    now: sketch.now ?? (() => NOW),
    version: "0.1.0",
    report: (event) => events.push(event),
  });
  onTestFinished(() => status.close());
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
  await status.listen({ listen, publicUrl: null, ...sketch.settings });
  const [begun] = events;
  const address = begun?.event === "status-listening" ? begun.address : "";
  return {
    status,
    port: Number(address.split(":")[1]),
    url: `http://${address}/`,
    events,
    publish: (judgements, more = {}) => {
      version++;
      status.publish(sight(judgements, more));
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request, as it is written: what a browser or curl would never send, too. */
export function ask(
  where: { readonly port: number } | { readonly socketPath: string },
  path: string,
  more: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  const { body, ...options } = more;
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, path, agent: false, ...options }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.once("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
      answer.once("error", reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Somebody who has the page open. */
export interface Viewer {
  readonly received: () => string;
  /** Waits until it has received this. */
  sees(text: string): Promise<unknown>;
  pause(): void;
  resume(): void;
  leave(): void;
}

export function view(port: number): Promise<Viewer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path: "/events", agent: false }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.resume();
        reject(new Error(`answered ${String(answer.statusCode)}`));
        return;
      }
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("error", () => undefined);
      resolve({
        received: () => text,
        sees: (wanted) => eventually(`it sees ${wanted}`, () => text.includes(wanted)),
        pause: () => answer.pause(),
        resume: () => answer.resume(),
        leave: () => sent.destroy(),
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}
