import { describe, expect, it } from "vitest";
import { reportOf } from "../../../../src/domain/report/report.ts";
import { columns } from "../../../../src/notify/mail/columns.ts";
import { mailOf, type Mail } from "../../../../src/notify/mail/mail.ts";
import { HOSTILE_TEXTS } from "../../../harness/hostile-texts.ts";
import { DAY, NOTHING, past, pastHeal, TO, weekReport } from "../../domain/report-samples.ts";
import { UNSEEN } from "../mrkdwn-reader.ts";

const mail = (report: ReturnType<typeof reportOf>): Mail =>
  mailOf({ engine: report.engine, at: report.to, items: [], report }, "example.org");

describe("the mail of a report", () => {
  it("says the same in both parts", () => {
    const { subject, text, html } = mail(weekReport());
    expect(subject).toBe("host-1: stalewatch report");
    expect(text).toContain("Containers: 41 fresh, 1 pending, 1 stale, 2 untracked, 3 excluded");
    expect(html).toContain("41 fresh, 1 pending, 1 stale, 2 untracked, 3 excluded");
    expect(html).toContain("infra2-web-1</nobr></code> for 30 h");
  });

  it("is one thread with all reports of an engine, and has an ID of its own", () => {
    const [first, second] = [mail(weekReport()), mail(reportOf({ ...NOTHING, to: TO + 7 * DAY }))];
    expect(second.references).toEqual(first.references);
    expect(second.messageId).not.toBe(first.messageId);
    expect(mail(weekReport()).messageId).toBe(first.messageId);
  });

  it("of an empty period says so", () => {
    expect(mail(reportOf(NOTHING)).text).toContain("No incident was opened or resolved");
    expect(mail(reportOf(NOTHING)).html).toContain("Nothing is stale");
  });

  it("of 500 stale containers stays below 100 kB, and says what it leaves out", () => {
    const incidents = Array.from({ length: 500 }, (_, i) =>
      past(`a-long-name-${String(i)}-of-a-container`, { since: 20, ended: null }),
    );
    const { text, html } = mail(reportOf({ ...NOTHING, incidents }));
    expect(text.length + html.length).toBeLessThan(100_000);
    expect(html).toContain("… and 460 more");
    expect(text).toContain("… and 480 more");
  });

  it.each(Object.entries(HOSTILE_TEXTS))("takes %s for nothing but text", (_, hostile) => {
    const report = reportOf({
      ...NOTHING,
      engine: hostile,
      incidents: [{ ...past(hostile, { since: 20, ended: null }), reason: hostile }],
      heals: [pastHeal(hostile, 10, { outcome: "failed", detail: hostile })],
    });
    const { subject, text, html, headers } = mail(report);
    for (const line of [subject, ...Object.values(headers)]) expect(line).not.toMatch(/[\r\n]/);
    expect(text.replaceAll("\n", "")).not.toMatch(UNSEEN);
    expect(Math.max(...text.split("\n").map(columns))).toBeLessThanOrEqual(80);
    expect(html.replaceAll("\n", "")).not.toMatch(UNSEEN);
    expect(html).not.toMatch(/<(?:script|img|a|iframe|svg|form)\b/i);
  });
});
