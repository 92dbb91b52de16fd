import { describe, expect, it } from "vitest";
import type { VerifyRequest } from "../../../../src/domain/verify/services.ts";
import { container } from "../builders.ts";
import { task } from "../tasks.ts";
import { api, outcomeOf, prove, replica, type Deployed } from "./deployed.ts";

type Row = readonly [what: string, deployed: Deployed, outcome: string];

function truth(rows: readonly Row[]): void {
  for (const [what, deployed, outcome] of rows)
    it(`${what} → ${outcome}`, () => {
      expect(outcomeOf(prove(deployed))).toBe(outcome);
    });
}

const of = (sketch: Parameters<typeof replica>[0]): Pick<Deployed, "containers"> => ({
  containers: [replica(sketch)],
});
const reads = (reading: NonNullable<Deployed["readings"]>[string]): Deployed => ({
  containers: [replica()],
  readings: { "shop-web-1": reading },
});
const second = { name: "shop-web-2", compose: "shop/web/2" };
const OLD = "was created 2026-05-06T11:59:59.000Z, before 2026-05-06T12:00:00.000Z";

describe("a replica", () => {
  truth([
    ["as a deploy makes it", of({}), "verified"],
    ["created in the very second", of({ created: "12:00" }), "verified"],
    ["from before the deploy", of({ created: "11:59:59" }), `shop-web-1 ${OLD}`],
    [
      "created a moment before, as only the inspect tells",
      reads({ createdAt: Date.UTC(2026, 4, 6, 11, 59, 59) }),
      `shop-web-1 ${OLD}`,
    ],
    [
      "on the image from before",
      of({ runs: "v1" }),
      "shop-web-1 does not run its newest image: shop-web:latest was built again",
    ],
    [
      "pinned by digest",
      of({ follows: `shop-web@sha256:${"a".repeat(64)}` }),
      `shop-web-1 cannot be judged: pinned by digest (shop-web@sha256:${"a".repeat(64)}): a local build cannot move it, for good`,
    ],
    ["gone since the list", reads(null), "shop-web-1 is gone"],
    ["created, not started", of({ state: "created" }), "shop-web-1 was created, but never started"],
    ["paused", of({ state: "paused" }), "shop-web-1 is paused"],
    [
      "in a crash loop, down",
      reads({ status: "restarting", exitCode: 3 }),
      "shop-web-1 exited with code 3, and is started again and again",
    ],
    [
      "in a crash loop, up for a moment",
      reads({ restartCount: 4, startedAt: "2026-05-06T12:04:59.123456789Z" }),
      "shop-web-1 has not run for 30s without a restart yet",
    ],
    [
      "that crashed at first, and has held since",
      reads({ restartCount: 4, startedAt: "2026-05-06T12:04:30Z" }),
      "verified",
    ],
    [
      "that ended",
      reads({ status: "exited", exitCode: 3 }),
      "shop-web-1 exited with code 3, for good",
    ],
    [
      "that ran out of memory",
      reads({ status: "exited", exitCode: 137, oomKilled: true }),
      "shop-web-1 exited with code 137, killed because it ran out of memory, for good",
    ],
    ["that ended well", reads({ status: "exited" }), "shop-web-1 exited with code 0, for good"],
    [
      "from before that ended: a deploy may still replace it",
      of({ created: "11:59:59", state: "exited" }),
      `shop-web-1 ${OLD}`,
    ],
    ["that is healthy", reads({ health: "healthy" }), "verified"],
    ["that is not healthy yet", reads({ health: "starting" }), "shop-web-1 is not healthy yet"],
    [
      "that is unhealthy: it may recover",
      reads({ health: "unhealthy" }),
      "shop-web-1 is unhealthy",
    ],
    [
      "that is healthy for a moment",
      reads({ health: "healthy", startedAt: "2026-05-06T12:04:59Z" }),
      "shop-web-1 has not run for 30s without a restart yet",
    ],
    [
      "beside the one that it replaces",
      { containers: [replica(), replica({ name: "0123456789ab_shop-web-1", state: "exited" })] },
      "shop-web-1 is being replaced: another container stands for it, too; 0123456789ab_shop-web-1 is being replaced: another container stands for it, too",
    ],
    [
      "under the temporary name that Compose 2.40 may leave",
      of({ name: "0123456789ab_shop-web-1" }),
      "verified",
    ],
    [
      "that the watchdog is told not to look at",
      { ...of({ labels: { "stalewatch.enable": "false" } }), policy: { exclude: ["*"] } },
      "verified",
    ],
    [
      "that a rule excludes",
      { ...of({}), policy: { rules: [{ match: { project: "shop" }, enable: false }] } },
      "verified",
    ],
  ]);
});

describe("the replicas of a service", () => {
  const count = (web: number): Partial<VerifyRequest> => ({ replicas: new Map([["web", web]]) });
  truth([
    ["none", { containers: [] }, "shop/web has no container"],
    ["none, as expected", { containers: [], request: count(0) }, "verified"],
    ["as many as there are", { containers: [replica(), replica(second)] }, "verified"],
    [
      "all that exist count, running or not",
      { containers: [replica(), replica({ ...second, state: "exited" })] },
      "shop-web-2 exited with code 0, for good",
    ],
    [
      "one is old",
      { containers: [replica(), replica({ ...second, created: "11:59:59" })] },
      `shop-web-2 ${OLD}`,
    ],
    ["too few", { containers: [replica()], request: count(2) }, "shop/web has 1 of 2 replicas"],
    [
      "too many",
      { containers: [replica(), replica(second)], request: count(1) },
      "shop/web has 2 of 1 replicas",
    ],
    [
      "numbers may have gaps",
      {
        containers: [replica(), replica({ name: "shop-web-7", compose: "shop/web/7" })],
        request: count(2),
      },
      "verified",
    ],
    [
      "neither one-offs nor what a heal left behind",
      {
        containers: [
          replica(),
          replica({ ...second, created: "11:00", labels: { "com.docker.compose.oneoff": "True" } }),
          replica({ name: "shop-web-1.stalewatch-abc-old", created: "11:00", state: "exited" }),
        ],
      },
      "verified",
    ],
    [
      "nor what has the labels from its image only",
      {
        containers: [
          replica(),
          replica({
            name: "debug",
            compose: null,
            created: "11:00",
            labels: { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" },
          }),
        ],
      },
      "verified",
    ],
    [
      "nor those of another project",
      {
        containers: [
          replica(),
          replica({ name: "old-web-1", compose: "old/web/1", created: "11:00" }),
        ],
      },
      "verified",
    ],
  ]);
});

describe("what is selected", () => {
  const all = { services: [] };
  truth([
    ["a project with nothing in it", { containers: [], request: all }, "nothing"],
    [
      "all services of a project",
      { containers: [replica(), replica(api)], request: all },
      "verified",
    ],
    [
      "all of them, one old",
      { containers: [replica(), replica({ ...api, created: "11:59:59" })], request: all },
      `shop-api-1 ${OLD}`,
    ],
    [
      "a service that is not there beside one that is",
      { containers: [replica()], request: { services: ["web", "api"] } },
      "shop/api has no container",
    ],
    [
      "a service in whatever project",
      {
        containers: [
          replica(),
          replica({ name: "b-web-1", compose: "b/web/1", created: "11:59:59" }),
        ],
        request: { project: null },
      },
      `b-web-1 ${OLD}`,
    ],
    [
      "a service that no project has",
      { containers: [container({ name: "db", compose: null })], request: { project: null } },
      "web has no container",
    ],
  ]);
});

describe("a job that others wait for", () => {
  const waits = {
    labels: {
      "com.docker.compose.depends_on":
        "db:service_started:false,web:service_completed_successfully:true",
    },
  };
  const beside = (job: Partial<Parameters<typeof replica>[0]>, reading = {}): Deployed => ({
    containers: [replica({ state: "exited", ...job }), replica({ ...api, ...waits })],
    readings: { "shop-web-1": reading },
  });
  truth([
    ["has done its work", beside({}), "verified"],
    ["has failed", beside({}, { exitCode: 1 }), "shop-web-1 exited with code 1, for good"],
    ["was not run again", beside({ created: "11:59:59" }), `shop-web-1 ${OLD}`],
    [
      "did the old image's work",
      beside({ runs: "v1" }),
      "shop-web-1 does not run its newest image: shop-web:latest was built again",
    ],
    ["still runs", beside({ state: "running" }), "verified"],
  ]);
});

describe("a Swarm service", () => {
  const swarm = { project: null, services: ["shop"] };
  const slot = (name: string, more: Parameters<typeof task>[1] = {}): ReturnType<typeof task> =>
    task(name, { created: "12:01", runs: "v2", ...more });
  truth([
    [
      "counts the tasks that run, not those that ended",
      {
        containers: [
          slot("shop.1.a", { created: "11:00", runs: "v1", state: "exited" }),
          slot("shop.1.b"),
        ],
        request: swarm,
      },
      "verified",
    ],
    [
      "that runs nothing",
      { containers: [slot("shop.1.a", { state: "exited" })], request: swarm },
      "shop has no container",
    ],
  ]);
});
