import type { ComposeLine } from "./compose-packages.ts";

/** Every line of Compose where an engine was chosen, as `npm run test:engines` does for each; else the oldest and the
 *  newest, between which `npm test` has no time for more. */
export const COMPOSE_LINES: readonly ComposeLine[] =
  (process.env["STALEWATCH_TEST_ENGINE"] ?? "") === ""
    ? ["1.29", "2.40"]
    : ["1.29", "2.26", "2.40"];
