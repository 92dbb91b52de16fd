import { LIMITS } from "./corpus/limits.ts";
import { NETWORK } from "./corpus/network.ts";
import { PROCESS } from "./corpus/process.ts";
import { STORAGE } from "./corpus/storage.ts";
import type { Sample } from "./sample.ts";

/** One container for every option of `docker run` that an engine keeps, by name. */
export const CORPUS: Readonly<Record<string, Sample>> = {
  ...PROCESS,
  ...NETWORK,
  ...STORAGE,
  ...LIMITS,
};
