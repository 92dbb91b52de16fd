import { afterEach } from "vitest";
import { State } from "../../../src/state/state.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import { at } from "../../unit/domain/builders.ts";

export interface StateFixture {
  /** A directory of this test's own. */
  readonly directory: () => string;
  /** As the daemon opens it. */
  readonly daemon: (directory: string) => State;
  /** As a command opens it, beside the daemon or without. */
  readonly command: (directory: string) => State;
}

/** State directories and open states that end with the test. Called at the top of a test file. */
export function stateFixture(): StateFixture {
  const directories: ReturnType<typeof temporaryDirectory>[] = [];
  const states: State[] = [];
  afterEach(() => {
    for (const state of states.splice(0)) state.close();
    for (const directory of directories.splice(0)) directory.remove();
  });
  const open = (directory: string, mayReplace: boolean): State => {
    const state = new State({ directory, mayReplace, now: () => new Date(at("12:00")) });
    states.push(state);
    return state;
  };
  return {
    directory: () => {
      const made = temporaryDirectory();
      directories.push(made);
      return made.path;
    },
    daemon: (directory) => open(directory, true),
    command: (directory) => open(directory, false),
  };
}
