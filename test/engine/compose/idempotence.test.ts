import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  type ComposeProject,
  makeProject,
  type ProjectDefinition,
} from "../../harness/compose-project.ts";
import { cannotRecreate } from "../../harness/compose.ts";
import { COMPOSE_2_LINES } from "../../harness/compose-lines.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { composeForFile, connectTestEngine, uniqueName } from "../../harness/engines-in-tests.ts";
import { execIn } from "../../harness/exec-in.ts";
import { lookBefore, replaceOnNewest } from "./replaced.ts";

let engine: EngineConnection;

beforeAll(async () => {
  engine = await connectTestEngine();
});

/** What stands in Compose files; `web` is built again, the others are not. */
const PROJECTS: Readonly<Record<string, (name: string, marker: string) => ProjectDefinition>> = {
  "with nothing but a build": (name, marker) => ({
    name,
    services: { web: { build: { marker } } },
  }),
  "with an image's name, settings, and volumes of both kinds": (name, marker) => ({
    name,
    services: {
      web: {
        build: { marker, volumes: ["/cache-1"], env: { BUILD: marker }, labels: { build: marker } },
        keys: {
          image: `${name}-named`,
          restart: "always",
          environment: { GREETING: "hello $$you" },
          ports: ["8080"],
          expose: ["9090"],
          volumes: ["data:/data", "/scratch", "./web/files:/files:ro"],
          healthcheck: { test: ["CMD", "true"], interval: "1s" },
          stop_grace_period: "3s",
          cap_add: ["NET_ADMIN"],
          ulimits: { nofile: { soft: 1024, hard: 2048 } },
        },
      },
    },
    keys: { volumes: { data: {} } },
  }),
  "of services that know each other": (name, marker) => ({
    name,
    services: {
      db: { build: { marker: "db" }, keys: { networks: { back: { aliases: ["sql"] } } } },
      web: {
        build: { marker },
        keys: { depends_on: ["db"], networks: { front: { aliases: ["www"] }, back: null } },
      },
    },
    keys: { networks: { front: {}, back: {} } },
  }),
};

describe.each(COMPOSE_2_LINES)("`docker compose up -d` of %s", (line) => {
  const compose = composeForFile(line);

  it.each(Object.keys(PROJECTS))(
    "leaves a healed container alone, in a project %s",
    async (what) => {
      const { project, write } = await projectOf(what);
      await compose().run(project, "up", "-d", "--build");
      const before = await containersOf(project);
      const known = await lookBefore(engine, idOf(before, "web"));
      await write("2");
      await compose().run(project, "build", "web");
      const healed = await replaceOnNewest(engine, known);
      const expected = { ...before, web: healed };
      expect(await containersOf(project)).toEqual(expected);

      await compose().run(project, "up", "-d");
      expect(await containersOf(project)).toEqual(expected);
    },
  );
});

describe("`docker-compose up -d` of 1.29, whose hash of a service holds the image's ID", () => {
  const compose = composeForFile("1.29");

  beforeEach(({ skip }) => {
    skip(cannotRecreate("1.29", engine), "it cannot recreate anything on this engine");
  });

  it.each(Object.keys(PROJECTS))(
    "recreates a healed container once more, in a project %s",
    async (what) => {
      const { project, write } = await projectOf(what);
      await compose().run(project, "up", "-d", "--build");
      const before = await containersOf(project);
      const known = await lookBefore(engine, idOf(before, "web"));
      await write("2");
      await compose().run(project, "build", "web");
      const healed = await replaceOnNewest(engine, known);

      await compose().run(project, "up", "-d");
      const recreated = await containersOf(project);
      expect(recreated).toEqual({ ...before, web: expect.any(String) as string });
      expect(idOf(recreated, "web")).not.toBe(healed);
      await compose().run(project, "up", "-d");
      expect(await containersOf(project)).toEqual(recreated);
    },
  );

  it("keeps what is in the healed container's volumes", async () => {
    const { project, write } = await projectOf(
      "with an image's name, settings, and volumes of both kinds",
    );
    await compose().run(project, "up", "-d", "--build");
    const old = idOf(await containersOf(project), "web");
    const places = ["/data/kept", "/scratch/kept", "/cache-1/kept"];
    await execIn(engine, old, ["touch", ...places]);
    const known = await lookBefore(engine, old);
    await write("2");
    await compose().run(project, "build", "web");
    await replaceOnNewest(engine, known);
    await compose().run(project, "up", "-d");
    const web = idOf(await containersOf(project), "web");
    expect((await execIn(engine, web, ["ls", ...places])).split("\n").sort()).toEqual(
      ["", ...places].sort(),
    );
  });
});

interface Opened {
  readonly project: ComposeProject;
  /** Writes the project with another content of `web`. */
  readonly write: (marker: string) => Promise<void>;
}

async function projectOf(what: keyof typeof PROJECTS): Promise<Opened> {
  const name = uniqueName("again");
  const definition = PROJECTS[what];
  if (definition === undefined) throw new RangeError(`there is no project ${what}`);
  const project = await makeProject(engine, definition(name, "1"));
  onTestFinished(() => project.remove());
  return { project, write: (marker) => project.write(definition(name, marker).services) };
}

/** IDs of a project's containers by service; all of them run, and none has a brother. */
async function containersOf({ name }: ComposeProject): Promise<Record<string, string>> {
  const filters = { label: [`com.docker.compose.project=${name}`] };
  const containers = await engine.docker.listContainers({ all: true, filters });
  const byService = containers.map(({ Id, Labels }) => [Labels[SERVICE] ?? "", Id] as const);
  expect(containers.map(({ State }) => State)).toEqual(containers.map(() => "running"));
  expect(new Set(byService.map(([service]) => service)).size).toBe(containers.length);
  return Object.fromEntries(byService);
}

const SERVICE = "com.docker.compose.service";

function idOf(containers: Readonly<Record<string, string>>, service: string): string {
  const id = containers[service];
  if (id === undefined) throw new Error(`${service} has no container`);
  return id;
}
