import { createServer } from "node:http";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect } from "vitest";
import { SCHEMAS } from "../../src/status/schemas/schemas.ts";
import { ask, view } from "../integration/status/served.ts";
import { freePort } from "../harness/free-port.ts";
import type { RunningDaemon } from "../harness/program.ts";
import { promtool, startPrometheus } from "../harness/prometheus.ts";
import { eventually } from "../harness/wait.ts";
import { openWebPages } from "../harness/web-pages.ts";
import { it, scans, type Scene } from "./scene.ts";

/** Chromium or Prometheus may have to be fetched first. */
const FIRST = 600_000;

interface Daemon {
  readonly daemon: RunningDaemon;
  readonly port: number;
}

/** A daemon whose page is served, after its first scan. */
async function serving(scene: Scene, env: Readonly<Record<string, string>> = {}): Promise<Daemon> {
  const port = await freePort();
  const daemon = scene.daemon({ STALEWATCH_STATUS_LISTEN: `127.0.0.1:${String(port)}`, ...env });
  await daemon.logged("status-listening");
  await scans(daemon, 1);
  return { daemon, port };
}

async function json(port: number, path: string): Promise<unknown> {
  const { status, text } = await ask({ port }, path);
  expect(status, text).toBe(200);
  return JSON.parse(text);
}

describe.concurrent("the status page of the daemon", () => {
  it(
    "follows a rebuild and a recreate in an open browser",
    { timeout: FIRST },
    async ({ scene, onTestFinished }) => {
      const web = await scene.start("web");
      const { port } = await serving(scene, { STALEWATCH_GRACE: "1h" });
      const pages = await openWebPages();
      onTestFinished(() => pages.close());
      const page = await pages.open(
        `http://127.0.0.1:${String(port)}/?project=${scene.project}`,
        {},
      );
      const line = page.locator(".c", { hasText: web.name });
      await line.and(page.locator(".fresh")).waitFor();
      const opened = await page.evaluate("performance.timeOrigin");
      await scene.build(web);
      await line.and(page.locator(".pending")).waitFor();
      expect(await line.innerText()).toContain("was built again");
      expect(await line.locator(".cmd code").innerText()).toMatch(
        /up -d --no-deps --force-recreate web$/,
      );
      await scene.recreate(web);
      await line.and(page.locator(".fresh")).waitFor();
      expect(await page.evaluate("performance.timeOrigin"), "it was never loaded again").toBe(
        opened,
      );
      expect(await line.locator("svg").getAttribute("aria-label")).toMatch(
        /^7 days: pending for \d+ s/,
      );
    },
  );

  it("gives the documents of the commands, as their schemas say", async ({ scene }) => {
    const { port, daemon } = await serving(scene);
    await scene.startStale("web");
    await daemon.logged("stale");
    const ajv = new Ajv2020({ strictTypes: false });
    for (const name of ["check", "history", "incidents"]) {
      const found = await json(port, `/api/v1/${name}`);
      const schema = SCHEMAS[`${name}.schema.json`] ?? {};
      expect(await json(port, `/api/v1/schemas/${name}.schema.json`)).toEqual(
        JSON.parse(JSON.stringify(schema)),
      );
      expect(ajv.validate(schema, found), ajv.errorsText()).toBe(true);
      if (name === "incidents") continue;
      const { stdout } = await scene.stalewatch([name, "--json"]);
      const printed: unknown = JSON.parse(stdout);
      expect(ajv.validate(schema, printed), ajv.errorsText()).toBe(true);
      if (name === "history") expect(found).toEqual(printed);
    }
  });

  it("tells fifty viewers of a rebuild while scans go on", async ({ scene }) => {
    const web = await scene.start("web");
    const { port, daemon } = await serving(scene);
    const viewers = await Promise.all(Array.from({ length: 50 }, () => view(port)));
    const before = viewers.map((one) => one.received().length);
    await scene.build(web);
    await daemon.logged("stale");
    for (const [i, viewer] of viewers.entries())
      await eventually("it is told", () => viewer.received().length > (before[i] ?? 0));
    await scans(daemon, 3);
    expect((await ask({ port }, "/metrics")).text).toMatch(/^stalewatch_status_viewers 50$/m);
    for (const viewer of viewers) viewer.leave();
  });

  it("says how the daemon is, with an engine that cannot be reached", async ({ scene }) => {
    const { port, daemon } = await serving(scene);
    expect((await ask({ port }, "/readyz")).status).toBe(200);
    await daemon.stop();
    const port2 = await freePort();
    const lost = scene.daemon({
      STALEWATCH_STATUS_LISTEN: `127.0.0.1:${String(port2)}`,
      DOCKER_HOST: `unix://${scene.file("none.sock")}`,
    });
    await lost.logged("engine-unreachable");
    const ready = await ask({ port: port2 }, "/readyz");
    expect(ready.status).toBe(503);
    expect(ready.text).toContain("there is no such socket");
    expect((await ask({ port: port2 }, "/livez")).status).toBe(200);
    const page = await ask({ port: port2 }, "/");
    expect(page.text).toContain("The last scan failed: cannot reach the engine");
  });

  it("does not keep the daemon from watching where its port is taken, and doctor says so", async ({
    scene,
    onTestFinished,
  }) => {
    const other = createServer((_, response) => response.end("hello"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      other.close();
    });
    const { port } = other.address() as { port: number };
    const env = { STALEWATCH_STATUS_LISTEN: `127.0.0.1:${String(port)}` };
    await scene.startStale("web");
    const daemon = scene.daemon(env);
    const line = await daemon.logged("status-off");
    expect(line).toMatchObject({
      level: "warn",
      address: `127.0.0.1:${String(port)}`,
      hint: "another program has it: set status.listen to another port, or to off",
    });
    expect(await scene.message()).toContain("1 container stale");
    const { stdout } = await scene.stalewatch(["doctor"], env);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `warn status another program answers at 127.0.0.1:${String(port)} → set status.listen`,
    );
  });

  it("moves with the configuration, and doctor finds it", async ({ scene }) => {
    const socket = scene.file("status.sock");
    const config = scene.file("config.yaml", `status: { listen: "unix://${socket}" }`);
    const daemon = scene.daemon({ STALEWATCH_STATUS_LISTEN: "", STALEWATCH_CONFIG: config });
    await daemon.logged("status-listening");
    await scans(daemon, 1);
    expect((await ask({ socketPath: socket }, "/readyz")).status).toBe(200);
    const env = { STALEWATCH_STATUS_LISTEN: "", STALEWATCH_CONFIG: config };
    expect((await scene.stalewatch(["doctor"], env)).stdout).toContain(
      `served at unix://${socket}`,
    );
    const port = await freePort();
    scene.file("config.yaml", `status: { listen: "127.0.0.1:${String(port)}" }`);
    daemon.signal("SIGHUP");
    await daemon.logged("reloaded");
    expect((await ask({ port }, "/readyz")).status).toBe(200);
    await expect(ask({ socketPath: socket }, "/readyz")).rejects.toThrow(/ENOENT/);
  });
});

describe("Debian's Prometheus", () => {
  it(
    "scrapes the daemon, finds nothing to object to, and alerts",
    { timeout: FIRST },
    async ({ scene, onTestFinished }) => {
      const web = await scene.startStale("web");
      const { port, daemon } = await serving(scene);
      await daemon.logged("stale");
      const { text } = await ask({ port }, "/metrics");
      expect(await promtool(["check", "metrics"], { input: text })).toMatchObject({
        code: 0,
        stdout: "",
        stderr: "",
      });
      const config = scene.file(
        "prometheus.yaml",
        JSON.stringify({
          global: { scrape_interval: "1s", evaluation_interval: "1s" },
          rule_files: [join(import.meta.dirname, "../../deploy/prometheus/stalewatch.rules.yaml")],
          scrape_configs: [
            {
              job_name: "stalewatch",
              static_configs: [{ targets: [`127.0.0.1:${String(port)}`] }],
            },
          ],
        }),
      );
      const prometheus = await startPrometheus(join(scene.state, ".."), config);
      onTestFinished(() => prometheus.stop());
      const query = encodeURIComponent(
        `stalewatch_container_stale_since_timestamp_seconds{container="${web.name}"}`,
      );
      await eventually(
        "it has scraped",
        async () =>
          JSON.stringify(await prometheus.ask(`query?query=${query}`)).includes(scene.project),
        { timeoutMs: 60_000 },
      );
      await eventually(
        "it alerts",
        async () => {
          const alerts = JSON.stringify(await prometheus.ask("alerts"));
          return alerts.includes("StalewatchContainerStale") && alerts.includes(web.name);
        },
        { timeoutMs: 60_000 },
      );
    },
  );
});
