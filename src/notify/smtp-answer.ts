import type { Delivery } from "./channel.ts";
import { mailText } from "./encode/mail-text.ts";
import { hintFor } from "./smtp-hint.ts";
import type { SmtpFailure, SmtpReply } from "./smtp-failure.ts";

const TEXT_AT_MOST = 200;

/** What a failure means for the mail. `conceal` takes out of a server's words what must not be shown. */
export function deliveryOf(failure: SmtpFailure, conceal: (text: string) => string): Delivery {
  const error = errorText(failure, conceal);
  const hint = hintFor(failure);
  return isRefusal(failure)
    ? { outcome: "refused", error, hint }
    : { outcome: "retry", error, hint, retryAfter: null };
}

/** Only a 5xx to the login or to the mail itself is for good. One before that turns away everybody, or this host: such
 *  things are mended, and the mail was not even mentioned. 503 says that the session got out of step. */
function isRefusal({ command, reply }: SmtpFailure): boolean {
  return reply !== null && reply.code >= 500 && reply.code !== 503 && isAboutMail(command);
}

function isAboutMail(command: string): boolean {
  return /^(AUTH|MAIL|RCPT|DATA)\b/.test(command);
}

function errorText(failure: SmtpFailure, conceal: (text: string) => string): string {
  const { command, reply, code, timeout } = failure;
  if (reply !== null) return answered(command, reply, conceal);
  switch (timeout) {
    case "connection":
      return "no connection to the mail server in time";
    case "greeting":
      return "the mail server did not greet in time";
    case "encryption":
      return "the mail server did not get through with encryption in time";
    case "answer":
      return "the mail server stopped answering";
    case null:
      return code === "ECONNECTION"
        ? "the mail server hung up"
        : `no answer from the mail server: ${code ?? "the connection failed"}`;
  }
}

/** What is said of a login may repeat it in some form: only its codes are shown. */
function answered(
  command: string,
  { code, enhanced, text }: SmtpReply,
  conceal: (text: string) => string,
): string {
  const codes = enhanced === null ? String(code) : `${code} ${enhanced}`;
  const words = command.startsWith("AUTH") ? "" : mailText(conceal(text), TEXT_AT_MOST);
  const to = command === "CONN" ? "" : ` to ${command}`;
  return `the mail server answered ${codes}${to}${words === "" ? "" : `: ${words}`}`;
}
