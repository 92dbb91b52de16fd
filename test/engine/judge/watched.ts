import { test } from "vitest";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { openWatch } from "./watch.ts";

/** `it` whose tests get a watchdog of their own, on the engine that all test files share. */
export const it = test.extend("watch", async ({}, { onCleanup }) => {
  const watch = await openWatch(await connectTestEngine());
  onCleanup(() => watch.close());
  return watch;
});
