import { describe, expect } from "vitest";
import { startSlackSink, type SinkAnswer } from "../harness/slack-sink.ts";
import { errorDocument } from "./documents.ts";
import { it } from "./scene.ts";

describe.concurrent("test-notify", () => {
  it("sends a marked test and shows what came back", async ({ scene }) => {
    const { code, stdout } = await scene.stalewatch(["test-notify"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ok    slack: delivered (200 ok)\n" });
    const message = await scene.message();
    expect(message).toMatch(/^host-1: a test message\n/);
    expect(message).toContain("Test: somebody tried whether messages of stalewatch arrive here");
  });

  it.for([
    ["a revoked webhook", { kind: "status", status: 404, body: "no_service" }, "404: no_service"],
    ["too many messages", { kind: "status", status: 429 }, "Slack answered 429"],
    ["an error of Slack's own", { kind: "status", status: 500 }, "Slack answered 500"],
    ["a broken connection", { kind: "reset" }, "no answer from Slack: "],
    [
      "a redirect",
      { kind: "redirect", location: "http://127.0.0.1:9/" },
      "answered 302, a redirect, which is not followed",
    ],
  ] as const satisfies readonly (readonly [string, SinkAnswer, string])[])(
    "fails for %s, and says so",
    async ([, answer, error], { scene }) => {
      scene.slack.script(answer);
      const { code, stdout } = await scene.stalewatch(["test-notify"]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^FAIL {2}slack: /);
      expect(stdout).toContain(error);
    },
  );

  it("fails where nobody listens", async ({ scene }) => {
    const gone = await startSlackSink();
    await gone.close();
    const env = { STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: gone.webhookUrl };
    const { code, stdout } = await scene.stalewatch(["test-notify", "--json"], env);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      channels: [
        {
          channel: "slack",
          delivered: false,
          answer: null,
          error: "no answer from Slack: ECONNREFUSED",
          hint: "nothing listens there: look for a mistake in the URL's host and port",
        },
      ],
    });
  });

  it("works while the engine is down, under the engine's configured name", async ({ scene }) => {
    const env = { DOCKER_HOST: `unix://${scene.file("none.sock")}` };
    expect((await scene.stalewatch(["test-notify"], env)).code).toBe(0);
    expect(await scene.message()).toMatch(/^host-1: a test message\n/);
  });

  it("needs a channel", async ({ scene }) => {
    const env = { STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: "" };
    const { code, stdout } = await scene.stalewatch(["test-notify", "--json"], env);
    expect(code).toBe(3);
    expect(errorDocument(stdout).error.code).toBe("NO_CHANNEL");
  });
});
