/** Run by given-engine.ts at the exit of its process: SOCKET ENGINE-ID RUN-ID. */
import { removeFromSameEngine } from "./given-engine.ts";

const [socketPath, engineId, runId] = process.argv.slice(2);
if (socketPath === undefined || engineId === undefined || runId === undefined) {
  throw new Error("usage: remove-labelled-main.ts SOCKET ENGINE-ID RUN-ID");
}
await removeFromSameEngine(socketPath, engineId, runId);
