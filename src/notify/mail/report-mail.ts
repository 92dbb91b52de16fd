import { createHash } from "node:crypto";
import { reportText } from "../../domain/report/report-text.ts";
import type { Report } from "../../domain/report/report.ts";
import { headerText, mailText } from "../encode/mail-text.ts";
import type { Mail } from "./mail.ts";
import { standardHeaders } from "./headers.ts";
import { reportHtml } from "./report-html.ts";

/** The longest text of a container's or an image's that a report shows. */
const LONGEST = 300;

/** The mail of a report. All reports of an engine are one thread. */
export function reportMail(report: Report, domain: string): Mail {
  const { engine, to } = report;
  const thread = idOf("thread", `report ${engine}`, domain);
  const text = reportText(report, { safe: (foreign) => mailText(foreign, LONGEST) || "(empty)" });
  return {
    messageId: idOf("mail", JSON.stringify(report), domain),
    inReplyTo: thread,
    references: [thread],
    date: to,
    subject: `${headerText(engine, 60) || "an engine without a name"}: stalewatch report`,
    text: `${text}\n`,
    html: reportHtml(report),
    headers: standardHeaders(engine, domain),
  };
}

/** The same for the same report, whenever and to whomever it is sent. */
function idOf(kind: "thread" | "mail", key: string, domain: string): string {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `<stalewatch.report-${kind}.${hash}@${domain}>`;
}
