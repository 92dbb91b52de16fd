import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import { StalewatchError } from "../../../src/domain/error.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine, uniqueName } from "../../harness/engines-in-tests.ts";
import { healRecord, preflightOf } from "../../harness/heal/heal-record.ts";
import { disturbed, type Watched } from "../../harness/heal/mortal.ts";
import { buildImage, tagImage, untagImage } from "../../harness/images.ts";
import { createNetwork, createVolume } from "../../harness/networks-and-volumes.ts";
import { WAITING_CMD } from "../../harness/dockerfile.ts";
import { healersOf, type HealerOptions, type Healers } from "./healers.ts";
import {
  dataOf,
  expectServing,
  healStage,
  SERVING,
  stageImages,
  type HealStage,
  type StageOptions,
} from "./stage.ts";

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

const PODMAN_MAKES = "Podman makes folders anew, and replaces nothing that has a device";
const PODMAN_REFUSES = "Podman does not create what is in a network that is gone";

interface Scene {
  readonly stage: HealStage;
  readonly healers: Healers;
}

/** Concurrent tests have hooks of their own. */
async function scene(
  { onTestFinished }: Pick<TestContext, "onTestFinished">,
  options: StageOptions = {},
): Promise<Scene> {
  const stage = await healStage(engine, await stageImages(engine, options), options);
  const healers = healersOf(stage);
  onTestFinished(async () => {
    await stage.clear();
    healers.remove();
  });
  return { stage, healers };
}

/** Something happens right before a call, or when it has been answered. */
function at(step: string, happen: () => Promise<void>): { readonly life: Watched } {
  return { life: disturbed(0, happen, (what) => what === step) };
}

/** Heals, and looks that the journal is closed. */
async function healed({ healers }: Scene, options: HealerOptions = {}): Promise<HealEnd> {
  const end = await healers.heal(options);
  if (end === null) throw new Error("it was killed");
  expect(healers.open()).toBe(0);
  expect(healers.ends()).toEqual([end]);
  return end;
}

type Given = NonNullable<StageOptions["container"]>;

/** What a container may have of the host, a folder or a device node, and one that has it. */
const OF_THE_HOST: readonly [
  what: string,
  kind: "folder" | "device",
  given: (source: string, test: TestContext) => Given | Promise<Given>,
][] = [
  ["what it binds", "folder", (source) => ({ binds: [`${source}:/config`] })],
  [
    "what it lets the engine make anew",
    "folder",
    (Source) => {
      // As Compose asks for a bind that has a propagation.
      const BindOptions = { Propagation: "private", CreateMountpoint: true } as const;
      const mount = { Type: "bind", Source, Target: "/config", BindOptions } as const;
      return { createOptions: { HostConfig: { Mounts: [mount] } } };
    },
  ],
  [
    "what a volume of its stands for",
    "folder",
    async (device) => {
      const volume = uniqueName("volume");
      await createVolume(engine, volume, { DriverOpts: { type: "none", o: "bind", device } });
      return { binds: [`${volume}:/config`] };
    },
  ],
  [
    "what comes with another container's volumes",
    "folder",
    async (source, { onTestFinished }) => {
      const name = uniqueName("source");
      onTestFinished(() => removeContainer(engine, name, { volumes: true }));
      const { old: image } = await stageImages(engine);
      await runContainer(engine, { name, image, binds: [`${source}:/config`] });
      return { createOptions: { HostConfig: { VolumesFrom: [name] } } };
    },
  ],
  [
    "a device of its",
    "device",
    (PathOnHost) => {
      const device = { PathOnHost, PathInContainer: "/dev/stick", CgroupPermissions: "rwm" };
      return { createOptions: { HostConfig: { Devices: [device] } } };
    },
  ],
];

describe.concurrent("nothing is touched", () => {
  it("when the image is removed between judging and healing", async (test) => {
    const one = await scene(test);
    const { stage } = one;
    const record = await stage.record();
    await engine.docker.getImage(stage.images.new).remove({ force: true });
    const end = await healed(one, { record });
    expect(end).toMatchObject({ outcome: "refused", quarantine: false });
    expect(end.detail).toMatch(/cannot be created: .*no such image/i);
    await expectServing(stage, {}, "the image is gone", ["old"]);
  });

  it("when the tag has moved again before the replacement was created", async (test) => {
    const one = await scene(test);
    const record = await one.stage.record();
    const third = await buildImage(engine, {
      tag: null,
      cmd: SERVING,
      marker: uniqueName("third"),
    });
    await tagImage(engine, third, one.stage.name);
    expect(await healed(one, { record })).toMatchObject({
      outcome: "discarded",
      detail: "its tag means yet another image by now",
    });
    await expectServing(one.stage, {}, "the tag has moved", ["old"]);
  });

  it("when the tag moves again while the replacement is created", async (test) => {
    const one = await scene(test);
    const { stage } = one;
    const third = await buildImage(engine, {
      tag: null,
      cmd: SERVING,
      marker: uniqueName("third"),
    });
    const moved = at("after create", () => tagImage(engine, third, stage.name));
    expect(await healed(one, moved)).toMatchObject({ outcome: "discarded" });
    await expectServing(stage, {}, "the tag has moved", ["old"]);
  });

  it("when its stop may last without end", async (test) => {
    const createOptions = { StopTimeout: -1 };
    const { stage } = await scene(test, { container: { createOptions } });
    const answer = await preflightOf(stage.healEngine, {
      name: stage.name,
      tag: `${stage.name}:latest`,
      newImage: stage.images.new,
    });
    expect(answer).toMatchObject({ kind: "refused" });
  });

  it("when what it mounts from another container is another one's by now", async (test) => {
    test.skip(engine.kind === "podman", "Podman writes the volumes down, too, and they stay");
    const images = await stageImages(engine);
    const [source, aside] = [uniqueName("source"), uniqueName("aside")];
    for (const name of [source, aside])
      test.onTestFinished(() => removeContainer(engine, name, { volumes: true }));
    await runContainer(engine, { name: source, image: images.old, volumes: ["/shared"] });
    const createOptions = { HostConfig: { VolumesFrom: [source] } };
    const one = await scene(test, { container: { createOptions } });
    await engine.docker.getContainer(source).rename({ name: aside });
    await runContainer(engine, { name: source, image: images.old, volumes: ["/shared"] });
    const end = await healed(one);
    expect(end).toMatchObject({ outcome: "refused" });
    expect(end.detail).toContain("/shared");
    await expectServing(one.stage, {}, "nothing was stopped", ["old"]);
  });

  it.for(OF_THE_HOST)("when %s is gone from the host", async ([, kind, given], test) => {
    test.skip(engine.kind === "podman", PODMAN_MAKES);
    const source = await made(kind);
    const one = await scene(test, { container: await given(source, test) });
    await removed(source);
    const end = await healed(one);
    expect(end).toMatchObject({ outcome: "refused" });
    expect(end.detail).toMatch(new RegExp(`missing on the host: .*${source}`));
    await expectServing(one.stage, {}, "the source is gone", ["old"]);
  });

  it("when a person stops it before the heal does", async (test) => {
    const one = await scene(test);
    const { stage } = one;
    const stop = at("after create", async () => {
      await engine.docker.getContainer(stage.name).stop();
    });
    expect(await healed(one, stop)).toMatchObject({ outcome: "discarded" });
    expect(await stage.present()).toEqual([
      { name: stage.name, state: "exited", image: stage.images.old },
    ]);
  });

  it("when it was started with --rm", async (test) => {
    const name = uniqueName("rm");
    const images = await stageImages(engine);
    await tagImage(engine, images.old, name);
    await runContainer(engine, { name, image: name, autoRemove: true });
    await tagImage(engine, images.new, name);
    const { healEngine } = (await scene(test)).stage;
    const answer = await preflightOf(healEngine, {
      name,
      tag: `${name}:latest`,
      newImage: images.new,
    });
    expect(answer).toMatchObject({ kind: "refused" });
    await removeContainer(engine, name);
    await untagImage(engine, name);
  });
});

/** The path of a new folder of the host, or of a device there that is like /dev/null. */
async function made(kind: "folder" | "device"): Promise<string> {
  const path = `/tmp/${uniqueName("stalewatch-source")}`;
  await onTheHost(kind === "folder" ? `mkdir /host${path}` : `mknod /host${path} c 1 3`);
  return path;
}

async function removed(path: string): Promise<void> {
  await onTheHost(`rm -r /host${path}`);
}

/** On the engine's side. */
async function onTheHost(command: string): Promise<void> {
  const images = await stageImages(engine);
  const name = uniqueName("host");
  await runContainer(engine, { name, image: images.old, binds: ["/:/host"], cmd: WAITING_CMD });
  const exec = await engine.docker
    .getContainer(name)
    .exec({ Cmd: ["sh", "-c", command], AttachStdout: true });
  const stream = await exec.start({});
  stream.resume();
  await new Promise((resolve) => stream.on("end", resolve));
  await removeContainer(engine, name);
}

describe.concurrent("the old one serves again", () => {
  it.for<[string, StageOptions, RegExp]>([
    [
      "when the new one exits at once, with success",
      { newImage: { cmd: ["true"] } },
      /exited with code 0/,
    ],
    [
      "when the new one cannot be started",
      { newImage: { cmd: ["/no/such/program"] } },
      /could not start/,
    ],
    [
      "when the new one comes up again and again, healthy for a moment each time",
      {
        restart: "unless-stopped",
        newImage: {
          cmd: ["sh", "-c", "sleep 1; exit 1"],
          healthcheck: { cmd: ["true"], interval: "200ms" },
        },
      },
      /exited (?:with code 1|and was started again)/,
    ],
    [
      "when the new one says that it is not healthy",
      {
        newImage: {
          cmd: SERVING,
          healthcheck: {
            cmd: ["sh", "-c", "echo no database; exit 1"],
            interval: "200ms",
            retries: 2,
          },
        },
      },
      /unhealthy/,
    ],
    [
      "when the new one does not become healthy in time",
      { newImage: { cmd: SERVING, healthcheck: { cmd: ["true"], interval: "60s" } } },
      /not healthy within 2 s/,
    ],
  ])("%s", async ([, options, reason], test) => {
    const isHealthless = engine.kind === "podman" && reason.source === "unhealthy";
    test.skip(isHealthless, "images that Podman builds over its socket have no healthcheck");
    const one = await scene(test, options);
    // Only who is never healthy meets this deadline: on a busy machine the others would, too.
    const healthTimeout = reason.source.includes("not healthy") ? 2000 : 30_000;
    const end = await healed(one, { gate: { settle: 2500, healthTimeout } });
    expect(end, end.detail).toMatchObject({ outcome: "rolled-back", quarantine: true });
    expect(end.detail).toMatch(reason);
    expect(end.detail).not.toContain("the old one");
    if (reason.source === "unhealthy") expect(end.logs).toContain("health check: no database");
    await expectServing(one.stage, {}, "after the rollback", ["old"]);
  });

  it("when one of its networks has been removed", async (test) => {
    test.skip(engine.kind === "podman", PODMAN_REFUSES);
    const network = uniqueName("gone");
    await createNetwork(engine, network);
    const one = await scene(test);
    const { stage } = one;
    await engine.docker.getNetwork(network).connect({ Container: stage.name });
    const record = await stage.record();
    await engine.docker.getNetwork(network).disconnect({ Container: stage.name, Force: true });
    await engine.docker.getNetwork(network).remove();
    const end = await healed(one, { record });
    expect(end).toMatchObject({ outcome: "rolled-back", quarantine: false });
    expect(end.detail).toContain(network);
    await expectServing(stage, {}, "the network is gone", ["old"]);
  });

  it("when a person stops the new one on trial, whose image is not to blame", async (test) => {
    const one = await scene(test);
    const { stage } = one;
    const stop = at("after start", async () => {
      for (const { name } of await stage.present())
        if (name !== stage.name) await engine.docker.getContainer(name).stop();
    });
    const end = await healed(one, stop);
    expect(end).toMatchObject({ outcome: "rolled-back", quarantine: false });
    expect(end.detail).toBe("somebody stopped it: it exited with code 0");
    await expectServing(stage, {}, "it was stopped on trial", ["old"]);
  });

  it("when another process has its port for a moment", async (test) => {
    const one = await scene(test, { container: { ports: { "8080/tcp": "18081" } } });
    const thief = uniqueName("thief");
    const { stage } = one;
    const steal = at("before start", async () => {
      await runContainer(engine, {
        name: thief,
        image: stage.images.old,
        ports: { "8080/tcp": "18081" },
      });
      // Gone before the rollback gives up.
      setTimeout(() => void removeContainer(engine, thief), 3000);
    });
    expect(await healed(one, steal)).toMatchObject({ outcome: "rolled-back", quarantine: false });
    await expectServing(stage, {}, "after the rollback", ["old"]);
  });
});

describe.concurrent("people are told the truth", () => {
  it("when another process keeps its port", async (test) => {
    const one = await scene(test, { container: { ports: { "8080/tcp": "18082" } } });
    const thief = uniqueName("thief");
    const { stage } = one;
    const steal = at("before start", async () => {
      await runContainer(engine, {
        name: thief,
        image: stage.images.old,
        ports: { "8080/tcp": "18082" },
      });
    });
    const end = await healed(one, steal);
    await removeContainer(engine, thief);
    expect(end).toMatchObject({ outcome: "failed", quarantine: false });
    expect(end.detail).toMatch(
      /the old one does not start again: .*(?:port is already allocated|address already in use)/,
    );
    expect(await stage.present()).toMatchObject([{ name: stage.name, image: stage.images.old }]);
    await engine.docker.getContainer(stage.name).start();
    expect(await dataOf(engine, stage.name)).toBe("precious");
  });

  it("when the network is removed while neither runs", async (test) => {
    test.skip(engine.kind === "podman", PODMAN_REFUSES);
    const network = uniqueName("gone");
    await createNetwork(engine, network);
    const one = await scene(test, { container: { networkMode: network } });
    const { stage } = one;
    const remove = at("before start", async () => {
      await engine.docker.getNetwork(network).remove();
    });
    const end = await healed(one, remove);
    expect(end).toMatchObject({ outcome: "failed", quarantine: false });
    expect(end.detail).toContain(network);
    expect(await stage.present()).toMatchObject([{ name: stage.name, image: stage.images.old }]);
  });
});

describe.concurrent("it is healed", () => {
  it.for(OF_THE_HOST)("when %s is there", async ([, kind, given], test) => {
    test.skip(engine.kind === "podman" && kind === "device", PODMAN_MAKES);
    const source = await made(kind);
    test.onTestFinished(() => removed(source));
    const one = await scene(test, { container: await given(source, test) });
    expect(await healed(one)).toMatchObject({ outcome: "healed", warnings: [] });
    await expectServing(one.stage, {}, "nothing is missing", ["new"]);
  });

  it("though its tag moves again while the new one is on trial, which is told", async (test) => {
    const one = await scene(test);
    const { stage } = one;
    const moves = at("after start", () => tagImage(engine, stage.images.old, stage.name));
    const end = await healed(one, moves);
    expect(end).toMatchObject({ outcome: "healed", outdated: true });
    expect(end.detail).toBe(`runs what ${stage.name}:latest meant before`);
    expect(end.warnings).toEqual([
      `${stage.name}:latest has come to mean yet another image since the heal began`,
    ]);
    await expectServing(stage, {}, "the tag has moved", ["new"]);
  });

  it("though somebody changes the old one meanwhile, which is told", async (test) => {
    test.skip(engine.kind === "podman", "Podman changes no container");
    const one = await scene(test);
    const { stage } = one;
    const change = at("after start", async () => {
      await engine.docker.getContainer(stage.name).update({ CpuShares: 512 });
    });
    expect((await healed(one, change)).warnings).toEqual([
      `${stage.name}: somebody changed its limits or networks meanwhile; that was not carried over`,
    ]);
    await expectServing(stage, {}, "the old one was changed", ["new"]);
  });

  it("without what a person stops meanwhile, where that does not need it", async (test) => {
    const one = await scene(test, { dependents: ["backup"] });
    const { stage } = one;
    const backup = `${stage.name}.backup`;
    const stop = at("after start", async () => {
      await engine.docker.getContainer(backup).stop();
    });
    const end = await healed(one, stop);
    expect(end).toMatchObject({ outcome: "healed" });
    expect(end.warnings).toEqual([
      `${backup}, which hung on it, was stopped, paused, renamed or removed meanwhile, and is left alone`,
    ]);
    expect((await stage.present()).map(({ name, state }) => `${name} ${state}`)).toEqual([
      `${stage.name} running`,
      `${backup} exited`,
    ]);
    await engine.docker.getContainer(backup).start();
    expect(await dataOf(engine, backup)).toBe("precious");
  });

  it("and it is told what does not run and holds on to the old one", async (test) => {
    const options: StageOptions = { dependents: ["sidecar", "backup"] };
    const one = await scene(test, options);
    const { stage } = one;
    for (const kind of options.dependents ?? [])
      await engine.docker.getContainer(`${stage.name}.${kind}`).stop();
    const record = await healRecord(stage.healEngine, {
      name: stage.name,
      tag: `${stage.name}:latest`,
      newImage: stage.images.new,
    });
    expect((await healed(one, { record })).warnings).toEqual([
      `${stage.name}.sidecar, which does not run, is tied to the old container (network): recreate it before you start it`,
    ]);
  });

  it("with what has its volumes, though its new image declares one more", async (test) => {
    test.skip(engine.kind === "podman", "Podman shows an image's volumes as asked for by name");
    const options: StageOptions = {
      dependents: ["backup"],
      newImage: { cmd: SERVING, volumes: ["/cache"] },
    };
    const one = await scene(test, options);
    expect(await healed(one)).toMatchObject({ outcome: "healed", warnings: [] });
    await expectServing(one.stage, options, "one more volume", ["new"]);
  });

  it("by one of two heals that begin at once, each with a state directory of its own", async (test) => {
    const one = await scene(test);
    const { stage } = one;
    const rivals = healersOf(stage);
    test.onTestFinished(() => {
      rivals.remove();
    });
    let theirs: HealEnd | null = null;
    const rival = at("after create", async () => {
      theirs = await rivals.heal();
    });
    expect(await healed(one, rival)).toMatchObject({ outcome: "healed", warnings: [] });
    expect(theirs).toMatchObject({ outcome: "discarded" });
    expect((theirs as HealEnd | null)?.detail).toMatch(
      /^another heal is under way: \S+\.stalewatch-\S+-new is there$/,
    );
    await expectServing(stage, {}, "two began at once", ["new"]);
  });

  it("though it does not stop before its time is up", async (test) => {
    const one = await scene(test, {
      image: { cmd: ["sh", "-c", "trap '' TERM; httpd -p 8080 -h /; while :; do sleep 1; done"] },
      container: { createOptions: { StopTimeout: 1 } },
    });
    expect(await healed(one)).toMatchObject({ outcome: "healed", warnings: [] });
    await expectServing(one.stage, {}, "after a stop by force", ["new"]);
  });

  it("or else nothing is done where the journal cannot be opened", async (test) => {
    const one = await scene(test);
    const full = new StalewatchError("STATE_UNUSABLE", "the disk is full");
    const { life } = {
      life: disturbed(
        0,
        () => {
          throw full;
        },
        (what) => what === "created",
      ),
    };
    const end = await one.healers.heal({ life });
    expect(end).toMatchObject({ outcome: "discarded", detail: "the disk is full" });
    await expectServing(one.stage, {}, "the disk is full", ["old"]);
  });
});
