import { describe, expect } from "vitest";
import { containerId, imageId, isoTime, shortId } from "./documents.ts";
import { it } from "./scene.ts";

describe("check --json", () => {
  it("is this document", async ({ scene }) => {
    const revision = "4f2c9e1";
    const api = await scene.start("api", { labels: { "stalewatch.grace": "banana" } });
    const cron = await scene.start("cron", { labels: { "stalewatch.enable": "false" } });
    const web = await scene.start("web");
    const pinned = scene.service("pinned");
    const pinnedId = await scene.build(pinned);
    await scene.run({ ...pinned, image: pinnedId });
    await scene.build(api, { labels: { "org.opencontainers.image.revision": revision } });
    const daemon = scene.daemon();
    await daemon.logged("delivered");
    await daemon.stop();
    await scene.stalewatch(["ack", api.name]);
    await scene.stalewatch(["hold", api.name, "--reason", "by hand"]);

    const { stdout, code, stderr } = await scene.stalewatch([
      "check",
      "--json",
      "--project",
      scene.project,
    ]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    const common = {
      id: containerId(),
      project: scene.project,
      strategy: "same-tag",
      mode: "alert",
      rolledBack: false,
      running: { id: imageId(), createdAt: isoTime() },
      divergedSince: null,
      graceEndsAt: null,
      healBlockedBy: null,
      hold: null,
      ack: null,
      warnings: [],
    };
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      engine: { id: scene.engine.id, name: "host-1", apiVersion: scene.engine.apiVersion },
      checkedAt: isoTime(),
      summary: { fresh: 1, pending: 0, stale: 1, untracked: 1, excluded: 1 },
      containers: [
        {
          ...common,
          name: api.name,
          service: "api",
          reference: `${api.image}:latest`,
          verdict: "stale",
          reasonCode: "tag-moved",
          reason: expect.stringMatching(
            new RegExp(`^${api.image}:latest was built again (just now|\\d+ s ago)$`),
          ) as string,
          newest: {
            id: imageId(),
            tag: `${api.image}:latest`,
            createdAt: isoTime(),
            revision,
          },
          divergedSince: isoTime(),
          graceEndsAt: isoTime(),
          healBlockedBy: "mode",
          hold: { id: shortId(), until: isoTime(), reason: "by hand" },
          ack: { until: isoTime() },
          warnings: [
            {
              code: "bad-label",
              message: expect.stringContaining('label stalewatch.grace="banana" ignored') as string,
            },
          ],
        },
        {
          ...common,
          name: cron.name,
          service: "cron",
          reference: `${cron.image}:latest`,
          verdict: "excluded",
          reasonCode: "label",
          reason: "its label stalewatch.enable=false says so",
          newest: null,
        },
        {
          ...common,
          name: pinned.name,
          service: "pinned",
          reference: pinnedId,
          verdict: "untracked",
          reasonCode: "pinned-by-id",
          reason: "created by image ID: it follows no tag that a build could move",
          newest: null,
        },
        {
          ...common,
          name: web.name,
          service: "web",
          reference: `${web.image}:latest`,
          verdict: "fresh",
          reasonCode: null,
          reason: `runs the newest local build of ${web.image}:latest`,
          newest: {
            id: imageId(),
            tag: `${web.image}:latest`,
            createdAt: isoTime(),
            revision: null,
          },
        },
      ],
    });
  });

  it("comes whole through a pipe that is read slowly", async ({ scene }) => {
    await scene.start("web");
    const { stdout } = await scene.stalewatch(
      ["check", "--json"],
      {},
      {
        via: ["sh", "-c", '"$@" | { sleep 1; cat; }', "sh"],
      },
    );
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
  });
});
