import { expect } from "vitest";
import { WEB_AND_API, type Services, type Stack } from "./stack.ts";

/** A way in which a container goes on running an old image although a newer one was built: the commands that lead there
 *  on every line of Compose, unless it says otherwise. docs/RELIABILITY_PLAN.md lists them by these names. */
export interface Way {
  readonly name: string;
  readonly services?: Services;
  /** How they are started, before `up`. */
  readonly with?: readonly string[];
  /** Leads from a project that runs what was built last to one that does not. */
  readonly take: (stack: Stack) => Promise<void>;
  /** Services whose containers are stale then. */
  readonly stale: readonly string[];
  /** Those among them that the watchdog heals by itself; default: all. */
  readonly healed?: readonly string[];
  /** What deploys the project; default: all stale ones. */
  readonly deploy?: readonly string[];
  /** What deploy.sh says of the stale ones where it cannot work before somebody has mended the cause. */
  readonly refusal?: { readonly says: string; readonly mend: (stack: Stack) => Promise<void> };
  readonly only?: "1.29" | "2.x";
}

const BUILD_FAILS =
  /did not complete successfully: exit code: 7|executor failed running .*: exit code: 7|returned a non-zero code: 7/;

async function succeeds(stack: Stack, script: string): Promise<void> {
  const { code, stderr } = await stack.shell(script);
  expect(code, stderr).toBe(0);
}

async function fails(stack: Stack, why: RegExp, ...args: string[]): Promise<void> {
  const { code, output } = await stack.tryCompose(...args);
  expect(output).toMatch(why);
  expect(code).not.toBe(0);
}

const mounted = (source: string): Services => ({
  ...WEB_AND_API,
  web: {
    build: {},
    keys: {
      volumes: [{ type: "bind", source, target: "/data", bind: { create_host_path: false } }],
    },
  },
});

const HEALTH = { test: ["CMD", "test", "-e", "/healthy"], interval: "500ms", retries: 1 };

/** `web` waits for a database that does not become healthy. */
export const FAILING_CONDITION: Services = {
  db: { build: {}, keys: { healthcheck: HEALTH } },
  web: { build: {}, keys: { depends_on: { db: { condition: "service_healthy" } } } },
};

export const HEALTHY_AT_FIRST: Services = {
  ...FAILING_CONDITION,
  db: { build: { files: { healthy: "" } }, keys: { healthcheck: HEALTH } },
};

/** Compose 1.29 builds one after the other, and what others depend on first. */
const WEB_AFTER_API: Services = {
  ...WEB_AND_API,
  web: { build: {}, keys: { depends_on: ["api"] } },
};

/** As a team names an image that never leaves the host. */
const LOCAL = { image: "infra2.invalid/web" };

export const WAYS: readonly Way[] = [
  {
    name: "a build that no up follows",
    take: (stack) => stack.build(),
    stale: ["web", "api"],
  },
  {
    name: "a build that fails for one service, after it has moved another one's tag",
    services: WEB_AFTER_API,
    take: async (stack) => {
      await stack.write();
      stack.breakBuild("web");
      await fails(stack, BUILD_FAILS, "build");
    },
    stale: ["api"],
  },
  {
    name: "up --build, which fails for one service",
    services: WEB_AFTER_API,
    take: async (stack) => {
      await stack.write();
      stack.breakBuild("web");
      await fails(stack, BUILD_FAILS, "up", "-d", "--build");
    },
    stale: ["api"],
  },
  {
    name: "restart, stop and start, docker restart, up --no-recreate",
    take: async (stack) => {
      await stack.build();
      await stack.compose("restart", "-t", "1");
      await stack.compose("stop", "-t", "1");
      await stack.compose("start");
      await succeeds(stack, `docker restart ${stack.nameOf("web")}`);
      await stack.compose("up", "-d", "--no-recreate");
    },
    stale: ["web", "api"],
  },
  {
    name: "a condition of depends_on that does not come true",
    only: "1.29",
    services: HEALTHY_AT_FIRST,
    take: async (stack) => {
      await stack.write(FAILING_CONDITION);
      await stack.compose("build");
      await fails(stack, /is unhealthy|Encountered errors/, "up", "-d");
    },
    stale: ["web"],
  },
  {
    name: "a replacement that cannot be created",
    only: "2.x",
    take: async (stack) => {
      await stack.write(mounted(`${stack.folder}/none`));
      await fails(stack, /bind source path does not exist/, "up", "-d", "--build");
    },
    stale: ["web", "api"],
    // Compose has left a container behind for api: a deploy is under way there, for all that can be seen.
    healed: ["web"],
    refusal: {
      says: "recreating web api failed",
      mend: (stack) => stack.write(mounted(stack.folder)),
    },
  },
  {
    name: "pull_policy: always, with a tag that no registry has",
    only: "2.x",
    services: { web: { build: {}, keys: LOCAL } },
    take: async (stack) => {
      await stack.write();
      await succeeds(stack, `docker build -t ${LOCAL.image} web`);
      await stack.write({ web: { keys: { ...LOCAL, pull_policy: "always" } } });
      await fails(stack, /infra2\.invalid/, "up", "-d");
    },
    stale: ["web"],
    refusal: {
      says: "recreating web failed",
      mend: (stack) => stack.write({ web: { keys: { ...LOCAL, pull_policy: "never" } } }),
    },
  },
  {
    name: "up of one service, while another one runs the same image",
    services: { web: { build: {}, keys: LOCAL }, worker: { keys: LOCAL } },
    take: async (stack) => {
      await stack.build("web");
      await stack.compose("up", "-d", "web");
    },
    stale: ["worker"],
  },
  {
    name: "a profile that is not active",
    services: { ...WEB_AND_API, web: { build: {}, keys: { profiles: ["front"] } } },
    with: ["--profile", "front"],
    take: async (stack) => {
      await stack.write();
      await stack.compose("--profile", "front", "build");
      await stack.compose("up", "-d");
    },
    stale: ["web"],
  },
  {
    name: "a service that was renamed",
    services: { web: { build: {}, keys: LOCAL } },
    take: async (stack) => {
      await stack.write({ www: { build: {}, keys: LOCAL } });
      await stack.compose("build");
      await stack.compose("up", "-d");
    },
    stale: ["web"],
    deploy: ["www"],
    refusal: {
      says: "there is no service web in",
      mend: (stack) => succeeds(stack, `docker rm -f ${stack.nameOf("web")}`),
    },
  },
];
