import type { SmtpFailure, SmtpReply } from "./smtp-failure.ts";

const LOGIN = "check notify.email.smtp.user and notify.email.smtp.password";
const RELAY =
  "let the server relay for this host, or log in with notify.email.smtp.user and notify.email.smtp.password";
const ADDRESS = "check notify.email.smtp.host and notify.email.smtp.port";
const TLS = "notify.email.smtp.tls";

/** What to do about a failure. Decided by codes alone: servers' words are anybody's, in any language. */
export function hintFor(failure: SmtpFailure): string {
  const { command, reply } = failure;
  if (reply === null) return withoutAnswer(failure);
  if (command.startsWith("AUTH")) return aboutLogin(reply);
  if (command === "STARTTLS") return aboutStartTls(reply);
  const known = aboutCondition(reply);
  if (known !== null) return known;
  if (reply.code < 500) return `the server cannot take it now: it is tried again`;
  if (command.startsWith("MAIL")) return aboutSender();
  if (command.startsWith("RCPT")) return aboutRecipient(reply);
  if (command.startsWith("DATA"))
    return "the server does not take what the mail says: look for its spam filter, and let mails of this host through";
  return `the server turns this host away: ask who runs it, and ${ADDRESS}`;
}

function aboutLogin({ code, enhanced }: SmtpReply): string {
  if (code < 500) return "the server cannot check logins now: it is tried again";
  if (enhanced === "5.7.9" || code === 534)
    return `${LOGIN}; the provider wants a password made for applications`;
  if (code === 502 || code === 503 || code === 504)
    return `the server takes no login: leave notify.email.smtp.user out, or ${ADDRESS}`;
  return `${LOGIN}; some providers want a password made for applications`;
}

function aboutStartTls({ code }: SmtpReply): string {
  if (code === 454 || code === 421) return "the server cannot encrypt now: it is tried again";
  return `the server offers no STARTTLS: set ${TLS}.mode to implicit and its port, or to none for a server in the same trusted network`;
}

/** What the enhanced codes of RFC 3463 and RFC 7372 say more exactly than the command does. */
function aboutCondition({ code, enhanced }: SmtpReply): string | null {
  const detail = enhanced?.slice(2);
  if (code === 530)
    return `the server wants a login or encryption: set notify.email.smtp.user and notify.email.smtp.password, and look at ${TLS}.mode`;
  if (detail === "2.2" || code === 552 || code === 452)
    return "the mailbox or the server is full, or the mail is too large for it: ask who runs the server";
  if (detail === "3.4" || detail === "2.3") return "the mail is too large for the server";
  if (detail === "2.1") return "the mailbox is closed: correct notify.email.to";
  if (code === 421) return "the server is busy or about to stop: it is tried again";
  if (code === 450 || code === 451)
    return "usual where a server greets strangers by asking them to come again: it is tried again";
  return null;
}

function aboutSender(): string {
  return "the server does not take this sender: correct notify.email.from; it may have to be the address of notify.email.smtp.user";
}

function aboutRecipient({ code, enhanced }: SmtpReply): string {
  if (enhanced?.startsWith("5.7.") === true) return `relaying is denied: ${RELAY}`;
  if (enhanced?.startsWith("5.1.") === true || code === 551 || code === 553)
    return "there is no such mailbox: correct notify.email.to";
  return `there is no such mailbox, or relaying is denied: correct notify.email.to, or ${RELAY}`;
}

const UNTRUSTED: readonly string[] = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_UNTRUSTED",
];

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: `nobody listens there: ${ADDRESS}`,
  ENOTFOUND: `there is no such host: check notify.email.smtp.host`,
  EDNS: `there is no such host, or no name service: check notify.email.smtp.host`,
  EHOSTUNREACH: `the host cannot be reached: ${ADDRESS}`,
  ENETUNREACH: `the network cannot be reached: ${ADDRESS}`,
  CERT_HAS_EXPIRED: "the server's certificate has expired: renew it",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet: look at both clocks",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate is for another name: put a name that it has into notify.email.smtp.host",
  EPROTOCOL: `what answers there is no mail server: ${ADDRESS}`,
  ECA: `put the path of a file in PEM form, readable for the service, into ${TLS}.ca`,
};

function withoutAnswer({ code, timeout }: SmtpFailure): string {
  if (code !== null && UNTRUSTED.includes(code))
    return `nobody known has signed the server's certificate: put the file of the authority that did into ${TLS}.ca`;
  if (code?.startsWith("ERR_SSL_") === true)
    return `what answers there speaks no TLS as expected: check notify.email.smtp.port and ${TLS}.mode (implicit is for port 465, starttls for 587)`;
  if (timeout === "greeting")
    return `a port for TLS from the start greets nobody who does not begin with TLS: check notify.email.smtp.port and ${TLS}.mode`;
  if (timeout === "connection") return `a firewall may be in between: ${ADDRESS}`;
  return CODES[code ?? ""] ?? "it is tried again; a mail that did arrive bears the same Message-ID";
}
