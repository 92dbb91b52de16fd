import type { ImageDefinition } from "../dockerfile.ts";

/** Exits at once. Its health check never says a word, so that on a machine of any slowness no gate passes before that. */
export const CRASHING: ImageDefinition = {
  cmd: ["sh", "-c", "exit 3"],
  healthcheck: { cmd: ["true"], interval: "1h" },
};
