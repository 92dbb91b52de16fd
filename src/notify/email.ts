import type { SendMailOptions } from "nodemailer";
import type { Milliseconds } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";
import type { Channel, Delivery } from "./channel.ts";
import { concealing } from "./concealed.ts";
import { TIMEOUTS, type EmailSettings, type MailAddress } from "./email-settings.ts";
import { mailText } from "./encode/mail-text.ts";
import { lingering } from "./lingering.ts";
import { mailOf, senderName, type Mail } from "./mail/mail.ts";
import { taking } from "./routing.ts";
import { deliveryOf } from "./smtp-answer.ts";
import { smtpFailureOf } from "./smtp-failure.ts";
import { authority, transportOptions } from "./smtp-options.ts";
import { turnstile } from "./turnstile.ts";

/** Some providers let nobody in more often than three times at once. */
const CONNECTIONS_AT_ONCE = 2;
const ANSWER_AT_MOST = 120;

/** A channel for each recipient: what one server refuses for one mailbox keeps nobody else from getting their mail,
 *  and nobody gets one twice for another's sake. */
export function emailChannels(settings: EmailSettings): readonly Channel[] {
  const doors = turnstile(CONNECTIONS_AT_ONCE);
  const takes = taking(settings);
  return settings.to.map((recipient) => ({
    name: `email:${recipient.address}`,
    reports: true,
    takes,
    send: (bulletin, signal) =>
      doors.pass(() => send(settings, recipient, bulletin, signal), signal),
  }));
}

async function send(
  settings: EmailSettings,
  recipient: MailAddress,
  bulletin: Bulletin,
  signal: AbortSignal,
): Promise<Delivery> {
  const ca = await authority(settings.smtp);
  if ("outcome" in ca) return ca;
  signal.throwIfAborted();
  const timeouts = { ...TIMEOUTS, ...settings.timeouts };
  const conceal = settings.smtp.login === null ? asItIs : concealing(settings.smtp.login);
  using abort = lingering(signal, timeouts.lastWord);
  const over = AbortSignal.any([abort.signal, AbortSignal.timeout(timeouts.whole)]);
  try {
    const { createTransport } = await import("nodemailer");
    const transport = createTransport(transportOptions(settings.smtp, ca.pem, timeouts));
    const mail = mailTo(settings, recipient, bulletin);
    const { response } = await transport.sendMail({ ...mail, signal: over });
    return { outcome: "delivered", answer: mailText(conceal(response), ANSWER_AT_MOST) };
  } catch (error) {
    const failure = smtpFailureOf(error);
    if (failure.code !== "EABORT") return deliveryOf(failure, conceal);
    signal.throwIfAborted();
    return tooSlow(timeouts.whole);
  }
}

const asItIs = (text: string): string => text;

function tooSlow(whole: Milliseconds): Delivery {
  return {
    outcome: "retry",
    error: `the mail server did not take the mail within ${whole / 1000} s`,
    retryAfter: null,
    hint: "the server or the line to it is overloaded: it is tried again",
  };
}

/** Everybody sees who else gets it; the envelope is for one. */
function mailTo(
  { from, to }: EmailSettings,
  recipient: MailAddress,
  bulletin: Bulletin,
): SendMailOptions {
  return {
    ...contents(mailOf(bulletin, domainOf(from))),
    from: { name: from.name ?? senderName(bulletin.engine), address: from.address },
    to: to.map(({ name, address }) => ({ name: name ?? "", address })),
    envelope: { from: from.address, to: [recipient.address] },
  };
}

function contents({ date, references, ...mail }: Mail): SendMailOptions {
  return {
    ...mail,
    references: [...references],
    date: new Date(date),
    // What the sizes of the parts are counted in.
    textEncoding: "quoted-printable",
    xMailer: false,
  };
}

function domainOf({ address }: MailAddress): string {
  return address.slice(address.lastIndexOf("@") + 1);
}
