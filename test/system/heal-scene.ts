import { expect, vi } from "vitest";
import type { ContainerDefinition } from "../harness/container-definition.ts";
import type { BuildOptions } from "../harness/images.ts";
import type { Environment, Finished } from "../harness/program.ts";
import type { Scene } from "./scene.ts";

/** A heal asks more of an engine than a look: on a busy machine many at a time take long. */
vi.setConfig({ testTimeout: 120_000 });

/** A replacement proves itself quickly here. */
export const QUICK: Environment = { STALEWATCH_HEAL_SETTLE: "1s" };

/** The daemon recreates this project's containers, because a rule says so for them. */
export function healing({ project }: Scene, more: Environment = {}): Environment {
  const rule = `{ match: { name: '${project}-*' }, enable: true, mode: heal }`;
  return { ...QUICK, STALEWATCH_RULES: `[${rule}]`, ...more };
}

/** An image whose containers end at once, with these last words. */
export const BROKEN: Partial<BuildOptions> = {
  cmd: ["sh", "-c", "echo cannot find the database; exit 3"],
};

/** `stalewatch heal`, with short trials. */
export function heal(
  scene: Scene,
  args: readonly string[],
  env: Environment = {},
): Promise<Finished> {
  return scene.stalewatch(["heal", ...args], { ...QUICK, ...env });
}

export interface Present {
  readonly name: string;
  readonly id: string;
  readonly image: string;
  readonly state: string;
}

/** Every container of the scene's, in any state, by name. */
export async function present({ engine, project }: Scene): Promise<readonly Present[]> {
  const all = await engine.docker.listContainers({ all: true });
  return all
    .map(({ Id, Names, ImageID, State }) => ({
      id: Id,
      // A link's alias may come first in the list: "/web/db".
      name: (Names.find((name) => name.lastIndexOf("/") === 0) ?? "").slice(1),
      image: ImageID,
      state: State,
    }))
    .filter(({ name }) => name.startsWith(`${project}-`))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The one container of that name; nothing else of the scene's may be left of a heal. */
export async function only(scene: Scene, { name }: ContainerDefinition): Promise<Present> {
  const all = await present(scene);
  expect(all.map((one) => one.name)).toEqual([name]);
  const [found] = all;
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
}

export async function imageOf({ engine }: Scene, reference: string): Promise<string> {
  return (await engine.docker.getImage(reference).inspect()).Id;
}

/** `heal --json`, as far as tests read it one by one. */
export interface HealDocument {
  readonly dryRun: boolean;
  readonly heals: readonly {
    readonly id: string;
    readonly container: string;
    readonly outcome: string | null;
    readonly detail: string | null;
    readonly dependents: readonly string[];
    readonly steps: readonly { readonly step: string; readonly container: string }[];
    readonly logs: readonly string[];
    readonly warnings: readonly string[];
  }[];
  readonly refused: readonly { readonly container: string; readonly reason: string }[];
  readonly nothingToDo: readonly { readonly container: string; readonly reason: string }[];
}

export const healDocument = (stdout: string): HealDocument => JSON.parse(stdout) as HealDocument;

/** One heal in `history --json`. */
export interface PastHeal {
  readonly id: string;
  readonly container: string;
  readonly by: string;
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly closedAt: string | null;
}

/** All heals that the journal knows, oldest first. */
export async function journal(scene: Scene): Promise<readonly PastHeal[]> {
  const { stdout } = await scene.stalewatch(["history", "--json"]);
  return (JSON.parse(stdout) as { heals: PastHeal[] }).heals.toReversed();
}
