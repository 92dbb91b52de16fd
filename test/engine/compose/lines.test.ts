import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ComposeProject, ProjectDefinition } from "../../harness/compose-project.ts";
import { makeProject } from "../../harness/compose-project.ts";
import { cannotRecreate } from "../../harness/compose.ts";
import { COMPOSE_LINES } from "../../harness/compose-lines.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { composeForFile, connectTestEngine, uniqueName } from "../../harness/engines-in-tests.ts";
import { eventually } from "../../harness/wait.ts";

const NO_RECREATE = "it reads a field of images that this engine has dropped";

let engine: EngineConnection;

beforeAll(async () => {
  engine = await connectTestEngine();
});

describe.each(COMPOSE_LINES)("Compose %s, as the tests use it", (line) => {
  const compose = composeForFile(line);

  it("is found under the name that it has on a host", async () => {
    const project = await projectOf({ web: { build: {} } });
    expect(await compose().run(project, "version")).toContain(line);
  });

  it("builds, starts, leaves alone what is fresh and recreates what is stale", async ({ skip }) => {
    skip(cannotRecreate(line, engine), NO_RECREATE);
    const project = await projectOf({ web: { build: { marker: "1" } } });
    await compose().run(project, "up", "-d", "--build");
    const first = await containersOf(project);
    await compose().run(project, "up", "-d");
    expect(await containersOf(project)).toEqual(first);

    await project.write({ web: { build: { marker: "2" } } });
    await compose().run(project, "build");
    expect(await containersOf(project)).toEqual(first);
    await compose().run(project, "up", "-d");
    const second = await containersOf(project);
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
  });

  it("is killed with all its processes, and leaves what it has left undone", async ({ skip }) => {
    skip(cannotRecreate(line, engine), NO_RECREATE);
    // Without an action for SIGTERM: its stop takes until somebody loses patience.
    const slow = { build: { cmd: ["sleep", "1000"] }, keys: { stop_grace_period: "60s" } };
    const project = await projectOf({ web: slow });
    await compose().run(project, "up", "-d", "--build");
    const [before] = await containersOf(project);
    const up = compose().start(project, "up", "-d", "--force-recreate");
    await eventually("it is at the old container", () => up.output().includes("Recreat"));
    up.kill();
    expect((await up.ended).code).toBeNull();
    expect((await containersOf(project)).map(({ id }) => id)).toContain(before?.id);
  });
});

async function projectOf(services: ProjectDefinition["services"]): Promise<ComposeProject> {
  const project = await makeProject(engine, { name: uniqueName("lines"), services });
  onTestFinished(() => project.remove());
  return project;
}

async function containersOf({ name }: ComposeProject): Promise<{ id: string; image: string }[]> {
  const filters = { label: [`com.docker.compose.project=${name}`] };
  const containers = await engine.docker.listContainers({ all: true, filters });
  return containers.map(({ Id, ImageID }) => ({ id: Id, image: ImageID }));
}
