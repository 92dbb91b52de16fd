import { describe, expect, it, vi } from "vitest";
import { effectiveDocument, renderEffective } from "../../../src/config/effective.ts";
import { MASK } from "../../../src/config/read-givens.ts";
import { errorOf, load, type Sources } from "./sources.ts";

const SECRET = "T0S3CR3T";
const URL_ENV = "STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL";
const credential = (content: string): Sources => ({
  env: { CREDENTIALS_DIRECTORY: "/creds" },
  files: { "/creds/notify.slack.webhookUrl": content },
});

describe("a secret", () => {
  const good = `https://hooks.slack.com/services/${SECRET}`;

  it.each<[string, Sources]>([
    ["the file", { file: `notify: { slack: { webhookUrl: "${good}" } }` }],
    ["the environment", { env: { [URL_ENV]: good } }],
    ["a file", { env: { [`${URL_ENV}_FILE`]: "/s" }, files: { "/s": good } }],
    ["a credential", credential(good)],
  ])("from %s is known to the log's mask and shown nowhere", async (_, sources) => {
    const loaded = await load(sources);
    expect(loaded.secrets).toEqual([good]);
    expect(loaded.settings.notify.slack?.webhookUrl).toBe(good);
    const shown =
      renderEffective(loaded) + JSON.stringify([effectiveDocument(loaded), loaded.values]);
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain(MASK);
  });

  it("that is overridden is masked in the log too", async () => {
    const file = "notify: { slack: { webhookUrl: https://old/ } }";
    expect((await load({ file, env: { [URL_ENV]: good } })).secrets).toEqual([
      good,
      "https://old/",
    ]);
  });

  it.each<[string, Sources]>([
    ["no URL", { env: { [URL_ENV]: SECRET } }],
    ["no https", { env: { [URL_ENV]: `http://hooks.slack.com/${SECRET}` } }],
    ["with credentials", { env: { [URL_ENV]: `https://me:${SECRET}@hooks.slack.com/` } }],
    ["of two lines", credential(`https://hooks.slack.com/\n${SECRET}`)],
    ["a list", { file: `notify: { slack: { webhookUrl: [${SECRET}] } }` }],
    ["one step too high", { file: `notify:\n  slack: https://hooks.slack.com/${SECRET}` }],
    ["as a key", { file: `notify:\n  slack:\n    https://hooks.slack.com/${SECRET}: x` }],
    ["as a key that is a list", { file: `notify: { slack: { ? [${good}] : x } }` }],
    ["under a wrong key", { file: `notify: { slack: { webhok: ${SECRET} } }` }],
    ["under the key of another type", { file: `notify: { slack: { only: "${good}" } }` }],
    ["with a quote left open", { file: `notify: { slack: { webhookUrl: "${SECRET}` }],
    ["in a broken line", { file: `notify:\n  slack: { webhookUrl: x } ${SECRET}` }],
    ["behind a bad escape", { file: `notify: { slack: { webhookUrl: "\\xzz${SECRET}" } }` }],
    ["as an alias", { file: `notify: { slack: { webhookUrl: *${SECRET} } }` }],
    ["as a tag", { file: `notify: { slack: { webhookUrl: !${SECRET} x } }` }],
    ["twice", { file: `notify: { slack: { webhookUrl: ${SECRET}, webhookUrl: ${SECRET} } }` }],
  ])("that is wrong is not repeated: %s", async (_, sources) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const error = await errorOf(sources);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
    expect(error.message + JSON.stringify(error.problems) + String(error.stack)).not.toContain(
      SECRET,
    );
  });
});

describe("notify.slack.webhookUrl", () => {
  it.each([
    "https://hooks.slack.com/services/T/B/x",
    "http://127.0.0.1:8080/hook",
    "http://localhost/hook",
    "http://[::1]:1/hook",
  ])("may be %s", async (url) => {
    const { settings } = await load({ env: { [URL_ENV]: url } });
    expect(settings.notify.slack?.webhookUrl).toBe(url);
  });

  it.each([
    ["http://hooks.slack.com/x", "is not encrypted: http would show the message to the network"],
    [
      "http://127.0.0.1.example.com/",
      "is not encrypted: http would show the message to the network",
    ],
    ["https://me:pw@hooks.slack.com/", "has credentials in it"],
    ["ftp://hooks.slack.com/", "is not an https URL"],
    ["hooks.slack.com/services", "is not an https URL"],
    [" https://hooks.slack.com/", "is not an https URL"],
  ])("may not be %s", async (url, fault) => {
    const { problems } = await errorOf({ env: { [URL_ENV]: url } });
    expect(problems.map((problem) => [problem.found, problem.fault])).toEqual([
      [`"${MASK}"`, fault],
    ]);
  });
});
