import { describe, expect, it } from "vitest";
import { concealing } from "../../../src/notify/concealed.ts";
import { deliveryOf } from "../../../src/notify/smtp-answer.ts";
import { smtpFailureOf } from "../../../src/notify/smtp-failure.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { UNSEEN } from "./mrkdwn-reader.ts";

/** An error as nodemailer rejects with. */
function failed(fields: Readonly<Record<string, unknown>>): Error {
  return Object.assign(new Error("in the library's own words"), fields);
}

const answered = (command: string, response: string) =>
  deliveryOf(
    smtpFailureOf(failed({ command, response, responseCode: Number(response.slice(0, 3)) })),
    (text) => text,
  );
const unanswered = (fields: Readonly<Record<string, unknown>>) =>
  deliveryOf(smtpFailureOf(failed(fields)), (text) => text);

describe("an answer", () => {
  it.each([
    ["CONN", "421 4.3.2 busy", "retry"],
    ["CONN", "554 no service", "retry"],
    ["EHLO", "550 who are you", "retry"],
    ["STARTTLS", "454 4.7.0 not now", "retry"],
    ["STARTTLS", "502 5.5.1 unknown", "retry"],
    ["AUTH PLAIN", "454 4.7.0 not now", "retry"],
    ["AUTH PLAIN", "535 5.7.8 wrong", "refused"],
    ["AUTH LOGIN", "535 wrong", "refused"],
    ["AUTH PLAIN", "503 out of step", "retry"],
    ["MAIL FROM", "451 not now", "retry"],
    ["MAIL FROM", "550 5.7.1 not yours", "refused"],
    ["RCPT TO", "450 4.2.0 greylisted", "retry"],
    ["RCPT TO", "550 5.1.1 nobody", "refused"],
    ["RCPT TO", "551 not here", "refused"],
    ["DATA", "452 4.3.1 full", "retry"],
    ["DATA", "421 4.4.2 bye", "retry"],
    ["DATA", "503 5.5.1 out of step", "retry"],
    ["DATA", "552 5.3.4 too big", "refused"],
    ["DATA", "554 5.7.1 spam", "refused"],
  ])("to %s of %s: %s", (command, response, outcome) => {
    const delivery = answered(command, response);
    expect(delivery.outcome).toBe(outcome);
    expect(delivery).toHaveProperty("hint", expect.stringMatching(/\w{5}/));
  });

  it.each([
    [
      "AUTH PLAIN",
      "535 5.7.8 wrong",
      /check notify\.email\.smtp\.user and notify\.email\.smtp\.pass/,
    ],
    ["AUTH PLAIN", "534 5.7.9 app password", /made for applications/],
    ["AUTH PLAIN", "504 5.5.4 unknown mechanism", /takes no login/],
    ["STARTTLS", "502 5.5.1 unknown", /offers no STARTTLS/],
    ["STARTTLS", "454 4.7.0 not now", /cannot encrypt now/],
    ["MAIL FROM", "530 5.7.0 authenticate first", /wants a login or encryption/],
    ["MAIL FROM", "553 5.7.1 not yours", /correct notify\.email\.from/],
    ["RCPT TO", "550 5.1.1 nobody", /^there is no such mailbox: correct notify\.email\.to/],
    ["RCPT TO", "550 5.7.1 relaying denied", /^relaying is denied: let the server relay/],
    ["RCPT TO", "550 relaying denied", /^there is no such mailbox, or relaying is denied/],
    ["RCPT TO", "552 5.2.2 full", /full/],
    ["RCPT TO", "550 5.2.1 disabled", /closed/],
    ["DATA", "554 5.7.1 spam", /spam filter/],
    ["DATA", "550 5.2.3 too long", /too large/],
  ])("to %s of %s comes with what to do", (command, response, hint) => {
    expect(answered(command, response)).toHaveProperty("hint", expect.stringMatching(hint));
  });

  it("of many lines is one", () => {
    expect(
      answered("RCPT TO", "550-5.7.1 first\n550-5.7.1 second\n550 5.7.1 third"),
    ).toHaveProperty("error", "the mail server answered 550 5.7.1 to RCPT TO: first second third");
  });

  it("without words is told by its code", () => {
    expect(answered("DATA", "451")).toHaveProperty("error", "the mail server answered 451 to DATA");
  });

  it("to a login is told by its codes alone: it may repeat the password in any form", () => {
    expect(answered("AUTH PLAIN", "535 5.7.8 not hunter2")).toHaveProperty(
      "error",
      "the mail server answered 535 5.7.8 to AUTH PLAIN",
    );
  });

  it.each(Object.entries(HOSTILE_TEXTS))("is one visible line of bounded length: %s", (_, text) => {
    const delivery = answered("RCPT TO", `550 5.1.1 ${text}`);
    const error = delivery.outcome === "delivered" ? "" : delivery.error;
    expect(error).not.toMatch(UNSEEN);
    expect(error.length).toBeLessThan(300);
  });
});

describe("no answer", () => {
  it.each([
    [{ code: "ESOCKET", originalCode: "ECONNREFUSED" }, "ECONNREFUSED", /nobody listens/],
    [{ code: "EDNS", originalCode: "ENOTFOUND" }, "ENOTFOUND", /no such host/],
    [{ code: "ESOCKET", originalCode: "CERT_HAS_EXPIRED" }, "CERT_HAS_EXPIRED", /renew it/],
    [
      { code: "ESOCKET", originalCode: "SELF_SIGNED_CERT_IN_CHAIN" },
      "SELF_SIGNED_CERT_IN_CHAIN",
      /notify\.email\.smtp\.tls\.ca/,
    ],
    [
      { code: "ESOCKET", originalCode: "ERR_TLS_CERT_ALTNAME_INVALID" },
      "ERR_TLS_CERT_ALTNAME_INVALID",
      /another name/,
    ],
    [
      { code: "ESOCKET", originalCode: "ERR_SSL_WRONG_VERSION_NUMBER" },
      "ERR_SSL_WRONG_VERSION_NUMBER",
      /port 465/,
    ],
    [{ code: "EPROTOCOL" }, "EPROTOCOL", /no mail server/],
    [{ code: "http://secret.example" }, "the connection failed", /same Message-ID/],
    [{}, "the connection failed", /same Message-ID/],
  ])("%j is tried again", (fields, said, hint) => {
    const delivery = unanswered(fields);
    expect(delivery).toEqual({
      outcome: "retry",
      error: `no answer from the mail server: ${said}`,
      hint: expect.stringMatching(hint) as string,
      retryAfter: null,
    });
  });

  it.each([
    ["CONNECT_TIMEOUT", "no connection to the mail server in time", /firewall/],
    ["GREETING_TIMEOUT", "the mail server did not greet in time", /tls\.mode/],
    ["UPGRADE_TIMEOUT", "the mail server did not get through with encryption in time", /again/],
    ["SOCKET_TIMEOUT", "the mail server stopped answering", /same Message-ID/],
  ])("in time: %s", (timeoutType, error, hint) => {
    const delivery = unanswered({ code: "ETIMEDOUT", timeoutType });
    expect(delivery).toMatchObject({ outcome: "retry", error });
    expect(delivery).toHaveProperty("hint", expect.stringMatching(hint));
  });

  it.each([undefined, null, "text", 7, new TypeError("a mistake")])(
    "nor an error of the library, but %j, is tried again",
    (thrown) => {
      expect(deliveryOf(smtpFailureOf(thrown), (text) => text).outcome).toBe("retry");
    },
  );
});

describe("a password", () => {
  const conceal = concealing({ user: "watch", password: "p$& w" });

  it.each([
    ["in plain text", "you said p$& w!"],
    ["as LOGIN says it", `you said ${Buffer.from("p$& w").toString("base64")}!`],
    ["as PLAIN says it", `you said ${Buffer.from("\0watch\0p$& w").toString("base64")}!`],
  ])("is taken out of a text %s", (_, text) => {
    expect(conceal(text)).toBe("you said …!");
  });

  it("leaves other texts as they are", () => {
    expect(conceal("queued as 4F2A91C")).toBe("queued as 4F2A91C");
  });
});
