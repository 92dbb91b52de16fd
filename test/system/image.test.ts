import { copyFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { makePackage } from "../../tools/package/make.ts";
import { TEST_LABEL, type EngineConnection } from "../harness/engine.ts";
import { connectTestEngine, uniqueName } from "../harness/engines-in-tests.ts";
import { tryExecIn } from "../harness/exec-in.ts";
import { removeContainer } from "../harness/containers.ts";
import { removeImage } from "../harness/images.ts";
import { temporaryDirectory } from "../harness/program.ts";
import { eventually } from "../harness/wait.ts";
import { it } from "./scene.ts";

const ROOT = join(import.meta.dirname, "../..");
const made = temporaryDirectory();
const image = uniqueName("stalewatch-image");
/** As the image has them; a scene says otherwise. */
const OWN_PLACES = {
  DOCKER_HOST: "unix:///var/run/docker.sock",
  STALEWATCH_STATE: "/var/lib/stalewatch",
  STALEWATCH_STATUS_LISTEN: "127.0.0.1:9750",
};
let engine: EngineConnection;

/** As `docker build -f deploy/Dockerfile build/image`. */
beforeAll(async () => {
  engine = await connectTestEngine();
  const { image: context } = await makePackage(made.path);
  copyFileSync(join(ROOT, "deploy/Dockerfile"), join(context, "Dockerfile"));
  const answer = await engine.docker.buildImage(
    { context, src: ["Dockerfile", "root", "state"] },
    { t: image, labels: { [TEST_LABEL]: engine.runId } },
  );
  for await (const part of answer) expect(String(part)).not.toContain("errorDetail");
}, 300_000);
afterAll(async () => {
  await removeImage(engine, image);
  made.remove();
});

it("runs in a container: not as root, on a read-only root, and is healthy after its first scan", async ({
  scene,
}) => {
  const web = await scene.startStale("web");
  const name = `${scene.project}-stalewatch`;
  const container = await engine.docker.createContainer({
    name,
    Image: image,
    Labels: { [TEST_LABEL]: engine.runId },
    Env: Object.entries({ ...scene.env, ...OWN_PLACES }).map(([key, value]) => `${key}=${value}`),
    HostConfig: {
      Binds: [`${engine.socketPath}:/var/run/docker.sock`],
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      GroupAdd: [String(statSync(engine.socketPath).gid)],
    },
  });
  try {
    await container.start();
    const ready = ["/usr/bin/stalewatch", "doctor", "--ready"];
    await eventually("it is ready", async () => (await tryExecIn(engine, name, ready)).code === 0, {
      timeoutMs: 30_000,
    });
    const check = await tryExecIn(engine, name, ["/usr/bin/stalewatch", "check", web.name]);
    expect(check.output).toContain("stale");
    const { Config, HostConfig } = await container.inspect();
    expect([Config.User, HostConfig.ReadonlyRootfs]).toEqual(["65532:65532", true]);
    expect(Config.Healthcheck?.Test).toEqual(["CMD", ...ready]);
  } finally {
    await removeContainer(engine, name, { volumes: true });
  }
});
