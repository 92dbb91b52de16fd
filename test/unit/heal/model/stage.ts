import { expect } from "vitest";
import type { HealEnd, HealRecord } from "../../../../src/domain/heal/record.ts";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import { textAt } from "../../../../src/domain/replacement/read.ts";
import type { HealClock } from "../../../../src/heal/acts.ts";
import type { HealParts } from "../../../../src/heal/parts.ts";
import { recoverHeal } from "../../../../src/heal/recover.ts";
import { runHeal } from "../../../../src/heal/transaction.ts";
import { healRecord } from "../../../harness/heal/heal-record.ts";
import {
  IMMORTAL,
  Killed,
  mortalEngine,
  mortalLease,
  type Watched,
} from "../../../harness/heal/mortal.ts";
import type { ModelContainer } from "./container.ts";
import { ModelEngine, type ModelImage } from "./engine.ts";
import { ModelJournal } from "./journal.ts";

const OLD = "sha256:old";
const NEW = "sha256:new";
const NEVER = new AbortController().signal;
export const WEB = "web";

export interface ModelStageOptions {
  /** Restart policy of all containers. */
  readonly restart?: string;
  /** Whether it publishes a port, which keeps two of it from running at once. */
  readonly published?: boolean;
  /** Whether it has a folder of the host, which is looked for before anything is created. */
  readonly bound?: boolean;
  /** How the new image behaves. */
  readonly behaviour?: ModelImage;
  /** Containers that hang on it; by default all there are ties for. */
  readonly dependents?: boolean;
  /** How the dependents' image behaves in a replacement. */
  readonly dependentsBehaviour?: ModelImage;
}

/** A stale container with data, and what hangs on it, in the model of an engine. */
export interface ModelStage extends OneHealer {
  /** Who has planned the same heal, and has a state directory of its own. */
  readonly rival: OneHealer;
}

export interface OneHealer {
  readonly engine: ModelEngine;
  readonly journal: ModelJournal;
  /** A heal until it ends, fails or is killed. */
  heal(life: Watched, signal?: AbortSignal): Promise<HealEnd | null>;
  /** What the next process does with what it finds. */
  recover(life?: Watched): Promise<void>;
  /** Until the journal is closed, as the daemon does it. */
  recoverAll(): Promise<void>;
  /** Every container, one line each, and what is wrong with it. */
  describe(): readonly string[];
}

const TIES: Readonly<Record<string, JsonObject>> = {
  sidecar: { NetworkMode: "container:web" },
  second: { NetworkMode: "container:sidecar" },
  tracer: { PidMode: "container:web", NetworkMode: "none" },
  backup: { VolumesFrom: ["web"] },
  client: { Links: ["/web:/client/web"] },
};

export async function modelStage(options: ModelStageOptions = {}): Promise<ModelStage> {
  const { restart = "no", behaviour = "serves", dependents = false, published = true } = options;
  const engine = new ModelEngine();
  engine.networks.add("front").add("back");
  for (const [id, how] of [
    [OLD, "serves"],
    [NEW, behaviour],
    ["sha256:tool", "serves"],
  ] as const)
    engine.images.set(id, how);
  engine.tags.set("web:latest", OLD).set("web", OLD).set("tool", "sha256:tool");
  const policy = { Name: restart };
  const start = async (name: string, image: string, host: JsonObject): Promise<string> => {
    const id = await engine.create(name, {
      Image: image,
      Labels: {},
      HostConfig: { ...host, RestartPolicy: policy },
      ...(name === WEB && { Volumes: { "/data": {} } }),
      NetworkingConfig: { EndpointsConfig: name === WEB ? { front: {} } : {} },
    });
    if (name === WEB) await engine.connectNetwork("back", id, {});
    await engine.start(id);
    return id;
  };
  const web = await start(WEB, "web", {
    NetworkMode: "front",
    ...(published && { PortBindings: { "80/tcp": [] } }),
    ...(options.bound === true && { Binds: ["/srv/config:/config"] }),
  });
  const names = dependents ? Object.keys(TIES) : [];
  for (const name of names) {
    const host = JSON.stringify(TIES[name]).replace(
      /container:(\w+)/,
      (_, target: string) => `container:${engine.find(target)?.id ?? ""}`,
    );
    await start(name, "tool", JSON.parse(host) as JsonObject);
  }
  engine.tags.set("web:latest", NEW).set("web", NEW);
  if (options.dependentsBehaviour !== undefined) {
    engine.images.set("sha256:tool2", options.dependentsBehaviour);
    engine.tags.set("tool", "sha256:tool2");
  }
  const data = engine.containers.get(web)?.volumes.get("/data")?.name ?? "";
  const scene = { name: WEB, others: names, tag: "web:latest", newImage: NEW };
  const rest = { engine, names: [WEB, ...names], data };
  const rival = stageOf({ ...rest, record: await healRecord(engine, scene) });
  return { ...stageOf({ ...rest, record: await healRecord(engine, scene) }), rival };
}

interface Scene {
  readonly engine: ModelEngine;
  readonly record: HealRecord;
  readonly names: readonly string[];
  readonly data: string;
}

function stageOf({ engine, record, names, data }: Scene): OneHealer {
  const journal = new ModelJournal();
  const clock = modelClock();
  const parts = (life: Watched): HealParts => ({
    engine: mortalEngine(engine, life),
    clock,
    gate: { settle: 1000, healthTimeout: 5000 },
  });
  const stage: OneHealer = {
    engine,
    journal,
    async heal(life, signal = NEVER) {
      const lease = mortalLease(journal.open(record), life);
      return unlessKilled(life, () => runHeal(lease, parts(life), signal));
    },
    async recover(life = IMMORTAL) {
      for (const found of journal.interrupted()) {
        const lease = mortalLease(found, life);
        await unlessKilled(life, () => recoverHeal(lease, parts(life), NEVER));
      }
    },
    async recoverAll() {
      for (let pass = 1; pass <= 3 && journal.interrupted().length > 0; pass++)
        await stage.recover().catch((error: unknown) => {
          if (pass === 3) throw error;
        });
    },
    describe: () => {
      const all = [...engine.containers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return [
        ...all.map((one) => line(engine, one, data)),
        ...names
          .filter((name) => !all.some((one) => one.name === name))
          .map((name) => `${name} is gone`),
        ...(engine.volumes.has(data) ? [] : ["the data is gone"]),
      ];
    },
  };
  return stage;
}

/** "web runs on sha256:new", or what is amiss. */
function line(engine: ModelEngine, one: ModelContainer, data: string): string {
  const state = engine.isServing(one)
    ? "runs"
    : one.status === "running"
      ? "runs without its namespace"
      : `is ${one.status}`;
  const volume = one.volumes.get("/data");
  const lost = one.name.startsWith(WEB) && volume?.name !== data ? ", without its data" : "";
  const apart = one.name.startsWith(WEB) && one.networks.size < 2 ? ", without a network" : "";
  return `${one.name} ${state} on ${one.image}${lost}${apart}, policy ${textAt(one.policy, "Name")}`;
}

/** What there is when all is well: everything runs, on these images. */
export function serving(
  web: "old" | "new",
  { restart = "no", dependents = false }: ModelStageOptions = {},
  tool = "tool",
): readonly string[] {
  const names = dependents ? [...Object.keys(TIES), WEB].sort() : [WEB];
  return names.map(
    (name) => `${name} runs on sha256:${name === WEB ? web : tool}, policy ${restart}`,
  );
}

/** A clock on which every sleep is over at once. */
function modelClock(): HealClock {
  let now = 1_000_000;
  return {
    now: () => now,
    async sleep(length, signal) {
      await Promise.resolve();
      signal.throwIfAborted();
      now += length;
    },
  };
}

async function unlessKilled<T>(life: Watched, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Killed || life.diedAt() !== null) return null;
    throw error;
  }
}

/** One of the ends that a heal may have: everything as before, or everything as it should be. */
export function expectServing(
  stage: ModelStage,
  options: ModelStageOptions,
  when: string,
  ends: readonly ("old" | "new")[] = ["old", "new"],
): void {
  const tool = options.dependentsBehaviour === undefined ? "tool" : "tool2";
  const expected = ends.map((end) => serving(end, options, end === "new" ? tool : "tool"));
  const found = stage.describe();
  expect(
    expected,
    `${when}: ${JSON.stringify([found, stage.journal.ends], null, 1)}`,
  ).toContainEqual(found);
}
