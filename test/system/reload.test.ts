import { describe, expect } from "vitest";
import { it, scans, type Scene } from "./scene.ts";

/** The configuration that a test changes comes from its file. */
function fromFile(scene: Scene, yaml: string): Record<string, string> {
  return {
    STALEWATCH_CONFIG: scene.file("stalewatch.yaml", yaml),
    STALEWATCH_GRACE: "",
    STALEWATCH_EXCLUDE: "",
    STALEWATCH_RULES: "",
  };
}

/** Watches this project alone, but for the services named. */
function yaml(scene: Scene, { grace = "0s", leaveOut = [] as readonly string[] }): string {
  const out = leaveOut.map(
    (service) =>
      `  - { match: { project: ${scene.project}, service: ${service} }, enable: false }\n`,
  );
  const rest = `  - { match: { project: ${scene.project} }, enable: true }\n`;
  return `grace: ${grace}\nexclude: ["*"]\nrules:\n${out.join("")}${rest}`;
}

describe.concurrent("a SIGHUP", () => {
  it("puts a changed grace into force at once", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon({
      ...fromFile(scene, yaml(scene, { grace: "1h" })),
      STALEWATCH_SCHEDULE: "0 0 1 1 *",
    });
    await daemon.logged("scan");
    expect(scene.slack.received).toEqual([]);

    scene.file("stalewatch.yaml", yaml(scene, { grace: "0s" }));
    daemon.signal("SIGHUP");
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
  });

  it("ends the incident of a container that is excluded now, and says so", async ({ scene }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const daemon = scene.daemon(fromFile(scene, yaml(scene, {})));
    expect(await scene.message()).toContain("2 containers stale");

    scene.file("stalewatch.yaml", yaml(scene, { leaveOut: ["web"] }));
    daemon.signal("SIGHUP");
    const end = await scene.message();
    expect(end).toMatch(/^host-1: 1 container resolved\n/);
    expect(end).toContain(`Resolved: ${web.name} `);
    expect(end).toContain("how: no longer watched: the configuration excludes it");
    expect(end).not.toContain(api.name);
  });

  it("reports all that is wrong with the new configuration, and keeps the old one", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon(fromFile(scene, yaml(scene, {})));
    await daemon.logged("scan");
    scene.file(
      "stalewatch.yaml",
      "grace: 15 minutes\nshedule: '* * * * *'\ntimezone: Mars/Olympus\n",
    );
    daemon.signal("SIGHUP");
    const { level, code, error } = await daemon.logged("reload-failed");
    expect({ level, code }).toEqual({ level: "error", code: "CONFIG_INVALID" });
    expect(error).toContain('grace: "15 minutes" is not a duration (line 1)');
    expect(error).toContain("shedule: unknown key (line 2)");
    expect(error).toContain("did you mean schedule?");
    expect(error).toContain('timezone: "Mars/Olympus" is not a time zone of this system (line 3)');

    await scene.build(web);
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
  });

  it("may come many times at once: there is one schedule and one courier afterwards", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon(fromFile(scene, yaml(scene, {})));
    await daemon.logged("started");
    for (let times = 0; times < 5; times++) daemon.signal("SIGHUP");
    await daemon.logged("reloaded");
    // No reload leads to a scan from here on, however many of the signals are still to be answered.
    scene.file("stalewatch.yaml", "grace: none\n");
    daemon.signal("SIGHUP");
    await daemon.logged("reload-failed");
    // The one under way, and the one that the last reload asked for.
    await scans(daemon, 1);
    const from = daemon.log.length;
    await scans(daemon, 3);
    // What other tests do on the same engine leads to scans of another cause.
    const ticks = daemon.log
      .slice(from)
      .filter(({ event, cause }) => /^(scan|tick-skipped)$/.test(event) && cause !== "events");
    const times = ticks.map(({ time }) => Date.parse(String(time)));
    const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
    // A tick a second, both ends included, and one more where the first of the scans was late.
    expect(ticks.length).toBeLessThanOrEqual(seconds + 2);

    await scene.build(web);
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
  });

  it("does not keep the daemon from ending right behind it", async ({ scene }) => {
    const daemon = scene.daemon();
    await daemon.logged("scan");
    daemon.signal("SIGHUP");
    const asked = performance.now();
    expect(await daemon.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
  });

  it("keeps the state directory of the start, and says that it does", async ({ scene }) => {
    const config = { ...fromFile(scene, yaml(scene, {})), STALEWATCH_STATE: "" };
    scene.file("stalewatch.yaml", `${yaml(scene, {})}state: ${scene.state}\n`);
    const daemon = scene.daemon(config);
    await daemon.logged("scan");
    scene.file("stalewatch.yaml", `${yaml(scene, {})}state: /elsewhere\n`);
    daemon.signal("SIGHUP");
    expect(await daemon.logged("reload-partial")).toMatchObject({ state: "/elsewhere" });
    await daemon.logged("reloaded");
    await scans(daemon, 1);
  });
});
