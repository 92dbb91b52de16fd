import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/notify/channel.ts";
import { emailChannels } from "../../../src/notify/email.ts";
import type { EmailSettings } from "../../../src/notify/email-settings.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { startMailSink, type MailFault, type MailSink } from "../../harness/mail-sink.ts";
import { eventually } from "../../harness/wait.ts";
import { NOW } from "../../unit/notify/news-samples.ts";
import { LOGIN, mailChannel, mailSettings } from "./mail-channel.ts";

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
let sink: MailSink;

beforeEach(async () => {
  sink = await startMailSink({ login: LOGIN });
});

afterEach(() => sink.close());

function channel(timeouts: EmailSettings["timeouts"] = {}, login = LOGIN) {
  return mailChannel(sink.port, { login }, { timeouts });
}

function sent(fault: MailFault): Promise<Delivery> {
  sink.script(fault);
  return channel(fault.kind === "hang" ? IMPATIENT[fault.at] : {}).send(hello, never);
}

/** Short where a server hangs, and only there: this machine may be busy. */
const IMPATIENT: Readonly<Record<MailFault["at"], EmailSettings["timeouts"]>> = {
  connect: { greeting: 500 },
  login: { silence: 1_000 },
  sender: { silence: 1_000 },
  recipient: { silence: 1_000 },
  end: { silence: 1_000 },
};

const reply = (at: MailFault["at"], code: number, text: string): MailFault => ({
  at,
  kind: "reply",
  code,
  text,
});

const fitting = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

describe("a mail is kept, and the reason said, when the server", () => {
  it.each<[string, MailFault, string, RegExp]>([
    [
      "is busy",
      reply("connect", 421, "4.3.2 too many connections"),
      "the mail server answered 421 4.3.2: too many connections",
      /busy/,
    ],
    [
      "turns this host away before it knows what comes",
      reply("connect", 554, "5.7.1 no service here"),
      "the mail server answered 554 5.7.1: no service here",
      /turns this host away/,
    ],
    [
      "cannot check the login now",
      reply("login", 454, "4.7.0 temporary authentication failure"),
      "the mail server answered 454 4.7.0 to AUTH PLAIN",
      /tried again/,
    ],
    [
      "does not know the sender's domain now",
      reply("sender", 451, "4.1.8 cannot look up example.org"),
      "the mail server answered 451 4.1.8 to MAIL FROM: cannot look up example.org",
      /tried again/,
    ],
    [
      "greylists",
      reply("recipient", 450, "4.2.0 greylisted, come again"),
      "the mail server answered 450 4.2.0 to RCPT TO: greylisted, come again",
      /tried again/,
    ],
    [
      "has a full disk",
      reply("end", 452, "4.3.1 insufficient system storage"),
      "the mail server answered 452 4.3.1 to DATA: insufficient system storage",
      /full/,
    ],
    [
      "stops with the mail's last byte",
      reply("end", 421, "4.4.2 shutting down"),
      "the mail server answered 421 4.4.2 to DATA: shutting down",
      /busy or about to stop/,
    ],
    [
      "does not greet",
      { at: "connect", kind: "hang" },
      "the mail server did not greet in time",
      /tls\.mode/,
    ],
    [
      "hangs at the recipient",
      { at: "recipient", kind: "hang" },
      "the mail server stopped answering",
      /same Message-ID/,
    ],
    [
      "hangs at the end of the mail",
      { at: "end", kind: "hang" },
      "the mail server stopped answering",
      /same Message-ID/,
    ],
    [
      "hangs up instead of a greeting",
      { at: "connect", kind: "disconnect" },
      "the mail server hung up",
      /same Message-ID/,
    ],
    [
      "hangs up at the end of the mail",
      { at: "end", kind: "disconnect" },
      "the mail server hung up",
      /same Message-ID/,
    ],
  ])("%s", async (_, fault, error, hint) => {
    expect(await sent(fault)).toEqual({
      outcome: "retry",
      error,
      hint: fitting(hint),
      retryAfter: null,
    });
  });

  it("does not listen", async () => {
    const { port } = sink;
    await sink.close();
    const delivery = await mailChannel(port).send(hello, never);
    sink = await startMailSink();
    expect(delivery).toMatchObject({
      outcome: "retry",
      error: "no answer from the mail server: ECONNREFUSED",
      hint: fitting(/^nobody listens there: check notify\.email\.smtp\.host/),
    });
  });

  it("does not exist", async () => {
    const one = mailChannel(sink.port, { host: "mail.invalid" });
    expect(await one.send(hello, never)).toMatchObject({
      outcome: "retry",
      hint: fitting(/^there is no such host/),
    });
  });

  it("is so slow that others would wait", async () => {
    sink.script({ at: "end", kind: "slow", ms: 1_000 });
    const one = channel({ whole: 500 });
    expect(await one.send(hello, never)).toMatchObject({
      outcome: "retry",
      error: "the mail server did not take the mail within 0.5 s",
    });
  });
});

describe("a mail is given up, and what to do is said, when the server", () => {
  it.each<[string, MailFault, string, RegExp]>([
    [
      "refuses the login",
      reply("login", 535, "5.7.8 authentication credentials invalid"),
      "the mail server answered 535 5.7.8 to AUTH PLAIN",
      /check notify\.email\.smtp\.user and notify\.email\.smtp\.password/,
    ],
    [
      "wants a password made for applications",
      reply("login", 534, "5.7.9 application-specific password required"),
      "the mail server answered 534 5.7.9 to AUTH PLAIN",
      /made for applications/,
    ],
    [
      "refuses the sender",
      reply("sender", 553, "5.7.1 not owned by user watch"),
      "the mail server answered 553 5.7.1 to MAIL FROM: not owned by user watch",
      /correct notify\.email\.from/,
    ],
    [
      "knows no such mailbox",
      reply("recipient", 550, "5.1.1 no such user"),
      "the mail server answered 550 5.1.1 to RCPT TO: no such user",
      /correct notify\.email\.to/,
    ],
    [
      "does not relay",
      reply("recipient", 554, "5.7.1 relay access denied"),
      "the mail server answered 554 5.7.1 to RCPT TO: relay access denied",
      /relaying is denied/,
    ],
    [
      "has no room in the mailbox",
      reply("recipient", 552, "5.2.2 mailbox full"),
      "the mail server answered 552 5.2.2 to RCPT TO: mailbox full",
      /full/,
    ],
    [
      "finds the mail too large",
      reply("end", 552, "5.3.4 message too big"),
      "the mail server answered 552 5.3.4 to DATA: message too big",
      /too large/,
    ],
    [
      "takes it for spam",
      reply("end", 554, "5.7.1 message content rejected"),
      "the mail server answered 554 5.7.1 to DATA: message content rejected",
      /spam filter/,
    ],
  ])("%s", async (_, fault, error, hint) => {
    expect(await sent(fault)).toEqual({ outcome: "refused", error, hint: fitting(hint) });
  });

  it("wants a login and there is none", async () => {
    const delivery = await mailChannel(sink.port).send(hello, never);
    expect(delivery).toMatchObject({ outcome: "refused", hint: fitting(/wants a login/) });
  });

  it("knows another password", async () => {
    const delivery = await channel({}, { ...LOGIN, password: "wrong" }).send(hello, never);
    expect(delivery).toMatchObject({ outcome: "refused", error: fitting(/535 5\.7\.8 to AUTH/) });
    expect(sink.received).toEqual([]);
  });
});

describe("of several recipients", () => {
  const to = ["good@example.org", "gone@example.org", "full@example.org"].map((address) => ({
    name: null,
    address,
  }));

  it("each has what becomes of their own mail", async () => {
    sink.refuse("gone@example.org", { code: 550, text: "5.1.1 no such user" });
    sink.refuse("full@example.org", { code: 452, text: "4.2.2 mailbox full" });
    const channels = emailChannels(mailSettings(sink.port, { login: LOGIN }, { to }));
    const outcomes = (): Promise<string[]> =>
      Promise.all(channels.map(async (one) => (await one.send(hello, never)).outcome));
    expect(await outcomes()).toEqual(["delivered", "refused", "retry"]);
    expect(sink.received.map(({ recipients }) => recipients)).toEqual([["good@example.org"]]);
  });

  it("one who hangs keeps the others waiting for no longer than themself", async () => {
    sink.script({ at: "connect", kind: "hang" });
    const timeouts = { greeting: 3_000 };
    const channels = emailChannels(mailSettings(sink.port, { login: LOGIN }, { to, timeouts }));
    const deliveries = await Promise.all(channels.map((one) => one.send(hello, never)));
    expect(deliveries.map(({ outcome }) => outcome).sort()).toEqual([
      "delivered",
      "delivered",
      "retry",
    ]);
  });
});

describe("what may have arrived", () => {
  it.each<MailFault>([
    { at: "end", kind: "disconnect" },
    { at: "end", kind: "hang" },
    reply("end", 451, "4.3.0 try again"),
  ])("is sent again as the very same mail after $kind", async (fault) => {
    expect(await sent(fault)).toMatchObject({ outcome: "retry" });
    expect(await channel().send(structuredClone(hello), never)).toMatchObject({
      outcome: "delivered",
    });
    const [first, second] = [await sink.next(), await sink.next()];
    expect(second.messageId).toBe(first.messageId);
    expect(second.date).toEqual(first.date);
    expect(second.text).toBe(first.text);
    expect(second.html).toBe(first.html);
  });
});

describe("an abort", () => {
  it("before the mail sends nothing", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(channel().send(hello, stopped)).rejects.toThrow("stopped");
    expect(sink.sessions()).toBe(0);
  });

  it("ends a mail that hangs", async () => {
    sink.script({ at: "sender", kind: "hang" });
    const stop = new AbortController();
    const sending = channel().send(hello, stop.signal);
    await eventually("it is under way", () => sink.sessions() === 1);
    stop.abort(new Error("stopped"));
    await expect(sending).rejects.toThrow("stopped");
  });

  it("lets a mail through that is nearly there: it would be sent again", async () => {
    sink.script({ at: "end", kind: "slow", ms: 50 });
    const stop = new AbortController();
    const sending = channel({ lastWord: 10_000 }).send(hello, stop.signal);
    await eventually("the server has it", () => sink.received.length === 1, { intervalMs: 2 });
    stop.abort(new Error("stopped"));
    expect(await sending).toMatchObject({ outcome: "delivered" });
  });

  it("ends the wait for others who are being served", async () => {
    sink.script({ at: "connect", kind: "hang" }, { at: "connect", kind: "hang" });
    const to = ["a", "b", "c"].map((name) => ({ name: null, address: `${name}@example.org` }));
    const channels = emailChannels(mailSettings(sink.port, {}, { to }));
    const stop = new AbortController();
    const sending = channels.map((one) => one.send(hello, stop.signal));
    await eventually("two are under way", () => sink.sessions() === 2);
    stop.abort(new Error("stopped"));
    const ends = await Promise.allSettled(sending);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(sink.sessions()).toBe(2);
  });
});

describe("the password", () => {
  const forms = [
    LOGIN.password,
    Buffer.from(LOGIN.password).toString("base64"),
    Buffer.from(`\0${LOGIN.user}\0${LOGIN.password}`).toString("base64"),
  ];
  const said = `5.7.0 you said ${forms.join(" and ")}!`;

  it.each(["connect", "login", "sender", "recipient", "end"] as const)(
    "is in nothing that comes back, even where the answer at %s quotes it",
    async (at) => {
      for (const code of [421, 454, 535, 550]) {
        const shown = JSON.stringify(await sent(reply(at, code, said)));
        for (const form of forms) expect(shown).not.toContain(form);
      }
    },
  );

  it("is not in what is said of a success either", async () => {
    sink.script({ at: "end", kind: "reply", code: 250, text: `queued for ${LOGIN.password}` });
    const shown = JSON.stringify(await channel().send(hello, never));
    expect(shown).toContain("queued for …");
    expect(shown).not.toContain(LOGIN.password);
  });
});
