import type { EpochMs } from "../../domain/ids.ts";
import type { Bulletin } from "../../domain/news.ts";
import { headerText } from "../encode/mail-text.ts";
import { standardHeaders } from "./headers.ts";
import { htmlPart } from "./html-part.ts";
import { reportMail } from "./report-mail.ts";
import { subjectOf } from "./subject.ts";
import { textPart } from "./text-part.ts";
import { threadOf } from "./thread.ts";

/** A mail but for who sends it to whom. The same bulletin always makes the same mail, so that what is sent twice can
 *  be told by its ID. */
export interface Mail {
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
  readonly date: EpochMs;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** All further headers, in ASCII. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `domain` is that of the sender's address. */
export function mailOf(bulletin: Bulletin, domain: string): Mail {
  if (bulletin.report !== undefined) return reportMail(bulletin.report, domain);
  const { oldest, roots, messageId } = threadOf(bulletin, domain);
  return {
    messageId,
    inReplyTo: roots[0] ?? messageId,
    references: roots,
    date: bulletin.at,
    subject: subjectOf(bulletin.engine, oldest),
    text: textPart(bulletin),
    html: htmlPart(bulletin),
    headers: standardHeaders(bulletin.engine, domain),
  };
}

/** What mails bear as their sender's name where the configuration has none. */
export function senderName(engine: string): string {
  return `stalewatch on ${headerText(engine, 60) || "an engine"}`;
}
