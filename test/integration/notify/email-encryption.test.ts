import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { startMailSink, type MailSink, type MailSinkOptions } from "../../harness/mail-sink.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import { NOW } from "../../unit/notify/news-samples.ts";
import { certificateAuthority, signedBy, written, type Identity } from "../engine/certificates.ts";
import { LOGIN, mailChannel } from "./mail-channel.ts";

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
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

describe("encryption", () => {
  it.each(["starttls", "implicit"] as const)("%s, with a login", async (mode) => {
    await instead({ identity, implicit: mode === "implicit", login: LOGIN });
    const tls = { mode, ca: files.ca };
    expect(await mailChannel(sink.port, { tls, login: LOGIN }).send(hello, never)).toMatchObject({
      outcome: "delivered",
    });
    expect(sink.received).toMatchObject([{ encrypted: true, user: "watch" }]);
  });

  it("opportunistic takes any certificate, and no encryption where there is none", async () => {
    const tls = { mode: "opportunistic", ca: null } as const;
    expect(await mailChannel(sink.port, { tls }).send(hello, never)).toMatchObject({
      outcome: "delivered",
    });
    expect(sink.received).toMatchObject([{ encrypted: false }]);
    await instead({ identity });
    expect(await mailChannel(sink.port, { tls }).send(hello, never)).toMatchObject({
      outcome: "delivered",
    });
    expect(sink.received).toMatchObject([{ encrypted: true }]);
  });

  it("none asks for none", async () => {
    await instead({ identity });
    expect(await mailChannel(sink.port).send(hello, never)).toMatchObject({ outcome: "delivered" });
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
        const delivery = await mailChannel(sink.port, { tls: { mode, ca }, login: LOGIN }).send(
          hello,
          never,
        );
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
    const delivery = await mailChannel(sink.port, { tls, login: LOGIN }).send(hello, never);
    expect(delivery).toMatchObject({
      outcome: "retry",
      error: expect.stringMatching(/^the mail server answered 50\d to STARTTLS/) as string,
      hint: expect.stringContaining("offers no STARTTLS") as string,
    });
    expect(sink.received).toEqual([]);
  });

  it("implicit on a port that wants STARTTLS names the two settings", async () => {
    const delivery = await mailChannel(sink.port, { tls: { mode: "implicit", ca: null } }).send(
      hello,
      never,
    );
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
    const one = mailChannel(
      sink.port,
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
    expect(
      await mailChannel(sink.port, { tls: { mode: "starttls", ca } }).send(hello, never),
    ).toMatchObject({
      outcome: "retry",
      error: `${ca} cannot be read: ENOENT`,
    });
    expect(sink.sessions()).toBe(0);
  });
});
