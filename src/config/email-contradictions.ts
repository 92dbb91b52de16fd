import type { Contradiction } from "./contradictions.ts";
import type { Values } from "./schema.ts";
import { smtpTlsMode } from "./smtp-settings.ts";
import { faultAt, type Fault } from "./value-type.ts";
import { LOOPBACK } from "./web-url.ts";

type EmailValues = Values["notify"]["email"];

const at = (...steps: readonly (string | number)[]): Fault["at"] => ["notify", "email", ...steps];
const path = (key: string): string => `notify.email.${key}`;

const SMTP_KEYS = ["host", "port", "user", "password", "tls.mode", "tls.ca"].map((key) =>
  path(`smtp.${key}`),
);

/** What is wrong with the mails' settings, taken together. */
export const EMAIL_CONTRADICTIONS: readonly Contradiction[] = [
  { among: [...SMTP_KEYS, path("from"), path("to")], find: halfConfigured },
  { among: [path("smtp.user"), path("smtp.password")], find: halfALogin },
  { among: SMTP_KEYS, find: readablePassword },
  { among: SMTP_KEYS, find: authorityWithoutCheck },
  { among: [path("to")], find: toldTwice },
];

/** A person who wrote any of it wants mails: to send none would be silence by mistake. */
function halfConfigured({ notify: { email } }: Values): readonly Fault[] {
  const needed = { "smtp.host": email.smtp.host, from: email.from, to: email.to };
  const missing = Object.entries(needed).flatMap(([key, value]) => (value === null ? [key] : []));
  const said = firstSaid(email);
  if (said === null || missing.length === 0) return [];
  const fault = `mails also need ${missing.map(path).join(" and ")}`;
  return [faultAt(at(...said.split(".")), undefined, fault)];
}

function firstSaid({ smtp, from, to }: EmailValues): string | null {
  const said = {
    "smtp.host": smtp.host,
    "smtp.port": smtp.port,
    "smtp.user": smtp.user,
    "smtp.password": smtp.password,
    "smtp.tls.mode": smtp.tls.mode,
    "smtp.tls.ca": smtp.tls.ca,
    from,
    to,
  };
  return Object.entries(said).find(([, value]) => value !== null)?.[0] ?? null;
}

function halfALogin({ notify }: Values): readonly Fault[] {
  const { user, password } = notify.email.smtp;
  if ((user === null) === (password === null)) return [];
  const [set, unset] = user === null ? ["password", "user"] : ["user", "password"];
  return [faultAt(at("smtp", set), undefined, `needs ${path(`smtp.${unset}`)} too`)];
}

/** Also for `opportunistic`: whoever sits on the line can take the server's offer of STARTTLS away. */
function readablePassword({ notify: { email } }: Values): readonly Fault[] {
  const { host, password } = email.smtp;
  const mode = smtpTlsMode(email.smtp);
  if (password === null || host === null || isEncrypted(mode) || LOOPBACK.includes(host)) return [];
  const fault = `"${mode}" would show the password to the network`;
  const allowed = "write starttls or implicit";
  return [faultAt(at("smtp", "tls", "mode"), undefined, fault, { allowed })];
}

function authorityWithoutCheck({ notify: { email } }: Values): readonly Fault[] {
  const mode = smtpTlsMode(email.smtp);
  if (email.smtp.tls.ca === null || isEncrypted(mode)) return [];
  const fault = `says nothing with tls.mode ${mode}, which looks at no certificate`;
  return [faultAt(at("smtp", "tls", "ca"), undefined, fault)];
}

function isEncrypted(mode: string): boolean {
  return mode === "starttls" || mode === "implicit";
}

function toldTwice({ notify }: Values): readonly Fault[] {
  const addresses = (notify.email.to ?? []).map(({ address }) => address.toLowerCase());
  return addresses.flatMap((address, index) => {
    const first = addresses.indexOf(address);
    const fault = `is the same as ${path(`to[${first}]`)}`;
    return first === index ? [] : [faultAt(at("to", index), address, fault)];
  });
}
