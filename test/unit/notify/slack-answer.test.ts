import { describe, expect, it } from "vitest";
import { failureCode } from "../../../src/notify/failure-code.ts";
import { deliveryOf, SLACK_ERRORS } from "../../../src/notify/slack-answer.ts";

const answer = (status: number, body = "", retryAfter: number | null = null) =>
  deliveryOf({ status, body, retryAfter });

describe("an answer of Slack", () => {
  it.each([
    [200, "ok", "200 ok"],
    [200, "", "200"],
    [204, "", "204"],
    [200, "<html>http://secret</html>", "200"],
  ])("%i %j delivered the message", (status, body, said) => {
    expect(answer(status, body)).toEqual({ outcome: "delivered", answer: said });
  });

  it.each([
    [400, "invalid_payload", /please report/],
    [400, "invalid_blocks", /please report/],
    [400, "user_not_found", /new incoming webhook/],
    [403, "action_prohibited", /administrator/],
    [403, "posting_to_general_channel_denied", /general channel/],
    [403, "invalid_token", /wrong or was revoked/],
    [403, "team_disabled", /workspace is disabled/],
    [404, "channel_not_found", /channel does not exist/],
    [404, "no_service", /revoked or is disabled/],
    [404, "no_team", /workspace does not exist/],
    [410, "channel_is_archived", /archived/],
  ])("%i %s is final, and comes with a hint", (status, body, hint) => {
    const delivery = answer(status, ` ${body}\n`);
    expect(delivery).toMatchObject({
      outcome: "refused",
      error: `Slack answered ${String(status)}: ${body}`,
    });
    expect(delivery).toHaveProperty("hint", expect.stringMatching(hint));
  });

  it.each([400, 403, 404, 410])("%i is final without a word, too", (status) => {
    const delivery = answer(status, "<html>/services/T0/B0/secret</html>");
    expect(delivery).toMatchObject({
      outcome: "refused",
      error: `Slack answered ${String(status)}`,
    });
    expect(JSON.stringify(delivery)).not.toContain("secret");
  });

  it.each([301, 302, 303, 307, 308])("%i is a redirect, which is final", (status) => {
    expect(answer(status)).toMatchObject({ outcome: "refused", hint: /final URL/ });
  });

  it.each([408, 429, 500, 502, 503, 504, 401, 407, 418])("%i is tried again", (status) => {
    expect(answer(status, "whatever", 7000)).toEqual({
      outcome: "retry",
      error: `Slack answered ${String(status)}`,
      retryAfter: 7000,
    });
  });

  it("names a known error that is tried again", () => {
    expect(answer(500, "rollup_error")).toMatchObject({
      error: "Slack answered 500: rollup_error",
    });
  });

  it.each(["__proto__", "constructor", "toString"])("is not fooled by %s", (body) => {
    expect(answer(404, body)).toMatchObject({ error: "Slack answered 404" });
  });

  it("has a hint for every documented error", () => {
    for (const hint of Object.values(SLACK_ERRORS)) expect(hint.length).toBeGreaterThan(10);
  });
});

describe("the code of a failed request", () => {
  const coded = (code: unknown, cause?: unknown) =>
    Object.assign(new Error("https://secret", { cause }), { code });
  it.each([
    ["its own", coded("ECONNREFUSED"), "ECONNREFUSED"],
    ["its cause's", new TypeError("fetch failed", { cause: coded("ENOTFOUND") }), "ENOTFOUND"],
    ["nothing that looks otherwise", coded("https://secret"), null],
    ["none", new Error("x"), null],
    ["none of a thrown string", "ECONNRESET", null],
    ["none of nothing", null, null],
  ])("is %s", (_, error, code) => {
    expect(failureCode(error)).toBe(code);
  });

  it("ends where causes go in a circle", () => {
    const error = new Error("a");
    error.cause = new Error("b", { cause: error });
    expect(failureCode(error)).toBeNull();
  });
});
