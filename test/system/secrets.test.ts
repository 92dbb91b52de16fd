import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { type SinkAnswer, SINK_PATH } from "../harness/slack-sink.ts";
import { eventually } from "../harness/wait.ts";
import { events, it, type Scene } from "./scene.ts";

const SECRET = SINK_PATH.split("/").at(-1) ?? "";

/** All that a Slack, or somebody in its place, can do to get its address repeated. */
const FAILURES: readonly (readonly [string, SinkAnswer])[] = [
  ["is not found", { kind: "status", status: 404, body: `no such page: ${SINK_PATH}` }],
  ["resets the connection", { kind: "reset" }],
  ["redirects to itself", { kind: "redirect", location: `${SINK_PATH}?again` }],
  ["breaks off", { kind: "close-mid-answer" }],
  ["quotes the address", { kind: "status", status: 500, body: `error at ${SINK_PATH}` }],
  ["asks to wait", { kind: "status", status: 429, headers: { "retry-after": "1" } }],
];

function filesOf(directory: string): string {
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "latin1"))
    .join("\n");
}

async function everyCommand(scene: Scene, web: string, answer: SinkAnswer): Promise<string> {
  const said: string[] = [];
  for (const json of [[], ["--json"]])
    for (const command of ["config", "doctor", "history", "test-notify", "check"]) {
      if (command === "test-notify") scene.slack.script(answer);
      const { stdout, stderr } = await scene.stalewatch([command, ...json]);
      said.push(stdout, stderr);
    }
  const { stdout, stderr } = await scene.stalewatch(["ack", web, "--json"]);
  return [...said, stdout, stderr].join("\n");
}

describe.concurrent("the webhook's address", () => {
  // A dozen commands each, all at once with the others': a busy machine takes its time.
  it.for(FAILURES)(
    "is nowhere to be found when Slack %s",
    { timeout: 240_000 },
    async ([, answer], { scene }) => {
      const web = await scene.startStale("web");
      scene.slack.script(answer);
      const daemon = scene.daemon();
      await scene.message();
      await daemon.logged("scan");
      const told = /^(delivered|delivery-postponed|dead-letter)$/;
      await eventually("it says how it went", () =>
        daemon.log.some(({ event }) => told.test(event)),
      );
      const commandLine = readFileSync(`/proc/${String(daemon.pid)}/cmdline`, "latin1");
      const whileItRuns = filesOf(scene.state);
      const commands = await everyCommand(scene, web.name, answer);
      await daemon.stop();
      const all = {
        commandLine,
        whileItRuns,
        commands,
        state: filesOf(scene.state),
        log: daemon.raw.join("\n"),
        stdout: daemon.stdout(),
      };
      for (const [where, text] of Object.entries(all))
        expect(text, where).not.toMatch(new RegExp(`${SECRET}|B0SINK000`));
      expect(events(daemon, "stale")).toHaveLength(1);
    },
  );

  it.for([
    ["one step too high", "notify:\n  slack: $$URL\n"],
    ["as a list", "notify:\n  slack:\n    webhookUrl: [$URL]\n"],
    ["under a misspelt key", "notify:\n  slack:\n    webhookURL: $URL\n"],
    ["without https", "notify:\n  slack:\n    webhookUrl: ftp://hooks.example$PATH\n"],
    ["with a line break in it", 'notify:\n  slack:\n    webhookUrl: "$URL\\nX"\n'],
    ["in broken YAML", "notify:\n  slack: { webhookUrl: $URL, [\n"],
    ["twice", "notify:\n  slack:\n    webhookUrl: $URL\n    webhookUrl: $URL2\n"],
  ])("is not repeated when it is written %s", async ([, template = ""], { scene }) => {
    const url = scene.slack.webhookUrl;
    const yaml = template.replaceAll("$URL", () => url).replaceAll("$PATH", () => SINK_PATH);
    const file = scene.file("stalewatch.yaml", yaml);
    for (const command of [["run"], ["config"], ["doctor"], ["config", "--json"]]) {
      const { code, stdout, stderr } = await scene.stalewatch(["--config", file, ...command], {
        STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: "",
      });
      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toContain(SECRET);
      expect(stdout + stderr).toMatch(/has (a problem|\d problems):/);
    }
  });

  it("is not repeated when its variable is misspelt", async ({ scene }) => {
    const { code, stderr } = await scene.stalewatch(["run"], {
      STALEWATCH_NOTIFY_SLACK_WEBHOOKURL: scene.slack.webhookUrl,
    });
    expect(code).toBe(78);
    expect(stderr).toContain("STALEWATCH_NOTIFY_SLACK_WEBHOOKURL: unknown variable");
    expect(stderr).toContain("did you mean STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL?");
    expect(stderr).not.toContain(SECRET);
  });
});
