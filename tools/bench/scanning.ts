import { DEFAULT_POLICY } from "../../src/domain/policy.ts";
import { scan } from "../../src/daemon/scan.ts";
import { connectEngine } from "../../src/engine/connect.ts";
import { State } from "../../src/state/state.ts";
import type { PrivateEngine } from "../../test/harness/engine.ts";
import { temporaryDirectory } from "../../test/harness/program.ts";

export interface PreparedScan {
  /** One scan; gives the number of engine calls that it took. */
  readonly run: () => Promise<number>;
  readonly close: () => void;
}

/** The daemon's scan with a real state, all containers known. */
export async function policyScan(engine: PrivateEngine): Promise<PreparedScan> {
  const directory = temporaryDirectory();
  const state = new State({ directory: directory.path, mayReplace: true, now: () => new Date() });
  const signal = new AbortController().signal;
  const address = { kind: "unix", path: engine.socketPath } as const;
  const connection = await connectEngine({ address, timeout: 15_000, name: null }, signal);
  const run = async (): Promise<number> => {
    const done = await scan(
      {
        engine: connection,
        ledger: state,
        policy: DEFAULT_POLICY,
        self: null,
        healWindowOpen: true,
        selection: null,
        reporting: { reminder: 6 * 3_600_000, newId: () => "bench", route: () => [], extra: [] },
        now: () => Date.now(),
        lastScanAt: null,
        clocks: null,
      },
      signal,
    );
    return done.calls;
  };
  await run();
  const close = (): void => {
    state.close();
    directory.remove();
  };
  return { run, close };
}
