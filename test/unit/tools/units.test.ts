import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NAMED_KEYS } from "../../../src/config/key-list.ts";

const SYSTEMD = join(import.meta.dirname, "../../../systemd");

function linesOf(name: string): readonly string[] {
  return readFileSync(join(SYSTEMD, name), "utf8").trimEnd().split("\n");
}

const services = ["stalewatch.service", "stalewatch-check.service"] as const;

describe("the units", () => {
  it.each(services)("%s takes every secret of the configuration as a credential", (name) => {
    const expected = NAMED_KEYS.filter(({ key }) => key.secret).flatMap(({ path }) => [
      `LoadCredential=${path}:/etc/stalewatch/credentials/${path}`,
      `SetCredential=${path}:-`,
    ]);
    expect(linesOf(name).filter((line) => /^(Load|Set)Credential=/.test(line))).toEqual(expected);
  });

  it("confine the one-shot as they do the daemon", () => {
    const [daemon, check] = services.map((name) => {
      const lines = linesOf(name);
      const from = lines.findIndex((line) => line.startsWith("User="));
      return lines.slice(from, lines.findIndex((line) => line.startsWith("ExecPaths=")) + 1);
    });
    expect(daemon).toEqual(check);
    expect(daemon?.length).toBeGreaterThan(30);
  });

  it("are all packed", async () => {
    const { UNITS } = await import("../../../tools/package/layout.ts");
    const there = readdirSync(SYSTEMD).filter((name) => /\.(service|timer)$/.test(name));
    expect(there.toSorted()).toEqual([...UNITS].toSorted());
  });
});
