import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { eventually } from "./wait.ts";

/** Where in a session something goes wrong. `end` is the reply to the whole mail. */
export type MailStep = "connect" | "login" | "sender" | "recipient" | "end";

/** What the sink does at a step, instead of going on. */
export type MailFault = { readonly at: MailStep } & (
  | { readonly kind: "reply"; readonly code: number; readonly text: string }
  /** Never answers. */
  | { readonly kind: "hang" }
  | { readonly kind: "disconnect" }
  /** Goes on, after so many milliseconds. */
  | { readonly kind: "slow"; readonly ms: number }
);

export interface ReceivedMail {
  /** As it came: headers and all. */
  readonly raw: Buffer;
  readonly parsed: () => Promise<ParsedMail>;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly encrypted: boolean;
  readonly at: Date;
  /** Whether it was answered as one that the server keeps. */
  readonly taken: boolean;
  readonly user: string | null;
}

export interface MailSinkOptions {
  /** Of the server; none: it speaks no TLS. */
  readonly identity?: { readonly cert: string; readonly key: string };
  /** TLS from the start. */
  readonly implicit?: boolean;
  /** Who may log in, and must. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly port?: number;
}

export interface MailSink {
  readonly port: number;
  /** Every mail that it was given whole, whatever it answered. */
  readonly received: readonly ReceivedMail[];
  /** How many sessions there have been. */
  readonly sessions: () => number;
  /** How many there were at the same time, at most. */
  readonly atOnce: () => number;
  /** What happens in the next sessions, one each; then nothing does. */
  script(...faults: readonly (MailFault | null)[]): void;
  /** What always happens to mails for this recipient; null: nothing any more. */
  refuse(address: string, answer: { readonly code: number; readonly text: string } | null): void;
  /** The oldest mail not yet taken with `next`; waits for it. */
  next(): Promise<ParsedMail>;
  close(): Promise<void>;
}

/** An SMTP server on the loopback. */
export async function startMailSink(options: MailSinkOptions = {}): Promise<MailSink> {
  const received: ReceivedMail[] = [];
  const scripted: (MailFault | null)[] = [];
  const refused = new Map<string, Error>();
  const faults = new Map<string, MailFault | null>();
  const open = new Set<string>();
  let [sessions, atOnce, taken] = [0, 0, 0];
  const meet = (at: MailStep, session: SMTPServerSession, goOn: (error?: Error) => void): void => {
    const fault = faults.get(session.id);
    if (fault?.at !== at) goOn();
    else if (fault.kind === "reply") goOn(replying(fault.code, fault.text));
    else if (fault.kind === "disconnect") socketOf(server, session)?.destroy();
    else if (fault.kind === "slow") setTimeout(goOn, fault.ms);
  };
  const server = new SMTPServer({
    ...abilities(options),
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: true,
    logger: false,
    onConnect(session, callback) {
      faults.set(session.id, scripted.shift() ?? null);
      sessions += 1;
      open.add(session.id);
      atOnce = Math.max(atOnce, open.size);
      meet("connect", session, callback);
    },
    onClose(session) {
      open.delete(session.id);
    },
    onAuth({ username, password }, session, callback) {
      const isRight = username === options.login?.user && password === options.login?.password;
      meet("login", session, (error) => {
        if (error !== undefined) callback(error);
        else if (isRight) callback(null, { user: username });
        else callback(replying(535, "5.7.8 authentication credentials invalid"));
      });
    },
    onMailFrom: (_, session, callback) => meet("sender", session, callback),
    onRcptTo: ({ address }, session, callback) =>
      meet("recipient", session, (error) => callback(error ?? refused.get(address))),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const fault = faults.get(session.id);
        const taken = fault?.at !== "end" || fault.kind === "slow";
        received.push({ ...mailOf(Buffer.concat(chunks), session), at: new Date(), taken });
        meet("end", session, (error) => callback(error ?? null, "queued as 4F2A91C"));
      });
    },
  });
  // Broken connections are what some tests are about.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    sessions: () => sessions,
    atOnce: () => atOnce,
    script: (...more) => void scripted.push(...more),
    refuse(address, answer) {
      if (answer === null) refused.delete(address);
      else refused.set(address, replying(answer.code, answer.text));
    },
    async next() {
      const wanted = taken++;
      const mail = await eventually("a mail arrives", () => received[wanted]);
      return mail.parsed();
    },
    close() {
      for (const { _socket } of server.connections) _socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function abilities({ identity, implicit = false, login }: MailSinkOptions): SMTPServerOptions {
  const unknown = [
    ...(identity === undefined ? ["STARTTLS"] : []),
    ...(login === undefined ? ["AUTH"] : []),
  ];
  return {
    ...identity,
    secure: implicit,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: unknown,
  };
}

function replying(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function socketOf(server: SMTPServer, { id }: SMTPServerSession) {
  return [...server.connections].find(({ session }) => session.id === id)?._socket;
}

function mailOf(raw: Buffer, session: SMTPServerSession): Omit<ReceivedMail, "at" | "taken"> {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    raw,
    // The text as it was sent, not one made from it.
    parsed: () => simpleParser(raw, { skipTextToHtml: true }),
    sender: mailFrom === false ? "" : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
    encrypted: session.secure,
    user: typeof session.user === "string" ? session.user : null,
  };
}
