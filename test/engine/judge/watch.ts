import type { JudgeInput } from "../../../src/domain/judge.ts";
import { DEFAULT_POLICY } from "../../../src/domain/policy.ts";
import type { Judgement } from "../../../src/domain/verdict.ts";
import { scan, type Scan } from "../../../src/daemon/scan.ts";
import { connectEngine } from "../../../src/engine/connect.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { State } from "../../../src/state/state.ts";
import type { ContainerDefinition } from "../../harness/container-definition.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import { buildImage } from "../../harness/images.ts";
import { temporaryDirectory } from "../../harness/program.ts";

const NEVER = new AbortController().signal;

/** Everything of one test: names that start alike, and a watchdog with a memory that looks at those alone. */
export interface Watch {
  readonly engine: EngineConnection;
  /** Prefix of its containers' names, and the name of its image. */
  readonly name: string;
  /** Builds an image that no other test builds, the same for the same marker; returns its ID. Default tag: the name. */
  build(marker: string, tag?: string): Promise<string>;
  /** As `docker run -d`, on the image of that name. */
  run(more?: Partial<ContainerDefinition>): Promise<string>;
  /** One scan; this much later than now, in milliseconds. */
  scan(after?: number): Promise<Scan>;
  /** The same, and what it says of the one container that is there. */
  judge(after?: number): Promise<Judgement>;
  close(): Promise<void>;
}

export async function openWatch(
  engine: EngineConnection,
  policy: Partial<JudgeInput["policy"]> = {},
): Promise<Watch> {
  const name = uniqueName("judged");
  const folder = temporaryDirectory();
  const state = new State({ directory: folder.path, mayReplace: true, now: () => new Date() });
  const address = { kind: "unix", path: engine.socketPath } as const;
  const watched = await connectEngine({ address, timeout: 15_000, name: null }, NEVER);
  const containers: string[] = [];
  const look = (after = 0): Promise<Scan> =>
    scan({ ...optionsOf(watched, state, name), ...withPolicy(policy), now: later(after) }, NEVER);
  return {
    engine,
    name,
    build: (marker, tag = name) => buildImage(engine, { tag, marker: `${name}, ${marker}` }),
    run: (more = {}) => {
      const definition = { name, image: name, ...more };
      containers.push(definition.name);
      return runContainer(engine, definition);
    },
    scan: look,
    judge: async (after) => onlyOne((await look(after)).judgements),
    close: async () => {
      for (const container of containers) await removeContainer(engine, container);
      state.close();
      folder.remove();
    },
  };
}

function optionsOf(engine: Engine, ledger: State, name: string) {
  return {
    engine,
    ledger,
    self: null,
    healWindowOpen: true,
    selection: (container: { readonly name: string }) => container.name.startsWith(name),
    reporting: null,
    lastScanAt: null,
    clocks: null,
  };
}

function withPolicy(policy: Partial<JudgeInput["policy"]>) {
  return { policy: { ...DEFAULT_POLICY, ...policy } };
}

function later(milliseconds: number): () => number {
  return () => Date.now() + milliseconds;
}

function onlyOne(judgements: readonly Judgement[]): Judgement {
  const [judgement, ...others] = judgements;
  if (judgement === undefined || others.length > 0)
    throw new Error(`${String(judgements.length)} containers were judged, not one`);
  return judgement;
}
