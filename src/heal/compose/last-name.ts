import type { Acts } from "../acts.ts";
import type { Look } from "../look.ts";

/** Compose's temporary name for a container that takes another one's place. */
const TEMPORARY = /^[0-9a-f]{12}_(.+)$/;

/** What Compose itself would have called it in the end, had it not been cut off. */
export async function ensureLastName({ id, name }: Look, acts: Acts): Promise<void> {
  const last = TEMPORARY.exec(name)?.[1];
  if (last !== undefined) await acts.ensureName(id, last);
}
