import type { SMTP_TLS_MODES, Values } from "./schema.ts";

export type SmtpTlsMode = (typeof SMTP_TLS_MODES)[number];

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** Null: nobody logs in. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly tls: {
    readonly mode: SmtpTlsMode;
    /** The path of a file in PEM form; null: the public authorities. */
    readonly ca: string | null;
  };
}

type SmtpValues = Values["notify"]["email"]["smtp"];

/** RFC 8314: submission over TLS from the start. */
const IMPLICIT_PORT = 465;
const PORTS: Readonly<Record<SmtpTlsMode, number>> = {
  implicit: IMPLICIT_PORT,
  starttls: 587,
  opportunistic: 25,
  none: 25,
};

/** Null without a server. The values must be free of contradictions. */
export function smtpSettings(smtp: SmtpValues): SmtpSettings | null {
  const { host, port, user, password, tls } = smtp;
  if (host === null) return null;
  const mode = smtpTlsMode(smtp);
  return {
    host,
    port: port ?? PORTS[mode],
    login: user === null || password === null ? null : { user, password },
    tls: { mode, ca: tls.ca },
  };
}

export function smtpTlsMode({ port, tls }: SmtpValues): SmtpTlsMode {
  return tls.mode ?? (port === IMPLICIT_PORT ? "implicit" : "starttls");
}
