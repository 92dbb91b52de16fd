import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cleanUpAtExit } from "./at-exit.ts";
import { identityOf } from "./process-identity.ts";

/** A folder that is either there as a whole or not at all. */
export interface WholeFolder {
  readonly place: string;
  readonly isWhole: (folder: string) => boolean;
  /** Makes it in an empty folder elsewhere; where that is not whole afterwards, it is not put in place. */
  readonly fill: (folder: string) => Promise<void>;
}

/** Makes it unless it is there already; says whether it is there now. Made aside and put in place whole: an interrupted
 *  one is never taken for a finished one. */
export async function wholeFolder({ place, isWhole, fill }: WholeFolder): Promise<boolean> {
  if (isWhole(place)) return true;
  const parent = dirname(place);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const suffix = `${String(process.pid)}.${randomBytes(3).toString("hex")}`;
  const aside = join(parent, `${basename(place)}.${suffix}`);
  const discard = (): void => {
    rmSync(aside, { recursive: true, force: true });
  };
  mkdirSync(aside);
  const takeBack = cleanUpAtExit(discard);
  try {
    await fill(aside);
    if (isWhole(aside)) putInPlace(aside, place, isWhole);
  } finally {
    discard();
    takeBack();
  }
  return isWhole(place);
}

/** Another process may have been faster: then its copy counts, and ours is thrown away. */
function putInPlace(aside: string, place: string, isWhole: WholeFolder["isWhole"]): void {
  if (existsSync(place) && !isWhole(place)) rmSync(place, { recursive: true, force: true });
  try {
    renameSync(aside, place);
  } catch (error) {
    if (!isWhole(place)) throw error;
  }
}

/** What an earlier one left when it was killed. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /\.(\d+)\.[0-9a-f]{6}$/.exec(name)?.[1];
    if (pid === undefined || identityOf(Number(pid)) !== undefined) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}
