import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../src/daemon/clock.ts";
import { scan } from "../../src/daemon/scan.ts";
import { askedTargets } from "../../src/domain/heal/targets.ts";
import { DEFAULT_POLICY } from "../../src/domain/policy.ts";
import { connectEngine, connectHealEngine, connectSwarmEngine } from "../../src/engine/connect.ts";
import { prepareHeals, runHeals, type HealerParts } from "../../src/heal/healer.ts";
import { viewWorld } from "../../src/heal/world.ts";
import { State } from "../../src/state/state.ts";
import { compose1 } from "../../test/harness/compose.ts";
import { makeProject } from "../../test/harness/compose-project.ts";
import { createContainer, removeContainer, runContainer } from "../../test/harness/containers.ts";
import type { ContainerDefinition } from "../../test/harness/container-definition.ts";
import type { PrivateEngine } from "../../test/harness/engine.ts";
import { buildImage, tagImage } from "../../test/harness/images.ts";
import { temporaryDirectory } from "../../test/harness/program.ts";
import { median } from "./measure.ts";
import { against, ms, row, times, type Row } from "./report.ts";

const RUNS = 5;
const PORT = 18080;
/** Serves, and stops at once. */
const SERVER = [
  "sh",
  "-c",
  "trap 'exit 0' TERM; mkdir /www; echo ok > /www/index.html; httpd -f -p 80 -h /www & wait $!",
];
const NEVER = new AbortController().signal;

/** How long a published port gives no answer while a container is replaced: by a heal, by the bare calls that any
 *  replacement needs, and by Compose. */
export async function benchHealing(engine: PrivateEngine): Promise<Row[]> {
  const images = [await serverImage(engine, "1"), await serverImage(engine, "2")] as const;
  const heals: number[] = [];
  const bares: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const [heal, bare] = [
      await downtimeOfHeal(engine, images),
      await downtimeOfBare(engine, images),
    ];
    // The first one warms up.
    if (run >= 0) {
      heals.push(heal);
      bares.push(bare);
    }
  }
  const compose = await downtimesOfCompose(engine);
  const ratio = median(heals.map((heal, i) => heal / (bares[i] ?? 1)));
  return [
    row("downtime of the bare stop and start of a prepared container", ms(median(bares))),
    row("downtime of `docker-compose up -d --force-recreate` (1.29)", ms(median(compose))),
    against(
      "downtime of a heal",
      `${ms(median(heals))}, ${times(ratio)} bare`,
      "≤ 1.15 × bare, below Compose",
      ratio <= 1.15 && median(heals) < median(compose),
    ),
  ];
}

function serverImage(engine: PrivateEngine, marker: string): Promise<string> {
  return buildImage(engine, { tag: `bench-server:${marker}`, marker, cmd: SERVER });
}

const DEFINITION: ContainerDefinition = {
  name: "bench-web-1",
  image: "bench-web",
  compose: { project: "bench-web", service: "web" },
  ports: { "80/tcp": String(PORT) },
};

/** The longest time without an answer while `work` was done. */
async function downtimeWhile(engine: PrivateEngine, work: () => Promise<unknown>): Promise<number> {
  const folder = temporaryDirectory();
  const stop = join(folder.path, "stop");
  const poll = engine.run(process.execPath, [
    join(import.meta.dirname, "poll.mjs"),
    String(PORT),
    stop,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await work();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  writeFileSync(stop, "");
  const { stdout, code, stderr } = await poll;
  folder.remove();
  if (code !== 0) throw new Error(`the poll failed: ${stderr}`);
  return Number(stdout);
}

async function downtimeOfHeal(
  engine: PrivateEngine,
  [before, after]: readonly [string, string],
): Promise<number> {
  await tagImage(engine, before, DEFINITION.image);
  await runContainer(engine, DEFINITION);
  await tagImage(engine, after, DEFINITION.image);
  const downtime = await downtimeWhile(engine, () => healOnce(engine));
  await removeContainer(engine, DEFINITION.name, { volumes: true });
  return downtime;
}

async function healOnce(engine: PrivateEngine): Promise<void> {
  const address = { kind: "unix", path: engine.socketPath } as const;
  const options = { address, timeout: 15_000, name: null };
  const directory = temporaryDirectory();
  const state = new State({ directory: directory.path, mayReplace: true, now: () => new Date() });
  const parts: HealerParts = {
    engine: await connectHealEngine(options, NEVER),
    swarm: await connectSwarmEngine(options, NEVER),
    clock: SYSTEM_CLOCK,
    gate: { settle: 500, healthTimeout: "auto" },
    book: state.heals,
    account: () => ({ incident: null, postings: [] }),
    newId: () => "bench",
    by: "command",
    cleanup: false,
    compose: null,
    hiddenLoss: () => Promise.resolve(null),
  };
  const done = await scan(
    {
      engine: await connectEngine(options, NEVER),
      ledger: state,
      policy: DEFAULT_POLICY,
      self: null,
      healWindowOpen: true,
      selection: null,
      reporting: null,
      now: () => Date.now(),
      lastScanAt: null,
      clocks: null,
    },
    NEVER,
  );
  const asked = askedTargets(
    done.judgements.filter(({ container }) => container.name === DEFINITION.name),
    { asked: "names", force: false },
    done.at,
  );
  const targets = asked.flatMap((one) => (one.kind === "heal" ? [one.target] : []));
  const view = await viewWorld(done.judgements, done.memory, parts.engine, NEVER);
  const { ready } = await prepareHeals(targets, view, { ...parts, open: [] }, NEVER);
  const [report] = await runHeals(ready, parts, NEVER);
  state.close();
  directory.remove();
  if (report?.end.outcome !== "healed")
    throw new Error(`not healed: ${String(report?.end.detail)}`);
}

/** The least that any replacement needs: the new container is there, the old one is stopped, the new one started. */
async function downtimeOfBare(
  engine: PrivateEngine,
  [before, after]: readonly [string, string],
): Promise<number> {
  await tagImage(engine, before, DEFINITION.image);
  const old = await runContainer(engine, DEFINITION);
  await tagImage(engine, after, DEFINITION.image);
  const next = await createContainer(engine, { ...DEFINITION, name: `${DEFINITION.name}-next` });
  const downtime = await downtimeWhile(engine, async () => {
    await engine.docker.getContainer(old).stop();
    await engine.docker.getContainer(next).start();
  });
  for (const id of [old, next]) await removeContainer(engine, id, { volumes: true });
  return downtime;
}

async function downtimesOfCompose(engine: PrivateEngine): Promise<number[]> {
  const compose = await compose1(engine);
  const project = await makeProject(engine, {
    name: "benchcompose",
    services: { web: { build: { marker: "1", cmd: SERVER }, keys: { ports: [`${PORT}:80`] } } },
  });
  try {
    await compose.run(project, "up", "-d", "--build");
    const downtimes: number[] = [];
    for (let run = -1; run < RUNS; run++) {
      const downtime = await downtimeWhile(engine, () =>
        compose.run(project, "up", "-d", "--force-recreate"),
      );
      if (run >= 0) downtimes.push(downtime);
    }
    return downtimes;
  } finally {
    await project.remove();
    compose.close();
  }
}
