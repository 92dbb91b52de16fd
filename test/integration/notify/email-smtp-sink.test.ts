import { describe, expect, it } from "vitest";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { startSmtpSink } from "../../harness/smtp-sink.ts";
import { NOW } from "../../unit/notify/news-samples.ts";
import { mailChannel } from "./mail-channel.ts";

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
/** Debian's packages may have to be fetched first. */
const FIRST = 300_000;

/** What became of a mail, and the mails that Postfix's stand-in took. */
async function through(flags: readonly string[]) {
  const sink = await startSmtpSink(flags);
  try {
    const delivery = await mailChannel(sink.port).send(hello, never);
    return { delivery, mails: sink.mails() };
  } finally {
    await sink.close();
  }
}

describe("Postfix's smtp-sink", () => {
  it.each([
    ["without a fault", []],
    ["that knows no pipelining", ["-p"]],
    ["that knows no ESMTP", ["-e"]],
    ["that takes its time", ["-w", "1"]],
  ])("%s gets the mail", { timeout: FIRST }, async (_, flags) => {
    const { delivery, mails } = await through(flags);
    expect(delivery).toEqual({ outcome: "delivered", answer: "250 2.0.0 Ok" });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatch(/^Subject: host-1: a test message$/m);
    expect(mails[0]).toMatch(/^X-Rcpt-Args: <ops@example\.org>/m);
  });

  it.each([
    ["at the greeting", ["-r", "CONNECT"], "450 4.3.0"],
    ["at the greeting for good", ["-f", "CONNECT"], "500 5.3.0"],
    ["at MAIL", ["-r", "MAIL"], "450 4.3.0 to MAIL FROM"],
    ["at RCPT", ["-r", "RCPT"], "450 4.3.0 to RCPT TO"],
    ["at DATA", ["-r", "DATA"], "450 4.3.0 to DATA"],
    ["at the end of the mail", ["-r", "."], "450 4.3.0 to DATA"],
    ["at DATA with 421", ["-Q", "DATA"], "421 4.0.0 to DATA"],
  ])("that fails %s leaves the mail to be sent again", async (_, flags, error) => {
    const { delivery } = await through(flags);
    expect(delivery).toMatchObject({
      outcome: "retry",
      error: expect.stringContaining(`the mail server answered ${error}`) as string,
    });
  });

  it.each([
    ["at MAIL", ["-f", "MAIL"], "500 5.3.0 to MAIL FROM"],
    ["at RCPT", ["-f", "RCPT"], "500 5.3.0 to RCPT TO"],
    ["at DATA", ["-f", "DATA"], "500 5.3.0 to DATA"],
    ["at the end of the mail", ["-f", "."], "500 5.3.0 to DATA"],
  ])("that refuses %s has it given up, with a hint", async (_, flags, error) => {
    const { delivery } = await through(flags);
    expect(delivery).toMatchObject({
      outcome: "refused",
      error: expect.stringContaining(`the mail server answered ${error}`) as string,
      hint: expect.stringMatching(/\w{5}/) as string,
    });
  });

  it.each(["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])(
    "that hangs up at %s leaves the mail to be sent again",
    async (command) => {
      const { delivery } = await through(["-q", command]);
      expect(delivery).toMatchObject({ outcome: "retry", error: "the mail server hung up" });
    },
  );
});
