import { defineConfig } from "vitest/config";

/** `unit` needs nothing; `integration` uses real sockets, files and processes; `engine` a real Docker engine, shared by
 *  all files, and where they deploy the built program; `system` the built program on a real engine. */
export default defineConfig({
  test: {
    // Most of the time goes by waiting for an engine: three files at once, also on two cores.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          // On a busy machine some hundred runs of a property take longer than the default of 5 s.
          testTimeout: 30_000,
          // Pure functions leave nothing behind for the next file: a process of its own for each costs a third more.
          isolate: false,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          globalSetup: ["test/harness/vitest-engine.ts", "test/harness/vitest-build.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          globalSetup: ["test/harness/vitest-engine.ts", "test/harness/vitest-build.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
