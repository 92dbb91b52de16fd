/** What the other side said, in SMTP's terms. */
export interface SmtpReply {
  /** `550` */
  readonly code: number;
  /** `5.1.1`; null where the server knows none. */
  readonly enhanced: string | null;
  /** The rest of it. Foreign, and it may repeat what was said to the server. */
  readonly text: string;
}

/** Why a mail did not go through, without the mail library's own words. */
export interface SmtpFailure {
  /** The command that was answered: `RCPT TO`, `AUTH PLAIN`; `CONN` where none was. */
  readonly command: string;
  /** null where nothing was answered. */
  readonly reply: SmtpReply | null;
  /** The kind of failure, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`; null where there is none. */
  readonly code: string | null;
  /** What was waited for in vain. */
  readonly timeout: "connection" | "greeting" | "encryption" | "answer" | null;
}

const TIMEOUTS: Readonly<Record<string, SmtpFailure["timeout"]>> = {
  CONNECT_TIMEOUT: "connection",
  GREETING_TIMEOUT: "greeting",
  UPGRADE_TIMEOUT: "encryption",
  SOCKET_TIMEOUT: "answer",
};

/** From what nodemailer rejects with. */
export function smtpFailureOf(error: unknown): SmtpFailure {
  const fields: Readonly<Record<string, unknown>> =
    typeof error === "object" && error !== null ? { ...error } : {};
  const { command, response, responseCode, timeoutType, originalCode, code } = fields;
  return {
    command: typeof command === "string" ? command : "CONN",
    reply: replyOf(response, responseCode),
    code: [originalCode, code].find(isCode) ?? null,
    timeout: TIMEOUTS[String(timeoutType)] ?? null,
  };
}

function replyOf(response: unknown, code: unknown): SmtpReply | null {
  if (typeof response !== "string" || typeof code !== "number" || code < 200 || code > 599)
    return null;
  // The codes stand at the beginning of every line.
  const text = response.replaceAll(/(^|\n)\d{3}[ -]?(?:\d\.\d{1,3}\.\d{1,3}(?: |$))?/g, "$1");
  return { code, enhanced: /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? null, text };
}

function isCode(value: unknown): value is string {
  return typeof value === "string" && /^[A-Z][A-Z0-9_]{2,50}$/.test(value);
}
