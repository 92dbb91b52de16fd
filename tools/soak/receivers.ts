import { startHttpSink, type HttpSink, type SinkAnswer } from "../../test/harness/http-sink.ts";
import { startMailSink, type MailFault } from "../../test/harness/mail-sink.ts";
import type { Environment } from "../../test/harness/program.ts";
import { startSlackSink } from "../../test/harness/slack-sink.ts";
import type { WebhookDocument } from "../../src/notify/webhook/document.ts";
import type { Reception } from "./audit.ts";
import type { Random } from "./random.ts";

/** Somebody who is told, and fails on purpose while they are asked to. */
export interface Receiver {
  readonly name: string;
  /** What makes the program tell them. */
  readonly env: Environment;
  fail(isOn: boolean): void;
  readonly receptions: () => Promise<readonly Reception[]>;
  close(): Promise<void>;
}

/** One in five requests fails, in all the ways that are worth another attempt. */
const HTTP_FAULTS: readonly [SinkAnswer, ...SinkAnswer[]] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "status", status: 429, headers: { "retry-after": "2" } },
  { kind: "reset" },
  { kind: "reset" },
  { kind: "close-mid-answer" },
  { kind: "close-mid-answer", status: 502 },
  { kind: "slow-body" },
  { kind: "hang" },
];
const MAIL_FAULTS: readonly [MailFault, ...MailFault[]] = [
  { at: "connect", kind: "reply", code: 421, text: "4.3.2 not now" },
  { at: "connect", kind: "disconnect" },
  { at: "sender", kind: "disconnect" },
  { at: "recipient", kind: "reply", code: 450, text: "4.2.1 try again later" },
  { at: "end", kind: "reply", code: 451, text: "4.3.0 try again later" },
  { at: "end", kind: "disconnect" },
  { at: "end", kind: "slow", ms: 500 },
  { at: "sender", kind: "hang" },
];
const FAULT_RATE = 0.2;

/** The status arrived: the sender counts it, whatever becomes of the body. */
function isTaken(answer: SinkAnswer): boolean {
  if (answer.kind === "peer") return true;
  const hasBody = answer.kind === "close-mid-answer" || answer.kind === "slow-body";
  return hasBody && (answer.status ?? 200) === 200;
}

interface Faults {
  isOn: boolean;
  readonly given: SinkAnswer[];
  answer(): SinkAnswer;
}

function httpFaults(random: Random, onArrival: () => void): Faults {
  const faults: Faults = {
    isOn: false,
    given: [],
    answer() {
      const fails = faults.isOn && random.next() < FAULT_RATE;
      const answer: SinkAnswer = fails ? random.oneOf(HTTP_FAULTS) : { kind: "peer" };
      faults.given.push(answer);
      onArrival();
      return answer;
    },
  };
  return faults;
}

function overHttp(
  name: string,
  {
    sink,
    faults,
    env,
  }: { readonly sink: HttpSink; readonly faults: Faults; readonly env: Environment },
  read: (body: unknown) => Omit<Reception, "at" | "taken">,
): Receiver {
  return {
    name,
    env,
    fail: (isOn) => {
      faults.isOn = isOn;
    },
    receptions: () =>
      Promise.resolve(
        sink.received.map(({ body, at, error }, i) => {
          if (error !== null) throw new Error(`${name} would not take a message: ${error}`);
          const taken = isTaken(faults.given[i] ?? { kind: "peer" });
          return { ...read(body), at: at.getTime(), taken };
        }),
      ),
    close: () => sink.close(),
  };
}

export async function slackReceiver(random: Random, onArrival: () => void): Promise<Receiver> {
  const faults = httpFaults(random, onArrival);
  const sink = await startSlackSink(0, () => faults.answer());
  const env = { STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: sink.webhookUrl };
  return overHttp("slack", { sink, faults, env }, (body) => {
    const text = JSON.stringify(body);
    const items = itemsIn(text, /\*(Stale|Resolved):\* `([^`]+)`/g);
    return { key: text, items };
  });
}

export async function webhookReceiver(random: Random, onArrival: () => void): Promise<Receiver> {
  const faults = httpFaults(random, onArrival);
  const sink = await startHttpSink({
    path: "/hook",
    peer: () => ({ status: 200, body: "", error: null }),
    otherwise: () => faults.answer(),
  });
  const env = { STALEWATCH_NOTIFY_WEBHOOK_URL: sink.url };
  return overHttp("webhook", { sink, faults, env }, (body) => {
    const { id, at, news } = body as WebhookDocument;
    const items = news.flatMap((one) =>
      one.kind === "stale" || one.kind === "resolved"
        ? [{ kind: one.kind, container: one.container }]
        : [],
    );
    return { key: id, items, saidAt: Date.parse(at) };
  });
}

export async function mailReceiver(random: Random): Promise<Receiver> {
  const sink = await startMailSink();
  let isOn = false;
  let planned = 0;
  // Never more than two sessions ahead, so that it soon stops failing when it is asked to.
  const planning = setInterval(() => {
    for (; planned < sink.sessions() + 2; planned++)
      sink.script(isOn && random.next() < FAULT_RATE ? random.oneOf(MAIL_FAULTS) : null);
  }, 20);
  const email = "STALEWATCH_NOTIFY_EMAIL";
  return {
    name: "email",
    env: {
      [`${email}_SMTP_HOST`]: "127.0.0.1",
      [`${email}_SMTP_PORT`]: String(sink.port),
      [`${email}_SMTP_TLS_MODE`]: "none",
      [`${email}_FROM`]: "stalewatch <watch@example.org>",
      [`${email}_TO`]: "ops@example.org",
    },
    fail: (next) => {
      isOn = next;
    },
    receptions: () =>
      Promise.all(
        sink.received.map(async ({ parsed, at, taken }) => {
          const { messageId = "", text = "" } = await parsed();
          const items = itemsIn(text, /^(Stale|Resolved): (\S+)/gm);
          return { key: messageId, at: at.getTime(), taken, items };
        }),
      ),
    close: () => {
      clearInterval(planning);
      return sink.close();
    },
  };
}

/** In the order in which the channel says them: ends come last. */
function itemsIn(text: string, pattern: RegExp): Reception["items"] {
  if (text.includes("without the details")) throw new Error("a message was too long for all");
  return [...text.matchAll(pattern)].map(([, word, container = ""]) => ({
    kind: word === "Stale" ? "stale" : "resolved",
    container,
  }));
}
