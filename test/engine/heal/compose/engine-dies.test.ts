import { beforeEach, describe, expect, it } from "vitest";
import type { ComposeCommands } from "../../../../src/heal/compose/commands.ts";
import { cannotRecreate } from "../../../harness/compose.ts";
import { composeForFile, privateEngineForFile } from "../../../harness/engines-in-tests.ts";
import { eventually } from "../../../harness/wait.ts";
import { IMMORTAL } from "../../../harness/heal/mortal.ts";
import { composeHealersOf } from "./killed.ts";
import { composeStage, type ComposeStage } from "./stage.ts";

const engine = privateEngineForFile();

describe.each(["1.29", "2.40"] as const)("when the engine dies in a heal by Compose %s", (line) => {
  const compose = composeForFile(line, engine);

  beforeEach(({ skip }) => {
    skip(cannotRecreate(line, engine()), "Compose 1.29 cannot recreate anything on this engine");
  });

  it.each([1, 3, 5, 7])(
    "at change %i, one container serves after it is back",
    async (change) => {
      // Untouched containers stay down after such a death unless they are told to restart.
      const stage = await composeStage(engine(), compose(), { keys: { restart: "always" } });
      const deadly = killingEngineAt(change, stage);
      const healers = composeHealersOf(stage, deadly.commands);
      await healers.heal(IMMORTAL);
      await healers.recover(IMMORTAL);
      expect(deadly.killed()).toBe(true);
      // What the engine finds half started it stops and starts itself, with all the patience that it has.
      await eventually(
        "it serves",
        async () => {
          const present = await stage.present();
          expect(present).toMatchObject([{ name: stage.container, state: "running" }]);
          return true;
        },
        { timeoutMs: 60_000 },
      );
      expect(await stage.data()).toBe("precious");
      healers.remove();
      await stage.clear();
    },
    180_000,
  );
});

/** Kills the engine at the n-th change that it tells of, and starts it again. */
function killingEngineAt(
  n: number,
  { project, commands }: ComposeStage,
): { readonly commands: ComposeCommands; readonly killed: () => boolean } {
  let revival: Promise<void> | null = null;
  const killAndStart = async (): Promise<void> => {
    await engine().killDaemon();
    await engine().startDaemon();
  };
  const run: ComposeCommands["run"] = async (command, options, signal) => {
    const filters = { label: [`com.docker.compose.project=${project.name}`] };
    const events = await engine().docker.getEvents({ filters });
    let seen = 0;
    events.on("data", () => {
      if (++seen === n) revival = killAndStart();
    });
    events.on("error", () => undefined);
    const end = await commands.run(command, options, signal);
    await revival;
    return end;
  };
  return { commands: { ...commands, run }, killed: () => revival !== null };
}
