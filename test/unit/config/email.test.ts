import { describe, expect, it } from "vitest";
import { effectiveDocument, renderEffective } from "../../../src/config/effective.ts";
import { mailAddress } from "../../../src/config/mail-types.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { load, problemLines } from "./sources.ts";

const FORM = "write name@example.org, or Some Name <name@example.org>";

/** A sound configuration of mails, with some of it replaced; undefined leaves a key out. */
function mails(
  changes: Readonly<Record<string, unknown>> = {},
  smtp: Readonly<Record<string, unknown>> = {},
): { file: string } {
  const email = {
    smtp: { host: "mail.example.org", ...smtp },
    from: "watch@example.org",
    to: ["ops@example.org"],
    ...changes,
  };
  return { file: JSON.stringify({ notify: { email } }) };
}

async function emailOf(...args: Parameters<typeof mails>) {
  return (await load(mails(...args))).settings.notify.email;
}

describe("a mail address", () => {
  it.each([
    ["ops@example.org", { name: null, address: "ops@example.org" }],
    ["root@localhost", { name: null, address: "root@localhost" }],
    ["o'neil+stale=1@a-b.example", { name: null, address: "o'neil+stale=1@a-b.example" }],
    ["Ops <ops@example.org>", { name: "Ops", address: "ops@example.org" }],
    ["Jörg Ödön<j@example.org>", { name: "Jörg Ödön", address: "j@example.org" }],
    ['"Ops, Night" <ops@example.org>', { name: "Ops, Night", address: "ops@example.org" }],
    ["<ops@example.org>", { name: null, address: "ops@example.org" }],
    ["ops@xn--bcher-kva.example", { name: null, address: "ops@xn--bcher-kva.example" }],
  ])("may be %s", async (text, value) => {
    const reading = await mailAddress.read(text, []);
    expect(reading).toEqual({ ok: true, value });
    expect(await mailAddress.read(mailAddress.write(value) as string, [])).toEqual(reading);
  });

  it.each([
    "ops",
    "ops@",
    "@example.org",
    "ops@@example.org",
    "ops @example.org",
    "ops@example .org",
    "ops@-example.org",
    "ops@example..org",
    "ops@127.0.0.1",
    "ops@[127.0.0.1]",
    ".ops@example.org",
    "ops.@example.org",
    '"o ps"@example.org',
    "ops@example.org, eve@evil.example",
    "ops@example.org eve@evil.example",
    "Ops <ops@example.org>, Eve <eve@evil.example>",
    "Ops <ops@example.org> <eve@evil.example>",
    "Ops <<ops@example.org>>",
    "Ops (eve@evil.example) <ops@example.org>",
    "eve@evil.example <ops@example.org>",
    "@evil.example:ops@example.org",
    "group: ops@example.org;",
    "ops@example.org\r\nBcc: eve@evil.example",
    "ops\r\n@example.org",
    "Ops\r\nBcc: eve@evil.example\r\n <ops@example.org>",
    '"Ops\r\nBcc: eve@evil.example" <ops@example.org>',
    '"Ops" <eve@evil.example>" <ops@example.org>',
    '"Ops\\" <ops@example.org>',
    "Ops\u202egro.elpmaxe@spo <ops@example.org>",
    "Ops\u200b <ops@example.org>",
    "ops\u0000@example.org",
    "öps@example.org",
    "ops@bücher.example",
    `${"o".repeat(65)}@example.org`,
    `ops@${"a.".repeat(130)}example`,
    `${"N".repeat(101)} <ops@example.org>`,
  ])("may not be %j", async (text) => {
    expect((await mailAddress.read(text, [])).ok).toBe(false);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("lets %s through nowhere", async (_, text) => {
    for (const one of [text, `${text}@example.org`, `ops@${text}`, `ops@example.org${text}`]) {
      const reading = await mailAddress.read(one, []);
      if (reading.ok) expect(reading.value.address).toMatch(/^[\x21-\x7e]+@[a-z0-9.-]+$/i);
    }
  });

  it.each([
    ["ops", `notify.email.from: "ops" is not a mail address (line 1); ${FORM}`],
    [
      "ops@bücher.example",
      'notify.email.from: "ops@bücher.example" is not a mail address (line 1); write the address in ASCII, the domain in its xn-- form',
    ],
    [
      "Ops (night) <ops@example.org>",
      `notify.email.from: "Ops (night) <ops@example.org>" has a name that cannot be used (line 1); ${FORM}`,
    ],
  ])("is refused with a word on how to write it: %s", async (from, line) => {
    expect(await problemLines(mails({ from }))).toEqual([line]);
  });

  it("that is two in one item is refused with a word on lists", async () => {
    expect(await problemLines(mails({ to: ["a@x.example; b@x.example"] }))).toEqual([
      'notify.email.to[0]: "a@x.example; b@x.example" is not a mail address (line 1); write each address as an item of the list',
    ]);
  });
});

describe("a mail server", () => {
  it.each([
    [{}, { port: 587, tls: { mode: "starttls", ca: null } }],
    [{ port: 465 }, { port: 465, tls: { mode: "implicit", ca: null } }],
    [{ port: 2525 }, { port: 2525, tls: { mode: "starttls", ca: null } }],
    [{ tls: { mode: "implicit" } }, { port: 465, tls: { mode: "implicit", ca: null } }],
    [{ tls: { mode: "opportunistic" } }, { port: 25, tls: { mode: "opportunistic", ca: null } }],
    [{ tls: { mode: "none" } }, { port: 25, tls: { mode: "none", ca: null } }],
    [{ tls: { ca: "/ca.pem" } }, { port: 587, tls: { mode: "starttls", ca: "/ca.pem" } }],
  ])("of %j is spoken to with %j", async (smtp, spoken) => {
    expect((await emailOf({}, smtp))?.smtp).toMatchObject(spoken);
  });

  it.each(["mail", "10.0.0.7", "[2001:db8::7]", "2001:db8::7", "mail.example.org"])(
    "may be at %s",
    async (host) => {
      expect((await emailOf({}, { host }))?.smtp.host).toBe(host.replace(/[[\]]/g, ""));
    },
  );

  it.each([
    ["mail.example.org:587", "; did you mean mail.example.org?"],
    ["smtps://mail.example.org", "; did you mean mail.example.org?"],
    ["mail example", ""],
    ["mail\r\nRCPT TO:<eve@evil.example>", ""],
    ["300.1.1.1", ""],
  ])("may not be at %j", async (host, meant) => {
    const [line] = await problemLines(mails({}, { host }));
    expect(line).toMatch(/^notify\.email\.smtp\.host: ".*" is not a host \(line 1\); write a name/);
    expect(line?.endsWith(`or an IP address${meant}`)).toBe(true);
  });
});

describe("mails are all configured or not at all", () => {
  it.each([
    [{ from: null }, {}, "smtp.host: mails also need notify.email.from (line 1)"],
    [
      { from: null, to: null },
      {},
      "smtp.host: mails also need notify.email.from and notify.email.to (line 1)",
    ],
    [
      { to: null },
      { host: null },
      "from: mails also need notify.email.smtp.host and notify.email.to (line 1)",
    ],
    [
      { from: null, to: null },
      { host: null, port: 25 },
      "smtp.port: mails also need notify.email.smtp.host and notify.email.from and notify.email.to (line 1)",
    ],
    [{}, { user: "watch" }, "smtp.user: needs notify.email.smtp.password too (line 1)"],
    [{}, { password: "x" }, "smtp.password: needs notify.email.smtp.user too (line 1)"],
    [
      { to: ["Ops <ops@example.org>", "dev@example.org", "OPS@example.org"] },
      {},
      'to[2]: "ops@example.org" is the same as notify.email.to[0] (line 1)',
    ],
    [
      {},
      { tls: { mode: "none", ca: "/ca.pem" } },
      "smtp.tls.ca: says nothing with tls.mode none, which looks at no certificate (line 1)",
    ],
    [
      {},
      { user: "watch", password: "x", tls: { mode: "opportunistic" } },
      'smtp.tls.mode: "opportunistic" would show the password to the network (line 1); write starttls or implicit',
    ],
  ])("%j, %j", async (changes, smtp, line) => {
    expect(await problemLines(mails(changes, smtp))).toEqual([`notify.email.${line}`]);
  });

  it.each([
    ["a filter alone", { smtp: {}, from: null, to: null, only: ["stale"] }],
    [
      "a password in the clear to this machine itself",
      { smtp: { host: "localhost", user: "u", password: "p", tls: { mode: "none" } } },
    ],
  ])("but %s is fine", async (_, changes) => {
    await expect(load(mails(changes))).resolves.toBeDefined();
  });
});

describe("the mail password", () => {
  const secret = { user: "watch", password: "S3CR3T-pa55" };

  it("is known to the log's mask and shown nowhere", async () => {
    const loaded = await load(mails({}, secret));
    expect(loaded.secrets).toEqual([secret.password]);
    const shown =
      renderEffective(loaded) + JSON.stringify([effectiveDocument(loaded), loaded.values]);
    expect(shown).not.toContain(secret.password);
  });

  it("comes from a file or a credential too", async () => {
    const { file } = mails({}, { user: "watch" });
    const files = { "/creds/notify.email.smtp.password": "from a credential\n" };
    const loaded = await load({ file, env: { CREDENTIALS_DIRECTORY: "/creds" }, files });
    expect(loaded.settings.notify.email?.smtp.login?.password).toBe("from a credential");
  });

  it.each([
    ["of two lines", { ...secret, password: "S3CR3T-pa55\nx" }],
    ["without a user", { password: secret.password }],
    ["to a server that is spoken to in the clear", { ...secret, tls: { mode: "none" } }],
  ])("that is wrong is not repeated: %s", async (_, smtp) => {
    expect((await problemLines(mails({}, smtp))).join("\n")).not.toContain("S3CR3T");
  });
});
