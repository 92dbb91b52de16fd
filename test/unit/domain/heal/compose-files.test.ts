import { describe, expect, it } from "vitest";
import {
  blankVariables,
  drawnInBy,
  inlineSecretsIn,
  variablesSetIn,
} from "../../../../src/domain/heal/compose-files.ts";
import type { Json } from "../../../../src/domain/replacement/json.ts";

describe("inline configs and secrets", () => {
  it.each<[string, Json[], RegExp | null]>([
    ["content", [{ configs: { nginx: { content: "server {}" } } }], /configs .*\(nginx\)/],
    ["environment", [{ secrets: { token: { environment: "TOKEN" } } }], /secrets .*\(token\)/],
    ["in the second file", [{}, { secrets: { t: { environment: "T" } } }], /\(t\)/],
    ["files", [{ secrets: { token: { file: "./token" } } }], null],
    ["external ones", [{ configs: { nginx: { external: "true" } } }], null],
    ["none at all", [{ services: { web: { image: "app" } } }], null],
    ["files that cannot be read", [null, "text", []], null],
  ])("%s", (_, files, reason) => {
    if (reason === null) expect(inlineSecretsIn(files)).toBeNull();
    else expect(inlineSecretsIn(files)).toMatch(reason);
  });
});

describe("variables that would be blank", () => {
  it.each<[Json, string[]]>([
    [{ image: "app:${TAG}" }, ["TAG"]],
    [{ image: "$REGISTRY/app:$TAG" }, ["REGISTRY", "TAG"]],
    [{ list: [{ deep: "${A}" }], again: "${A}" }, ["A"]],
    [{ image: "app:${KNOWN}" }, []],
    [{ image: "app:${TAG:-latest} ${B-} ${C:?needed} ${D:+x}" }, []],
    [{ command: "echo $$HOME $${PATH}" }, []],
    [{ command: "costs 5$ or $1" }, []],
    [null, []],
  ])("%j", (file, blank) => {
    expect(blankVariables([file], new Set(["KNOWN"]))).toEqual(blank);
  });

  it("are looked up in environment files", () => {
    const file = "# COMMENT=1\nA=1\n  B = 2\nexport C=\nNOT SET\nD\n=x\r\nE='x=y'\r\n";
    expect(variablesSetIn(file)).toEqual(["A", "B", "C", "E"]);
  });
});

describe("files that a file draws in", () => {
  it.each<[Json, { extended: string[]; environment: string[] }]>([
    [
      { services: { web: { extends: { file: "base.yml", service: "web" } } } },
      { extended: ["base.yml"], environment: [] },
    ],
    [
      { services: { web: { extends: "db", env_file: "web.env" }, db: { env_file: ["a", "b"] } } },
      { extended: [], environment: ["web.env", "a", "b"] },
    ],
    [{ services: { web: null } }, { extended: [], environment: [] }],
    [null, { extended: [], environment: [] }],
  ])("%j", (file, drawn) => {
    expect(drawnInBy(file)).toEqual(drawn);
  });
});
