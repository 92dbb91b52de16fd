import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, vi } from "vitest";
import type { CommandResult } from "../../harness/command.ts";
import { composeForFile, privateEngineForFile } from "../../harness/engines-in-tests.ts";
import { oldBash } from "../../harness/old-bash.ts";
import type { Environment } from "../../harness/program.ts";
import { eventually } from "../../harness/wait.ts";
import { itOn, type Scene } from "../../system/scene.ts";
import { lineOfEngine } from "./line.ts";
import {
  DEPLOY,
  type Host,
  PROJECT,
  stackOn,
  type Services,
  type Stack,
  traced,
  WEB_AND_API,
} from "./stack.ts";

vi.setConfig({ testTimeout: 180_000 });

const engine = privateEngineForFile();
const line = lineOfEngine();
const compose = composeForFile(line, engine);
const it = itOn(engine);

const BOTH = ["--service", "web", "--service", "api"];
const FILE = ["--project", PROJECT, "--file", "compose.yaml"];
const ALONE = { stalewatch: false };
/** Bash 4 is what hosts still have that nobody renews; this machine's where there is none to be had. */
const OLD_BASH = await oldBash();
const BARE: Host = { ...ALONE, bash: OLD_BASH };

interface Refused {
  readonly args: readonly string[];
  readonly env?: Environment;
  readonly says: string;
}

const WEB = ["--service", "web"];

const REFUSED: readonly Refused[] = [
  {
    args: [...WEB, "--project", PROJECT, "--file", "none.yaml"],
    says: "there is no readable file none.yaml",
  },
  { args: ["--service", "wbe", ...FILE], says: "there is no service wbe in" },
  { args: ["--service", "wbe"], says: "no container of wbe tells the project" },
  {
    args: [...WEB, ...FILE],
    env: { DOCKER_HOST: "unix:///nonexistent.sock" },
    says: "the Docker engine does not answer",
  },
  {
    args: [...WEB, ...FILE],
    env: { DEPLOY_MIN_FREE_MIB: "999999999" },
    says: "--prune-first frees",
  },
];

/** Everything is up; the sources have changed since. */
async function changed(scene: Scene, services: Services = WEB_AND_API): Promise<Stack> {
  const stack = await stackOn(engine(), compose(), scene.env, services);
  await stack.up();
  await stack.write();
  return stack;
}

/** What runs, and since when: nothing of it changes when nothing is touched. */
async function untouched(stack: Stack): Promise<unknown> {
  const all = await stack.containers();
  return Promise.all(
    all.map(async ({ id, name }) => {
      const { State } = await engine().docker.getContainer(id).inspect();
      return { id, name, startedAt: State.StartedAt, status: State.Status };
    }),
  );
}

async function holdsOf(scene: Scene): Promise<unknown> {
  return JSON.parse((await scene.stalewatch(["hold", "--list", "--json"])).stdout);
}

/** The one line that a failed deploy ends with. */
function lastLine({ stderr }: CommandResult): string {
  return stderr.trimEnd().split("\n").at(-1) ?? "";
}

async function imageOf(tag: string): Promise<{ id: string; labels: Record<string, string> }> {
  const { Id, Config } = await engine().docker.getImage(tag).inspect();
  return { id: Id, labels: Config.Labels };
}

it.skipIf(OLD_BASH === null)(
  "bash 4.3 is what a host without stalewatch has here",
  async ({ scene }) => {
    const stack = await stackOn(engine(), compose(), scene.env);
    const { stdout } = await stack.shell("echo $BASH_VERSION", stack.environment(BARE));
    expect(stdout).toMatch(/^4\.3\./);
  },
);

describe.each<[string, Host]>([
  ["with stalewatch", {}],
  ["without stalewatch, on bash 4", BARE],
])(`deploy.sh on Compose ${line}, %s`, (_, host) => {
  it("runs what a dry run prints, and a dry run runs nothing", async ({ scene }) => {
    const stack = await changed(scene);
    const trace = traced(stack, stack.environment(host));
    const args = ["--service", "web", ...FILE, "--build-id", "b-42", "--prune-first"];
    const before = await untouched(stack);

    const dry = await stack.deploy([...args, "--dry-run"], trace.env);
    expect(dry.code, dry.stderr).toBe(0);
    const asked = trace.take();
    expect(await untouched(stack)).toEqual(before);
    expect(await holdsOf(scene)).toEqual({ schemaVersion: 1, holds: [] });

    const real = await stack.deploy(args, trace.env);
    expect(real.code, real.stderr).toBe(0);
    const ran = trace.take();
    expect(plain(ran.slice(0, asked.length))).toEqual(plain(asked));

    const typed = await stack.shell(dry.stdout, trace.env);
    expect(typed.code, typed.stderr).toBe(0);
    expect(once(plain(trace.take()))).toEqual(once(plain(ran.slice(asked.length))));
  });

  it("recreates the named services only, on the image just built", async ({ scene }) => {
    const stack = await changed(scene, {
      db: { build: {} },
      web: { build: {}, keys: { depends_on: ["db"], scale: 2 } },
      api: { build: {} },
    });
    const before = await stack.containers();
    const { code, stderr } = await stack.deploy(
      ["--service", "web", ...FILE, "--build-id", "b-43"],
      { ...stack.environment(host), SOURCE_DATE_EPOCH: "1764000000" },
    );
    expect(code, stderr).toBe(0);
    const { id, labels } = await imageOf(stack.imageOf("web"));
    expect(labels).toMatchObject({ "org.opencontainers.image.created": "2025-11-24T16:00:00Z" });
    const after = await stack.containers();
    const kept = ({ service }: { service: string }): boolean => service !== "web";
    expect(after.filter(kept)).toEqual(before.filter(kept));
    const web = after.filter(({ service }) => service === "web");
    expect(web.map(({ imageId }) => imageId)).toEqual([id, id]);
    const old = new Set(before.map((one) => one.id));
    expect(web.filter((one) => old.has(one.id))).toEqual([]);
  });

  it("leaves all as it was when the build fails, and says so in one line", async ({ scene }) => {
    const stack = await changed(scene);
    stack.breakBuild("web");
    const before = await untouched(stack);
    const failed = await stack.deploy([...BOTH, ...FILE], stack.environment(host));
    expect(failed.code).toBe(1);
    expect(lastLine(failed)).toMatch(
      /^deploy: FAILED: building web api failed, and no container was touched; still running: /,
    );
    for (const service of ["web", "api"])
      expect(lastLine(failed)).toContain(`${stack.nameOf(service)} (Up `);
    expect(await untouched(stack)).toEqual(before);
    expect(await holdsOf(scene)).toEqual({ schemaVersion: 1, holds: [] });
  });

  it("fails when what it made does not work, says why and what still runs", async ({ scene }) => {
    const stack = await changed(scene);
    await stack.write({ ...WEB_AND_API, web: { build: { cmd: ["sh", "-c", "exit 3"] } } });
    const failed = await stack.deploy([...BOTH, ...FILE], stack.environment(host));
    expect(failed.code).toBe(1);
    expect(failed.stderr + failed.stdout).toMatch(/exited\s+with\s+code\s+3/);
    const name = stack.nameOf("web");
    expect(lastLine(failed)).toContain("deploy: FAILED: web api were built and recreated, but ");
    expect(lastLine(failed)).toContain(`; still running: ${stack.nameOf("api")} (Up `);
    expect(lastLine(failed)).toContain(`; not running: ${name} (Exited (3) `);
    expect(await holdsOf(scene)).toEqual({ schemaVersion: 1, holds: [] });
  });

  it("waits for health, and not for ever", async ({ scene }) => {
    const check = { test: ["CMD", "test", "-e", "/healthy"], interval: "200ms", retries: 1 };
    const stack = await changed(scene, { web: { build: {}, keys: { healthcheck: check } } });
    const args = ["--service", "web", ...FILE, "--timeout", "3s"];
    const failed = await stack.deploy(args, stack.environment(host));
    expect(failed.code).toBe(1);
    expect(failed.stderr + failed.stdout).toMatch(/is\s+unhealthy/);
    await stack.write({
      web: { build: { files: { healthy: "" } }, keys: { healthcheck: check } },
    });
    const done = await stack.deploy(["--service", "web", ...FILE], stack.environment(host));
    expect(done.code, done.stderr).toBe(0);
  });
});

describe(`deploy.sh on Compose ${line}`, () => {
  it("needs only the name of a service to mend a stale container at once", async ({ scene }) => {
    const stack = await changed(scene);
    const elsewhere = { ...stack.environment(), PWD: "/" };
    const done = await stack.shell(
      `cd / && '${join(DEPLOY, "deploy.sh")}' --service web --settle 1s`,
      elsewhere,
    );
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toContain(`-f ${stack.folder}/compose.yaml up -d`);
  });

  it("is called by the example for infra2, for both services or for one", async ({ scene }) => {
    const stack = await changed(scene);
    mkdirSync(join(stack.folder, "infra"));
    symlinkSync("../compose.yaml", join(stack.folder, "infra/docker-compose.cartie2.prod.yml"));
    for (const context of ["web", "api"])
      symlinkSync(`../${context}`, join(stack.folder, "infra", context));
    const example = join(DEPLOY, "examples/deploy_infra2.sh");
    const both = await stack.shell(`'${example}' --settle 1s`);
    expect(both.code, both.stderr).toBe(0);
    expect(both.stderr).toContain("done: web api of infra2:");
    const one = await stack.shell(`'${example}' --dry-run --service web`);
    expect(one.stdout).toContain(" up -d --no-deps --force-recreate web\n");
  });

  it("holds the project from before the build to the end, unless told otherwise", async ({
    scene,
  }) => {
    const stack = await changed(scene);
    const trace = traced(stack, stack.environment());
    const done = await stack.deploy([...BOTH, ...FILE, "--build-id", "b-7"], trace.env);
    expect(done.code, done.stderr).toBe(0);
    const acts = trace
      .take()
      .flatMap((command) => / <(hold|build|up|prune|verify|release)>/.exec(command)?.[1] ?? []);
    // Compose 1.29 has the docker command build.
    expect(once(acts)).toEqual(["hold", "build", "up", "prune", "verify", "release"]);
    expect(done.stderr).toContain("hold --project infra2 --for 1h --reason 'deploy b-7'");
    expect(await holdsOf(scene)).toEqual({ schemaVersion: 1, holds: [] });
    const bare = await stack.deploy([...BOTH, ...FILE, "--no-hold", "--dry-run"]);
    expect(bare.stdout).not.toContain("hold");
  });

  it("goes on without a hold where the watchdog cannot be told", async ({ scene }) => {
    const stack = await changed(scene);
    const env = { ...stack.environment(), STALEWATCH_STATE: scene.file("nowhere") };
    const done = await stack.deploy([...BOTH, ...FILE], env);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toContain("there is no state directory");
    expect(done.stderr).toContain("no hold was taken, for the reason above; going on without");
  });

  it("looks with docker where stalewatch cannot say", async ({ scene }) => {
    const stack = await changed(scene);
    const env = { ...stack.environment(), STALEWATCH_GRACE: "banana" };
    const done = await stack.deploy([...BOTH, ...FILE], env);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toContain(
      "stalewatch cannot say, for the reason above; looking with docker",
    );
  });

  it("lets only one deploy of a project go on at a time", async ({ scene }) => {
    const stack = await changed(scene);
    const { stdout } = await stack.deploy([...BOTH, ...FILE, "--dry-run"]);
    const lock = /^exec 9<(.+)$/m.exec(stdout)?.[1] ?? "";
    const before = await untouched(stack);
    const command = [`'${join(DEPLOY, "deploy.sh")}'`, ...BOTH, ...FILE].join(" ");
    const second = await stack.shell(`touch ${lock} && exec 8<${lock} && flock 8 && ${command}`);
    expect(second.code).toBe(2);
    expect(lastLine(second)).toMatch(/^deploy: FAILED: another deploy of infra2 is under way/);
    expect(await untouched(stack)).toEqual(before);
  });

  it("releases its hold when it is ended, once the command that runs has ended", async ({
    scene,
  }) => {
    const stack = await changed(scene);
    stack.breakBuild("web", 10);
    const script = `'${join(DEPLOY, "deploy.sh")}' ${[...BOTH, ...FILE].join(" ")} & pid=$!
      until stalewatch hold --list | grep -q infra2; do :; done; kill "$pid"; wait "$pid"`;
    const ended = await stack.shell(script);
    expect(ended.code).toBe(143);
    expect(lastLine(ended)).toMatch(/^deploy: FAILED: ended by SIGTERM; still running: /);
    expect(await holdsOf(scene)).toEqual({ schemaVersion: 1, holds: [] });
  });

  it("refuses what it cannot deploy before it does anything", async ({ scene }) => {
    const stack = await changed(scene);
    const before = await untouched(stack);
    for (const { args, env = {}, says } of REFUSED) {
      const trace = traced(stack, { ...stack.environment(), ...env });
      const refused = await stack.deploy(args, trace.env);
      expect(refused.code, says).toBe(2);
      expect(lastLine(refused)).toContain("deploy: FAILED: ");
      expect(lastLine(refused)).toContain(says);
      const acts = trace.take().filter((command) => / <(?:build|up|prune|hold)>/.test(command));
      expect(acts).toEqual([]);
    }
    expect(await untouched(stack)).toEqual(before);

    await stack.shell("echo 'services: [' > compose.yaml");
    const invalid = await stack.deploy([...BOTH, ...FILE]);
    expect(invalid.code).toBe(2);
    expect(lastLine(invalid)).toContain("the configuration in ");
  });

  it("does not guess between two projects", async ({ scene }) => {
    const stack = await changed(scene);
    const labels = ["project=other", "service=web", "oneoff=False"];
    const options = labels.map((label) => `--label com.docker.compose.${label}`).join(" ");
    await stack.shell(`docker run -d --name other ${options} ${stack.imageOf("web")}`);
    const ambiguous = await stack.deploy(["--service", "web"]);
    await stack.shell("docker rm -f other");
    expect(ambiguous.code).toBe(2);
    expect(lastLine(ambiguous)).toContain("several projects have web (infra2, other)");
  });

  it("mends what a Compose that was killed has left behind", async ({ scene }) => {
    // Without an action for SIGTERM: its stop takes until somebody loses patience.
    const slow: Services = {
      web: { build: { cmd: ["sleep", "1000"] }, keys: { stop_grace_period: "4s" } },
    };
    const stack = await changed(scene, slow);
    await stack.compose("build");
    const up = stack.startCompose("up", "-d");
    await eventually("it is at the old container", () => up.output().includes("Recreat"));
    up.kill();
    await up.ended;
    const done = await stack.deploy(["--service", "web", ...FILE, "--timeout", "1m"]);
    expect(done.code, done.stderr).toBe(0);
    expect((await stack.containers()).map(({ state }) => state)).toEqual(["running"]);
  });

  it("takes variables, BUILD_ID among them, from where Compose does", async ({ scene }) => {
    const stack = await changed(scene, {
      web: { build: {}, keys: { image: "infra2/web:${BUILD_ID:-first}" } },
    });
    const done = await stack.deploy(["--service", "web", ...FILE, "--build-id", "b-44"]);
    expect(done.code, done.stderr).toBe(0);
    const [web] = await stack.containers();
    expect(web?.imageId).toBe((await imageOf("infra2/web:b-44")).id);
  });

  it("keeps the env file that the project was made with, whoever names its files", async ({
    scene,
  }) => {
    const keys = { environment: { COLOR: "${COLOR:-none}" } };
    const stack = await changed(scene, { web: { build: {}, keys } });
    await stack.shell("echo COLOR=red >prod.env; echo COLOR=blue >other.env");
    await stack.compose("--env-file", "prod.env", "up", "-d", "--build");
    const deploy = (...args: string[]): Promise<CommandResult> =>
      stack.deploy(["--project", PROJECT, "--service", "web", ...args]);
    const colour = async (): Promise<string | undefined> => {
      const [web] = await stack.containers();
      const { Config } = await engine()
        .docker.getContainer(web?.id ?? "")
        .inspect();
      return Config.Env.find((variable) => variable.startsWith("COLOR="));
    };
    for (const files of [[], ["--file", "compose.yaml"]]) {
      const done = await deploy(...files);
      expect(done.code, done.stderr).toBe(0);
      expect(await colour()).toBe("COLOR=red");
    }
    const other = await deploy("--env-file", "other.env");
    expect(other.code, other.stderr).toBe(0);
    expect(await colour()).toBe("COLOR=blue");
    await stack.shell("cp compose.yaml copy.yaml");
    const unsaid = await deploy("--file", "copy.yaml");
    expect(unsaid.code).toBe(2);
    expect(lastLine(unsaid)).toMatch(/--env-file \S+other\.env: say which with --env-file/);
  });

  it("finds the engine where the docker CLI does: in its current context", async ({ scene }) => {
    const stack = await changed(scene);
    const env = Object.fromEntries(
      Object.entries(stack.environment()).filter(([name]) => name !== "DOCKER_HOST"),
    );
    const host = `host=${engine().host}`;
    await stack.shell(
      `docker context create here --docker ${host} && docker context use here`,
      env,
    );
    const done = await stack.deploy([...BOTH, ...FILE], env);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toContain("+ stalewatch verify --project infra2 ");
  });

  it("does not cut off what shares the namespace of a service", async ({ scene }) => {
    const stack = await changed(scene, {
      web: { build: {} },
      side: { build: {}, keys: { network_mode: "service:web" } },
    });
    const refused = await stack.deploy(["--service", "web", ...FILE]);
    expect(refused.code).toBe(2);
    expect(lastLine(refused)).toContain("side shares a namespace of web, and would be cut off");
    const done = await stack.deploy(["--service", "web", "--service", "side", ...FILE]);
    expect(done.code, done.stderr).toBe(0);
  });

  it("keeps its hands off what a heal has made", async ({ scene }) => {
    const stack = await changed(scene);
    const labels = [`project=${PROJECT}`, "service=web", "oneoff=False"];
    const options = labels.map((label) => `--label com.docker.compose.${label}`).join(" ");
    const name = `${stack.nameOf("web")}.stalewatch-zzzzzzzz-new`;
    await stack.shell(`docker create --name ${name} ${options} ${stack.imageOf("web")}`);
    const refused = await stack.deploy([...BOTH, ...FILE]);
    expect(refused.code).toBe(2);
    expect(lastLine(refused)).toContain(`${name} belongs to a heal that is under way`);
    const { code } = await stack.shell(`docker inspect ${name} && docker rm ${name}`);
    expect(code).toBe(0);
  });

  it("takes the end of a job for what it is, with or without stalewatch", async ({ scene }) => {
    const depends_on = { job: { condition: "service_completed_successfully" } };
    const stack = await changed(scene, {
      job: { build: { cmd: ["true"] } },
      user: { build: {}, keys: { depends_on } },
    });
    for (const host of [{ stalewatch: true }, ALONE]) {
      const args = ["--service", "job", "--service", "user", "--service", "job", ...FILE];
      const done = await stack.deploy(args, stack.environment(host));
      expect(done.code, done.stderr).toBe(0);
      expect(done.stderr).toContain("done: job user of infra2:");
    }
  });

  it("releases its hold also where nobody reads what it says any more", async ({ scene }) => {
    const stack = await changed(scene);
    const command = [`'${join(DEPLOY, "deploy.sh")}'`, ...BOTH, ...FILE].join(" ");
    const { stdout } = await stack.shell(
      `{ ${command} 2>&1; echo "$?" >code; } | head -n 1; cat code`,
    );
    expect(stdout).toMatch(/^deploy: \+ stalewatch hold .*\n141\n$/);
    expect(await holdsOf(scene)).toEqual({ schemaVersion: 1, holds: [] });
  });

  it("names the commit that was built", async ({ scene }) => {
    const stack = await changed(scene);
    const git = "git -c user.name=t -c user.email=t@example.org";
    await stack.shell(`git init -q . && git add -A && ${git} commit -qm first`);
    const done = await stack.deploy(["--service", "web", ...FILE]);
    expect(done.code, done.stderr).toBe(0);
    const commit = (await stack.shell("git rev-parse HEAD")).stdout.trim();
    const { labels } = await imageOf(stack.imageOf("web"));
    expect(labels["org.opencontainers.image.revision"]).toBe(commit);
    expect(done.stderr).toContain(`-${commit.slice(0, 12)}, recreated`);
  });
});

/** Without what no two runs have in common. */
function plain(commands: readonly string[]): string[] {
  return commands.map((command) =>
    command
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME")
      .replace(/(stalewatch <release>) <[2-9b-z]{8}>/, "$1 <HOLD>")
      .replace(/<\/tmp\/[^/>]+>/g, "<LABELS>")
      .replace(/<[0-9a-f]{64}>/g, "<ID>"),
  );
}

/** The looks at the end are repeated until all is well. */
function once(commands: readonly string[]): string[] {
  return [...new Set(commands)];
}
