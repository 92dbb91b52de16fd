import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cannotRecreate } from "../../../harness/compose.ts";
import { COMPOSE_2_LINES, COMPOSE_LINES } from "../../../harness/compose-lines.ts";
import type { EngineConnection } from "../../../harness/engine.ts";
import { composeForFile, connectTestEngine } from "../../../harness/engines-in-tests.ts";
import { composeStage, type ComposeStage, type StageOptions } from "./stage.ts";

let engine: EngineConnection;
let stage: ComposeStage;
beforeAll(async () => {
  engine = await connectTestEngine();
});
afterEach(() => stage.clear());

const CHANGED = "the project's files are not what the container was made from";

describe.each(COMPOSE_LINES)("what Compose %s is told", (line) => {
  const compose = composeForFile(line);

  beforeEach(({ skip }) => {
    skip(cannotRecreate(line, engine), "Compose 1.29 cannot recreate anything on this engine");
  });
  const refusal = async (options: Parameters<ComposeStage["plan"]>[0] = {}): Promise<string> => {
    const plan = await stage.plan(options);
    if (plan.kind === "planned") throw new Error("it was not refused");
    return plan.reason;
  };

  it("is one service, from the very files it was made from, and never to pull or build", async () => {
    stage = await composeStage(engine, compose());
    const plan = await stage.plan();
    if (plan.kind === "refused") throw new Error(plan.reason);
    const { folder, name } = stage.project;
    const warning = `if the new one fails, ${stage.container} cannot be brought back: the engine has forgotten the image that it runs`;
    expect(plan.warnings).toEqual(engine.store === "containerd" ? [warning] : []);
    expect(plan.command.directory).toBe(folder);
    const end = line === "1.29" ? "" : "--pull never --remove-orphans=false ";
    expect(plan.command.words.join(" ")).toMatch(
      new RegExp(
        `--ansi never -f ${folder}/compose.yaml --project-directory ${folder} -p ${name} up -d --no-deps --no-build ${end}--force-recreate --scale web=1 web$`,
      ),
    );
  });

  it("is nothing where .env is gone, whose blanks would be a different service", async () => {
    const keys = { environment: { SHOP: "${SHOP}" } };
    stage = await composeStage(engine, compose(), { keys, env: "SHOP=one\n" });
    expect(await stage.plan()).toMatchObject({ kind: "planned" });
    rmSync(join(stage.project.folder, ".env"));
    expect(await stage.plan()).toEqual({
      kind: "refused",
      reason: `${CHANGED}: SHOP is not set in its environment file`,
    });
  });

  it("is nothing outside the roots, or where others may write", async () => {
    stage = await composeStage(engine, compose());
    const { folder } = stage.project;
    expect(await refusal({ roots: ["/srv"] })).toBe(`${folder} is not inside heal.composeRoots`);
    expect(await refusal({ roots: [] })).toBe(`${folder} is not inside heal.composeRoots`);
    chmodSync(dirname(folder), 0o770);
    expect(await refusal()).toMatch(/is writable by its group or by others/);
  });

  it("is nothing where containers hang on it, or one of the service does not run", async () => {
    stage = await composeStage(engine, compose(), { scale: 2 });
    expect(await refusal({ dependents: ["proxy"] })).toBe(
      "proxy hangs on it, which Compose would leave with what is gone",
    );
    const second = stage.container.replace(/1$/, "2");
    await engine.docker.getContainer(second).stop({ t: 0 });
    expect(await refusal()).toBe(`${second} is exited, and Compose would start it`);
  });

  it("is nothing where the files name another image, or have no such service", async () => {
    stage = await composeStage(engine, compose());
    const asBefore = rewrite((text) => text.replace('"build": "./web"', '"image": "other:1"'));
    expect(await refusal()).toBe(
      line === "1.29"
        ? "the project's files say image other:1, which is not the newest image"
        : CHANGED,
    );
    asBefore();
    rewrite((text) => text.replace('"web":', '"www":'));
    expect(await refusal()).toMatch(/web/);
  });
});

/** Gives what undoes it. */
function rewrite(change: (text: string) => string): () => void {
  const path = join(stage.project.folder, "compose.yaml");
  const before = readFileSync(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return () => {
    writeFileSync(path, before);
  };
}

describe.each(COMPOSE_2_LINES)("the hash of Compose %s", (line) => {
  const compose = composeForFile(line);
  const plan = async (options: StageOptions, change: () => void): Promise<unknown> => {
    stage = await composeStage(engine, compose(), options);
    change();
    return stage.plan();
  };

  it("tells that the service's definition has changed", async () => {
    const changed = await plan({}, () => {
      rewrite((text) => text.replace('"build": "./web",', '"build": "./web", "privileged": true,'));
    });
    expect(changed).toMatchObject({ kind: "refused", reason: CHANGED });
  });

  it("is the same for a service in a profile, with a scale, an environment file and volumes", async () => {
    const keys = {
      profiles: ["shop"],
      env_file: "web.env",
      environment: { SHOP: "${SHOP:-x}" },
      volumes: ["named:/named", "./:/here:ro"],
      networks: ["front", "default"],
      deploy: { replicas: 2 },
      pull_policy: "always",
    };
    const projectKeys = { volumes: { named: null }, networks: { front: null } };
    const options = { keys, projectKeys, scale: 2, files: { "web.env": "A=1\n" } };
    expect(await plan(options, () => undefined)).toMatchObject({ kind: "planned" });
  });

  it("tells that an environment file has changed", async () => {
    const options = { keys: { env_file: "web.env" }, files: { "web.env": "A=1\n" } };
    expect(await plan(options, () => undefined)).toMatchObject({ kind: "planned" });
    appendFileSync(join(stage.project.folder, "web.env"), "B=2\n");
    expect(await stage.plan()).toMatchObject({ kind: "refused", reason: CHANGED });
  });

  it("says nothing of a service that shares another one's namespace", async () => {
    const options: StageOptions = {
      keys: { network_mode: "service:db" },
      otherServices: { db: { build: { marker: "db" } } },
    };
    expect(await plan(options, () => undefined)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("shares another container's namespace") as string,
    });
  });
});

describe("Compose 2.40, which replaces a network whose definition has changed", () => {
  const compose = composeForFile("2.40");

  it.each([
    ["network", { networks: { front: { driver_opts: { a: "1" } } } }],
    ["volume", { volumes: { front: { driver_opts: { a: "1" } } } }],
  ])("is not told to, by a changed %s", async (kind, changed) => {
    const keys = kind === "network" ? { networks: ["front"] } : { volumes: ["front:/front"] };
    const projectKeys = { [`${kind}s`]: { front: null } };
    stage = await composeStage(engine, compose(), { keys, projectKeys });
    expect(await stage.plan()).toMatchObject({ kind: "planned" });
    const inner = JSON.stringify(Object.values(changed)[0]).slice(1, -1);
    rewrite((text) => text.replace(/"front": \{/, `${inner.slice(0, -1)},`));
    expect(await stage.plan()).toMatchObject({
      kind: "refused",
      reason: `${CHANGED}: ${kind} ${stage.project.name}_front is defined otherwise, so that Compose would replace it`,
    });
  });
});

describe("a container of Compose 1.29 on an engine where that cannot recreate it", () => {
  const compose = composeForFile("1.29");

  it("is not given to it: that would rename the old one, and fail", async ({ skip }) => {
    skip(!cannotRecreate("1.29", engine), "here it can");
    stage = await composeStage(engine, compose());
    expect(await stage.plan()).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^Compose 1\.x cannot recreate/) as string,
    });
  });
});

describe("a container of Compose 1.29 on a host that has 2.x only", () => {
  const [old, current] = [composeForFile("1.29"), composeForFile("2.40")];

  it("is not given to it: that would make another container of it", async () => {
    stage = await composeStage(engine, old(), { programsOf: current() });
    expect(await stage.plan()).toMatchObject({
      kind: "refused",
      reason: "it was made by Compose 1.x, and this host has Compose 2.40.3-3",
    });
  });
});
