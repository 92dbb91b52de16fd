import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { NAMED_KEYS } from "../../../src/config/key-list.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { exampleConfig } from "../../../tools/example-config.ts";

const FILE = "/etc/stalewatch/stalewatch.yaml";

function load(text: string) {
  const readFile = () => Promise.resolve(Buffer.from(text));
  return loadConfig({ flags: { config: FILE }, env: {}, readFile });
}

describe("the example configuration", () => {
  it("is what the package's file was made to be by `npm run docs`", () => {
    const path = join(import.meta.dirname, "../../../deploy/stalewatch.yaml");
    expect(readFileSync(path, "utf8")).toBe(exampleConfig());
  });

  it("says nothing as it is: every line is a comment", async () => {
    const { values } = await load(exampleConfig());
    expect(new Set(values.map(({ origin }) => origin))).toEqual(new Set(["default"]));
  });

  it("holds every key with its default, to be had by taking away one # a line", async () => {
    const uncommented = exampleConfig().replace(/^#(?! \S)/gm, "");
    const document = parseDocument(uncommented);
    for (const { path } of NAMED_KEYS) expect(document.hasIn(path.split(".")), path).toBe(true);
    const [asIs, all] = [await load(""), await load(uncommented)];
    const values = ({ values: list }: typeof all) =>
      Object.fromEntries(list.map(({ path, value }) => [path, value]));
    // Its default is the machine's.
    const timezone = "UTC";
    expect(values(all)).toEqual({ ...values(asIs), timezone });
  });
});
