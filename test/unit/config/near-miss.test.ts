import { describe, expect, it } from "vitest";
import { nearest } from "../../../src/config/near-miss.ts";

describe("what was probably meant", () => {
  it.each([
    ["grcae", ["grace", "rules"], "grace"],
    ["rule", ["grace", "rules"], "rules"],
    ["TAGS", ["tags", "mode"], "tags"],
    ["web-hook-url", ["webhookUrl"], "webhookUrl"],
    ["warning", ["error", "warn"], "warn"],
    ["slackWebhook", ["notify.slack", "notify.slack.webhookUrl"], "notify.slack.webhookUrl"],
    ["tag", ["tags", "tang"], "tags"],
  ])("%s of %j", (text, candidates, expected) => {
    expect(nearest(text, candidates)).toBe(expected);
  });

  it.each([["auto"], ["x"], [""], ["--"], ["m"]])("is nobody's guess: %j", (text) => {
    expect(nearest(text, ["alert", "heal", "schedule"])).toBeNull();
  });
});
