import { statusOf } from "./call.ts";
import { rows } from "./wire.ts";

const ATTEMPTS = 3;

/** What a list has. The containerd store refuses one with 404 while something on it is being removed, as at the end of
 *  every deploy (moby/moby#52688). Asked again, it lists what is left. */
export async function listed(
  path: string,
  ask: () => Promise<unknown>,
): Promise<ReturnType<typeof rows>> {
  for (let attempt = 1; ; attempt++)
    try {
      return rows(`GET ${path}`, await ask());
    } catch (error) {
      if (statusOf(error) !== 404 || attempt === ATTEMPTS) throw error;
    }
}
