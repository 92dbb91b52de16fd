import { describe, expect, vi } from "vitest";
import {
  composeForFile,
  connectTestEngine,
  privateEngineForFile,
} from "../../harness/engines-in-tests.ts";
import type { CheckDocument } from "../../system/documents.ts";
import { itOn, type Scene } from "../../system/scene.ts";
import { lineOfEngine } from "./line.ts";
import { FAILING_CONDITION, HEALTHY_AT_FIRST } from "./ways.ts";
import { PROJECT, stackOn, type Services, type Stack } from "./stack.ts";

vi.setConfig({ testTimeout: 180_000 });

const engine = privateEngineForFile();
const line = lineOfEngine();
const compose = composeForFile(line, engine);
const it = itOn(engine);

const WEB: Services = { web: { build: {} } };

async function running(scene: Scene, services: Services = WEB): Promise<Stack> {
  const stack = await stackOn(engine(), compose(), scene.env, services);
  await stack.up();
  await stack.write();
  return stack;
}

type Checked = CheckDocument["containers"][number];

/** By what holds without any configuration. */
async function looked(scene: Scene): Promise<readonly Checked[]> {
  const env = { STALEWATCH_RULES: "[]", STALEWATCH_EXCLUDE: "nothing-is-called-so" };
  return (await scene.checkOf(PROJECT, env)).containers;
}

/** Afterwards `web` runs an image that was not there before. */
async function deployMends(stack: Stack): Promise<void> {
  const before = await stack.containers();
  const args = ["--project", PROJECT, "--file", "compose.yaml", "--service", "web"];
  const { code, stderr } = await stack.deploy(args);
  expect(code, stderr).toBe(0);
  const after = (await stack.containers()).filter(({ service }) => service === "web");
  const old = new Set(before.map(({ imageId }) => imageId));
  expect(after.map(({ state, imageId }) => [state, old.has(imageId)])).toEqual([
    ["running", false],
  ]);
}

/** No tag moves that a running container follows: RELIABILITY_PLAN.md says so, and what helps. */
describe(`what a comparison of tags cannot see, on Compose ${line}`, () => {
  it("a build under another project name", async ({ scene }) => {
    const stack = await running(scene);
    await stack.compose("-p", "other", "build");
    expect(await looked(scene)).toMatchObject([{ verdict: "fresh", warnings: [] }]);
    await deployMends(stack);
  });

  it("a build on another engine", async ({ scene }) => {
    const stack = await running(scene);
    const { host } = await connectTestEngine();
    // Not from that engine's cache: others remove images there, and containerd the layers, in this very moment.
    const built = await stack.shell(
      `DOCKER_HOST=${host} docker build --no-cache -t ${stack.imageOf("web")} web`,
    );
    expect(built.code, built.stderr).toBe(0);
    expect(await looked(scene)).toMatchObject([{ verdict: "fresh", warnings: [] }]);
    await deployMends(stack);
  });

  it("a one-off that goes on running, which is excluded", async ({ scene }) => {
    const stack = await running(scene);
    await stack.compose("run", "-d", "web");
    await stack.compose("build");
    await stack.compose("up", "-d");
    const excluded = (await looked(scene)).filter(({ verdict }) => verdict !== "fresh");
    expect(excluded).toMatchObject([{ verdict: "excluded", reasonCode: "short-lived" }]);
    await stack.shell("docker rm -f $(docker ps -q --filter label=com.docker.compose.oneoff=True)");
  });

  it.runIf(line !== "1.29")(
    "a condition of depends_on that does not come true: the service is down",
    async ({ scene }) => {
      const stack = await running(scene, HEALTHY_AT_FIRST);
      await stack.write(FAILING_CONDITION);
      await stack.compose("build");
      expect((await stack.tryCompose("up", "-d")).code).not.toBe(0);
      const web = (await stack.containers()).filter(({ service }) => service === "web");
      expect(web).toMatchObject([{ state: "created" }]);
      const verified = await scene.stalewatch([
        "verify",
        "--project",
        PROJECT,
        "--service",
        "web",
        "--timeout",
        "0",
        "--json",
      ]);
      expect(verified.code).toBe(1);
      expect(JSON.parse(verified.stdout)).toMatchObject({
        services: [{ containers: [{ fault: { code: "not-running" } }] }],
      });
      await stack.write();
      await deployMends(stack);
    },
  );
});

describe.runIf(line === "1.29")("a build by Compose 2.x of what Compose 1.29 runs", () => {
  const other = composeForFile("2.40", engine);

  it("moves another tag, which a warning names", async ({ scene }) => {
    const stack = await running(scene);
    await other().run(stack.project, "build");
    const [web] = await looked(scene);
    expect(web).toMatchObject({ verdict: "fresh" });
    expect(web?.warnings).toMatchObject([{ code: "newer-build-elsewhere" }]);
    await stack.write();
    await deployMends(stack);
    expect(await looked(scene)).toMatchObject([{ verdict: "fresh", warnings: [] }]);
  });
});
