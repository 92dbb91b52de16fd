import { describe, expect } from "vitest";
import { historyDocument } from "./documents.ts";
import { it, scans, type Scene } from "./scene.ts";

async function verdict(scene: Scene): Promise<string | undefined> {
  return (await scene.check()).containers[0]?.verdict;
}

describe.concurrent("the main job", () => {
  it("alerts once per incident, not once per scan, and ends it with one resolved", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon({ STALEWATCH_GRACE: "6s" });
    await daemon.logged("scan");
    expect(await verdict(scene)).toBe("fresh");

    await scene.build(web);
    expect((await scene.check({ STALEWATCH_GRACE: "6s" })).containers[0]?.verdict).toBe("pending");
    expect(scene.slack.received).toEqual([]);

    const alert = await scene.message();
    expect(alert).toMatch(/^host-1: 1 container stale\n/);
    expect(alert).toContain(
      `Stale: ${web.name} (project ${scene.project}, service web) does not run its newest image`,
    );
    expect(alert).toMatch(new RegExp(`why: ${web.image}:latest was built again \\d+ s ago`));
    expect(alert).toContain(
      `docker compose -f /srv/${scene.project}/compose.yaml -p ${scene.project} up -d --no-deps --force-recreate web`,
    );
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);

    await scene.recreate(web);
    const end = await scene.message();
    expect(end).toMatch(/^host-1: 1 container resolved\n/);
    expect(end).toContain(`how: ${web.name} runs ${web.image}:latest as built last`);
    await scans(daemon, 1);
    expect(scene.slack.received).toHaveLength(2);
    expect(await verdict(scene)).toBe("fresh");
  });

  it("repeats nothing after a restart, and still tells the end", async ({ scene }) => {
    const web = await scene.startStale("web");
    const first = scene.daemon();
    expect(await scene.message()).toContain("1 container stale");
    await first.logged("delivered");
    expect(await first.stop()).toBe(0);

    const second = scene.daemon();
    await scans(second, 2);
    expect(scene.slack.received).toHaveLength(1);
    await second.stop();

    await scene.recreate(web);
    const third = scene.daemon();
    expect(await scene.message()).toContain("1 container resolved");
    await scans(third, 2);
    expect(scene.slack.received).toHaveLength(2);
  });

  it("loses nothing when it is killed between the commit and the answer of Slack", async ({
    scene,
  }) => {
    await scene.startStale("web");
    scene.slack.script({ kind: "hang" });
    const killed = scene.daemon();
    const lost = await scene.message();
    await killed.stop("SIGKILL");

    const next = scene.daemon();
    expect(await scene.message()).toBe(lost);
    await next.logged("delivered");
    await scans(next, 2);
    expect(scene.slack.received).toHaveLength(2);
  });

  it("tells all that one scan found in one message", async ({ scene }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const daemon = scene.daemon();
    const alert = await scene.message();
    expect(alert).toMatch(/^host-1: 2 containers stale\n/);
    expect(alert).toContain(`Stale: ${web.name} `);
    expect(alert).toContain(`Stale: ${api.name} `);
    await daemon.logged("delivered");
    await daemon.stop();

    await scene.recreate(web);
    await scene.recreate(api);
    await scans(scene.daemon(), 1);
    expect(await scene.message()).toMatch(/^host-1: 2 containers resolved\n/);
    expect(scene.slack.received).toHaveLength(2);
  });

  it("waits for a second look a minute later before it takes a container for gone", async ({
    scene,
  }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const daemon = scene.daemon();
    await scene.message();
    await scene.engine.docker.getContainer(web.name).stop();
    await scene.engine.docker.getContainer(api.name).remove({ force: true });
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
    const { stdout } = await scene.stalewatch(["history", "--json"]);
    const { incidents } = historyDocument(stdout);
    expect(incidents.map(({ resolvedAt }) => resolvedAt)).toEqual([null, null]);

    await scene.engine.docker.getContainer(web.name).start();
    await scans(daemon, 1);
    expect(scene.slack.received).toHaveLength(1);
  });
});

describe.concurrent("reminders", () => {
  it("carry all open incidents in one message", async ({ scene }) => {
    const [web, api] = [await scene.startStale("web"), await scene.start("api")];
    const patient = scene.daemon({ STALEWATCH_NOTIFY_REMINDER: "1h" });
    await patient.logged("delivered");
    await patient.stop();
    await scene.build(api);
    scene.daemon({ STALEWATCH_NOTIFY_REMINDER: "2s" });
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    expect(await scene.message()).toContain(`Stale: ${api.name} `);

    // Only one of them is due.
    const reminder = await scene.message();
    expect(reminder).toMatch(/^host-1: 2 containers still stale\n/);
    expect(reminder).toContain(`Still stale: ${web.name} `);
    expect(reminder).toContain(`Still stale: ${api.name} `);
    expect(await scene.message()).toMatch(/^host-1: 2 containers still stale\n/);
  });

  it("leave out what was acknowledged, whose end is told all the same", async ({ scene }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const soon = { STALEWATCH_NOTIFY_REMINDER: "3s" };
    const daemon = scene.daemon(soon);
    await scene.message();
    await daemon.logged("delivered");
    await daemon.stop();
    const { stdout, code } = await scene.stalewatch(["ack", web.name, "--for", "1h"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`no reminders about ${web.name} until `);

    scene.daemon(soon);
    const reminder = await scene.message();
    expect(reminder).toMatch(/^host-1: 1 container still stale\n/);
    expect(reminder).toContain(`Still stale: ${api.name} `);
    const acknowledged = (await scene.check()).containers.filter(({ ack }) => ack !== null);
    expect(acknowledged.map(({ name }) => name)).toEqual([web.name]);
    await scene.recreate(web);
    await scene.messageWith(`Resolved: ${web.name} `);
  });

  it("never come when the reminder is 0", async ({ scene }) => {
    await scene.startStale("web");
    const daemon = scene.daemon({ STALEWATCH_NOTIFY_REMINDER: "0" });
    await scene.message();
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
  });
});

describe.concurrent("a hold", () => {
  it("keeps an incident from opening, while the divergence's time runs on", async ({ scene }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon();
    const held = await scene.stalewatch([
      "hold",
      "--project",
      scene.project,
      "--reason",
      "deploying 4f2c9e1",
    ]);
    expect(held.code).toBe(0);
    const id = held.stdout.trim();
    await scene.build(web);
    await scans(daemon, 2);
    expect(scene.slack.received).toEqual([]);
    const [during] = (await scene.check()).containers;
    expect(during).toMatchObject({
      verdict: "stale",
      hold: { id, reason: "deploying 4f2c9e1" },
      divergedSince: expect.any(String) as string,
    });

    expect((await scene.stalewatch(["release", id])).code).toBe(0);
    const alert = await scene.message();
    const since = during?.divergedSince?.replace(/\.\d+Z$/, "Z");
    expect(alert).toContain(`since: ${String(since)} `);
    expect((await scene.check()).containers[0]).toMatchObject({
      hold: null,
      divergedSince: during?.divergedSince,
    });
  });

  it("on one container leaves the others to be told", async ({ scene }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    expect((await scene.stalewatch(["hold", web.name])).code).toBe(0);
    const daemon = scene.daemon();
    const alert = await scene.message();
    expect(alert).toContain("1 container stale");
    expect(alert).toContain(`Stale: ${api.name} `);
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
  });
});
