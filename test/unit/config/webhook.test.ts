import { describe, expect, it } from "vitest";
import { renderEffective } from "../../../src/config/effective.ts";
import { load, problemLines } from "./sources.ts";

const URL = "https://hooks.example.org/s3cret-path";

function webhook(changes: Readonly<Record<string, unknown>>): { file: string } {
  return { file: JSON.stringify({ notify: { webhook: changes } }) };
}

describe("a webhook", () => {
  it("shows neither its URL nor its secret", async () => {
    const loaded = await load(webhook({ url: URL, secret: "s3cret-key" }));
    expect(renderEffective(loaded)).not.toContain("s3cret");
    expect(loaded.secrets).toEqual(expect.arrayContaining([URL, "s3cret-key"]));
  });

  it.each([
    [{ secret: "s3cret-key" }, "notify.webhook.secret: says nothing without a URL"],
    [{ format: "ntfy" }, "notify.webhook.format: says nothing without a URL"],
    [
      { format: "pagerduty", url: URL },
      "notify.webhook.format: pagerduty needs an integration key",
    ],
    [{ format: "ntfy", url: "https://ntfy.sh" }, "notify.webhook.url: names no topic"],
    [{ format: "ntfy", url: "https://ntfy.sh/a/" }, "notify.webhook.url: names no topic"],
    [{ format: "nfty", url: URL }, 'notify.webhook.format: "nfty" is not known'],
    [{ url: "ftp://s3cret.example" }, "is not an http or https URL"],
    [{ url: "https://user:s3cret@example.org/" }, "has credentials in it"],
    [{ url: `${URL}\n` }, "is not an http or https URL"],
    [{ url: [URL] }, "notify.webhook.url: "],
    [{ url: URL, secret: "a\ns3cret" }, "notify.webhook.secret: "],
  ])("is refused as %j, and nothing secret is repeated", async (changes, problem) => {
    const lines = await problemLines(webhook(changes));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(problem);
    expect(lines[0]).not.toContain("s3cret");
  });

  it.each([
    { format: "ntfy", url: "https://ntfy.example.org/alerts" },
    { format: "alertmanager", url: "http://alertmanager:9093" },
    { format: "pagerduty", url: "https://events.pagerduty.com/v2/enqueue", secret: "k" },
    { url: "http://receiver.lan/hook" },
  ])("may be %j", async (changes) => {
    expect((await load(webhook(changes))).settings.notify.webhook).toMatchObject(changes);
  });
});

describe("a mention", () => {
  it.each([
    [{ on: ["stale"] }, "notify.slack.mention.on: says nothing without somebody to mention"],
    [{ text: "@ops" }, 'notify.slack.mention.text: "@ops" is not a Slack mention'],
    [{ text: "<!here> <!channel>" }, "is not a Slack mention"],
    [{ text: "@here", on: ["stael"] }, "did you mean stale?"],
    [{ text: "@here", on: [] }, "the list is empty"],
  ])("is refused as %j", async (mention, problem) => {
    const file = JSON.stringify({ notify: { slack: { webhookUrl: URL, mention } } });
    const lines = await problemLines({ file });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(problem);
  });

  it("is written as Slack writes it", async () => {
    const file = JSON.stringify({ notify: { slack: { mention: { text: "S012AB3CD" } } } });
    const shown = renderEffective(await load({ file }));
    expect(shown).toContain('text: "<!subteam^S012AB3CD>"');
    const again = await load({ file: shown });
    expect(renderEffective(again)).toContain('text: "<!subteam^S012AB3CD>"');
  });
});

describe("a URL of the status page", () => {
  it.each(["ftp://status.example.org", "status.example.org", "https://a:b@status.example.org"])(
    "is not %s",
    async (publicUrl) => {
      const lines = await problemLines({ file: JSON.stringify({ status: { publicUrl } }) });
      expect(lines).toHaveLength(1);
    },
  );
});
