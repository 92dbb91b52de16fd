import type { ComposeLine } from "./compose-packages.ts";

/** Where an engine was chosen, as `npm run test:engines` does for each. */
const IS_THOROUGH = (process.env["STALEWATCH_TEST_ENGINE"] ?? "") !== "";

/** Every line of Compose there; else the oldest and the newest, between which `npm test` has no time for more. */
export const COMPOSE_LINES: readonly ComposeLine[] = IS_THOROUGH
  ? ["1.29", "2.26", "2.40"]
  : ["1.29", "2.40"];

/** Of those, the ones with which our own process dies at every step: what it leaves does not depend on the line. */
export const LINES_OF_OUR_DEATHS: readonly ComposeLine[] = IS_THOROUGH ? COMPOSE_LINES : ["1.29"];

/** Those of Compose 2.x. */
export const COMPOSE_2_LINES = COMPOSE_LINES.filter((line) => line !== "1.29");
