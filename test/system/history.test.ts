import { describe, expect } from "vitest";
import { imageId, isoTime, shortId } from "./documents.ts";
import { it } from "./scene.ts";

describe.concurrent("history", () => {
  it("lists incidents, newest first, and how they ended", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await scene.message();
    await scene.recreate(web);
    await scene.message();
    const api = await scene.startStale("api");
    await scene.message();
    await daemon.stop();

    const { stdout, code } = await scene.stalewatch(["history"]);
    expect(code).toBe(0);
    const [title, ...rows] = stdout.split("\n");
    expect(title).toMatch(/^OPENED \(UTC\) +CONTAINER +LASTED +WHY, AND HOW IT ENDED$/);
    expect(rows.filter((line) => line.length > 80)).toEqual([]);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toMatch(
      new RegExp(
        `${api.name} \\d+ s ${api.image}:latest was built again; open .*` +
          `${web.name} \\d+ s ${web.image}:latest was built again; ended [\\d: -]+: runs the newest image`,
      ),
    );
  });

  it("is this document with --json, dead letters included", async ({ scene }) => {
    scene.slack.script({ kind: "status", status: 404, body: "no_service" });
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    const { error, hint } = await daemon.logged("dead-letter");
    expect(error).toBe("Slack answered 404: no_service");
    expect(hint).toContain("the webhook was revoked or is disabled");
    await scene.recreate(web);
    await daemon.logged("delivered");
    await daemon.stop();

    const { stdout } = await scene.stalewatch(["history", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      engine: { id: scene.engine.id, name: "host-1", apiVersion: scene.engine.apiVersion },
      incidents: [
        {
          id: shortId(),
          container: web.name,
          project: scene.project,
          service: "web",
          reference: `${web.image}:latest`,
          reason: `${web.image}:latest was built again`,
          rolledBack: false,
          running: { id: imageId(), createdAt: isoTime() },
          newest: {
            id: imageId(),
            tag: `${web.image}:latest`,
            createdAt: isoTime(),
            revision: null,
          },
          divergedSince: isoTime(),
          openedAt: isoTime(),
          reminders: 0,
          ackUntil: null,
          resolvedAt: isoTime(),
          resolution: "fresh",
        },
      ],
      heals: [],
      deadLetters: [
        {
          channel: "slack",
          kinds: ["stale"],
          createdAt: isoTime(),
          givenUpAt: isoTime(),
          attempts: 1,
          error: expect.stringMatching(/^Slack answered 404: no_service \(.+\)$/) as string,
        },
      ],
    });
    const text = await scene.stalewatch(["history"]);
    expect(text.stdout).toContain("\nMessages that never arrived:\n");
    expect(text.stdout.replaceAll(/\s+/g, " ")).toContain(
      "slack: stale given up after 1 try: Slack answered 404: no_service",
    );
    expect(text.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const doctor = await scene.stalewatch(["doctor"]);
    expect(doctor.stdout).toContain("1 never arrived");
  });

  it("goes back as far as it is told", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await scene.message();
    await scene.recreate(web);
    await scene.message();
    await daemon.stop();
    const none = await scene.stalewatch(["history", "--since", "0"]);
    expect(none).toEqual({ code: 0, stdout: "no incidents\n", stderr: "" });
    expect((await scene.stalewatch(["history", "--since", "1h"])).stdout).toContain(web.name);
  });
});
