import { expect, it, vi } from "vitest";
import { load } from "./sources.ts";

vi.mock("yaml", () => {
  throw new Error("yaml was loaded");
});
vi.mock("node-cron", () => {
  throw new Error("node-cron was loaded");
});

it("loads no library for the defaults and plain variables: a command must answer at once", async () => {
  const env = { STALEWATCH_GRACE: "5m", STALEWATCH_TAGS: "v*", STALEWATCH_MODE: "heal" };
  await expect(load({ env, flags: { host: "tcp://docker" } })).resolves.toBeDefined();
});

it("loads YAML for a file and cron for an expression", async () => {
  await expect(load({ file: "mode: heal" })).rejects.toThrow();
  await expect(load({ env: { STALEWATCH_SCHEDULE: "* * * * *" } })).rejects.toThrow();
});
