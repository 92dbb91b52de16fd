import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Bulletin } from "../../../src/domain/news.ts";
import type { Channel, Delivery } from "../../../src/notify/channel.ts";
import { emailChannels } from "../../../src/notify/email.ts";
import type { EmailSettings, SmtpServer } from "../../../src/notify/email-settings.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import {
  startMailSink,
  type MailFault,
  type MailSink,
  type MailSinkOptions,
} from "../../harness/mail-sink.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import {
  affected,
  bulletin,
  hostileNews,
  NOW,
  resolvedNews,
  staleNews,
} from "../../unit/notify/news-samples.ts";
import { certificateAuthority, signedBy, written, type Identity } from "../engine/certificates.ts";

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
const LOGIN = { user: "watch", password: "S3cr3t pa55=word" };
const folder = temporaryDirectory();
let authority: Identity;
let identity: Identity;
let files: { readonly ca: string; readonly other: string };
let sink: MailSink;

beforeAll(async () => {
  authority = await certificateAuthority("mail authority");
  const other = await certificateAuthority("another authority");
  identity = await signedBy(authority, "mail");
  files = written(folder.path, { ca: authority.cert, other: other.cert });
  return () => folder.remove();
});

beforeEach(async () => {
  sink = await startMailSink();
});

afterEach(() => sink.close());

async function instead(options: MailSinkOptions): Promise<void> {
  await sink.close();
  sink = await startMailSink(options);
}

function settings(
  smtp: Partial<SmtpServer> = {},
  more: Partial<EmailSettings> = {},
): EmailSettings {
  return {
    smtp: {
      host: "127.0.0.1",
      port: sink.port,
      login: null,
      tls: { mode: "none", ca: null },
      ...smtp,
    },
    from: { name: null, address: "watch@example.org" },
    to: [{ name: null, address: "ops@example.org" }],
    only: null,
    projects: null,
    ...more,
  };
}

function channel(...args: Parameters<typeof settings>): Channel {
  const [first] = emailChannels(settings(...args));
  if (first === undefined) throw new Error("no channel");
  return first;
}

function sent(fault: MailFault, more: Partial<EmailSettings> = {}): Promise<Delivery> {
  sink.script(fault);
  return channel({}, more).send(hello, never);
}

const checked = { mode: "starttls", ca: "" } as const;

describe("a mail", () => {
  it("arrives with a text and an HTML part, and says what came back", async () => {
    const delivery = await channel().send(bulletin(staleNews(), resolvedNews()), never);
    expect(delivery).toEqual({ outcome: "delivered", answer: "250 queued as 4F2A91C" });
    const { text, html, attachments } = await sink.next();
    expect(text).toMatch(/^host-1: 1 container stale, 1 container resolved\n/);
    expect(text).toContain("Stale: infra2-web-1 (project infra2, service web)");
    expect(html).toContain("does not run its newest image");
    expect(attachments).toEqual([]);
  });

  it("bears the headers of an automatic mail in a thread, and is from and to whom it says", async () => {
    const to = [
      { name: "Ops, Nacht", address: "ops@example.org" },
      { name: null, address: "dev@example.org" },
    ];
    await channel({}, { to }).send(bulletin(staleNews()), never);
    const {
      from,
      to: whom,
      subject,
      date,
      headers,
      headerLines,
      inReplyTo,
      references,
      messageId,
    } = await sink.next();
    expect(from?.value).toEqual([{ name: "stalewatch on host-1", address: "watch@example.org" }]);
    expect([whom].flat().flatMap((one) => one?.value ?? [])).toEqual([
      { name: "Ops, Nacht", address: "ops@example.org" },
      { name: "", address: "dev@example.org" },
    ]);
    expect(sink.received).toMatchObject([
      { sender: "watch@example.org", recipients: ["ops@example.org"] },
    ]);
    expect(subject).toBe("host-1: stale container infra2-web-1");
    expect(date).toEqual(new Date(NOW));
    expect(headers.get("auto-submitted")).toBe("auto-generated");
    expect(headerLines).toContainEqual({
      key: "list-id",
      line: "List-ID: <host-1.stalewatch.example.org>",
    });
    expect(messageId).toMatch(/^<stalewatch\.mail\.[0-9a-f]{32}@example\.org>$/);
    expect(inReplyTo).toMatch(/^<stalewatch\.thread\.[0-9a-f]{32}@example\.org>$/);
    expect(references).toBe(inReplyTo);
  });

  it("goes to each recipient once, under one Message-ID, each a channel of its own", async () => {
    const addresses = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];
    const to = addresses.map((address) => ({ name: null, address }));
    const channels = emailChannels(settings({}, { to }));
    expect(channels.map(({ name }) => name)).toEqual(addresses.map((one) => `email:${one}`));
    await Promise.all(channels.map((one) => one.send(hello, never)));
    expect(sink.received.map(({ recipients }) => recipients.join()).sort()).toEqual(addresses);
    const ids = await Promise.all(addresses.map(async () => (await sink.next()).messageId));
    expect(new Set(ids).size).toBe(1);
    expect(sink.atOnce()).toBeLessThanOrEqual(2);
  });

  it("about 500 stale containers is one of less than 100 kB that says what it leaves out", async () => {
    for (const name of ["infra2-web-", "very-long-name-".repeat(12), "非常に長い名前".repeat(20)]) {
      const items = Array.from({ length: 500 }, (_, i) =>
        staleNews({
          incident: `i-${String(i)}`,
          affected: affected({ container: `${name}${String(i)}`, project: name, service: name }),
          reason: `${name} was built again`.repeat(5),
          remedy: null,
        }),
      );
      await channel().send(bulletin(...items), never);
      const { raw } = sink.received.at(-1) ?? { raw: Buffer.alloc(0) };
      expect(raw.length).toBeGreaterThan(20_000);
      expect(raw.length).toBeLessThan(100_000);
      const { text, html } = await sink.next();
      expect(text?.replaceAll(/\s+/g, " ")).toMatch(
        /left out here\. stalewatch check lists them all/,
      );
      expect(html).toContain("500 containers stale");
    }
  });

  it.each(Object.entries(HOSTILE_TEXTS))("with %s in it stays the mail it is", async (_, text) => {
    const hostile: Bulletin = { engine: text, at: NOW, items: hostileNews(text) };
    expect(await channel().send(hostile, never)).toMatchObject({ outcome: "delivered" });
    const [{ raw, recipients } = { raw: Buffer.alloc(0), recipients: [] }] = sink.received;
    expect(recipients).toEqual(["ops@example.org"]);
    expect(raw.length).toBeLessThan(100_000);
    expect(headerNames(raw)).toEqual(HEADERS);
    // Plain ASCII in lines of a length that every server takes.
    expect(raw.toString("latin1")).toMatch(/^[\x20-\x7e\r\n]*$/);
    for (const line of raw.toString("latin1").split("\r\n")) expect(line.length).toBeLessThan(999);
    const mail = await sink.next();
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail.from?.value.map(({ address }) => address)).toEqual(["watch@example.org"]);
    expect(mail.subject).toMatch(/: stale container /);
    expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });
});

const HEADERS = [
  "from",
  "to",
  "in-reply-to",
  "references",
  "auto-submitted",
  "x-auto-response-suppress",
  "list-id",
  "subject",
  "message-id",
  "date",
  "mime-version",
  "content-type",
].sort();

function headerNames(raw: Buffer): string[] {
  const [head = ""] = raw.toString("latin1").split("\r\n\r\n");
  return Array.from(head.matchAll(/^([!-9;-~]+):/gm), ([, name = ""]) => name.toLowerCase()).sort();
}

describe("encryption", () => {
  it.each(["starttls", "implicit"] as const)("%s, with a login", async (mode) => {
    await instead({ identity, implicit: mode === "implicit", login: LOGIN });
    const tls = { mode, ca: files.ca };
    expect(await channel({ tls, login: LOGIN }).send(hello, never)).toMatchObject({
      outcome: "delivered",
    });
    expect(sink.received).toMatchObject([{ encrypted: true, user: "watch" }]);
  });

  it("opportunistic takes any certificate, and no encryption where there is none", async () => {
    const tls = { mode: "opportunistic", ca: null } as const;
    expect(await channel({ tls }).send(hello, never)).toMatchObject({ outcome: "delivered" });
    expect(sink.received).toMatchObject([{ encrypted: false }]);
    await instead({ identity });
    expect(await channel({ tls }).send(hello, never)).toMatchObject({ outcome: "delivered" });
    expect(sink.received).toMatchObject([{ encrypted: true }]);
  });

  it("none asks for none", async () => {
    await instead({ identity });
    expect(await channel().send(hello, never)).toMatchObject({ outcome: "delivered" });
    expect(sink.received).toMatchObject([{ encrypted: false }]);
  });

  it.each(["starttls", "implicit"] as const)(
    "%s sends nothing to a server whose certificate is wrong, and keeps the mail",
    async (mode) => {
      const expired = await signedBy(authority, "mail", { expiresIn: -3_600_000 });
      const elsewhere = await signedBy(authority, "mail", { ip: "10.9.9.9" });
      const cases = [
        [identity, files.other, /SELF_SIGNED_CERT|UNABLE_TO/, /put the file of the authority/],
        [identity, null, /SELF_SIGNED_CERT|UNABLE_TO/, /put the file of the authority/],
        [expired, files.ca, "CERT_HAS_EXPIRED", /renew it/],
        [elsewhere, files.ca, "ERR_TLS_CERT_ALTNAME_INVALID", /another name/],
      ] as const;
      for (const [shown, ca, error, hint] of cases) {
        await instead({ identity: shown, implicit: mode === "implicit", login: LOGIN });
        const delivery = await channel({ tls: { mode, ca }, login: LOGIN }).send(hello, never);
        expect(delivery).toMatchObject({
          outcome: "retry",
          error: expect.stringMatching(error) as string,
          hint: expect.stringMatching(hint) as string,
        });
        expect(sink.received).toEqual([]);
      }
    },
  );

  it("starttls does not go on without encryption where the server offers none", async () => {
    await instead({ login: LOGIN });
    const tls = { mode: "starttls", ca: null } as const;
    const delivery = await channel({ tls, login: LOGIN }).send(hello, never);
    expect(delivery).toMatchObject({
      outcome: "retry",
      error: expect.stringMatching(/^the mail server answered 50\d to STARTTLS/) as string,
      hint: expect.stringContaining("offers no STARTTLS") as string,
    });
    expect(sink.received).toEqual([]);
  });

  it("implicit on a port that wants STARTTLS names the two settings", async () => {
    const delivery = await channel({ tls: { mode: "implicit", ca: null } }).send(hello, never);
    expect(delivery).toMatchObject({
      outcome: "retry",
      error: expect.stringContaining("ERR_SSL_") as string,
      hint: expect.stringContaining(
        "notify.email.smtp.port and notify.email.smtp.tls.mode",
      ) as string,
    });
  });

  it("starttls on a port that wants TLS from the start names the two settings", async () => {
    await instead({ identity, implicit: true });
    const one = channel(
      { tls: { mode: "starttls", ca: files.ca } },
      { timeouts: { greeting: 200 } },
    );
    expect(await one.send(hello, never)).toMatchObject({
      outcome: "retry",
      error: "the mail server did not greet in time",
      hint: expect.stringContaining(
        "notify.email.smtp.port and notify.email.smtp.tls.mode",
      ) as string,
    });
  });

  it("keeps the mail while the CA file cannot be read", async () => {
    const ca = `${folder.path}/none.pem`;
    expect(await channel({ tls: { ...checked, ca } }).send(hello, never)).toMatchObject({
      outcome: "retry",
      error: `${ca} cannot be read: ENOENT`,
    });
    expect(sink.sessions()).toBe(0);
  });
});
