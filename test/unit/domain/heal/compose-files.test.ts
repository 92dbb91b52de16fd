import { describe, expect, it } from "vitest";
import {
  blankVariables,
  drawnInBy,
  inlineSecretsIn,
  variablesSetIn,
} from "../../../../src/domain/heal/compose-files.ts";
import type { Json } from "../../../../src/domain/replacement/json.ts";

describe("inline configs and secrets", () => {
  const uses = (kind: string, ...used: Json[]): Json => ({ services: { web: { [kind]: used } } });
  const INLINE = { configs: { nginx: { content: "server {}" } } };

  it.each<[string, Json[], RegExp | null]>([
    ["content", [{ ...INLINE, services: { web: { configs: ["nginx"] } } }], /configs .*\(nginx\)/],
    ["with a target", [INLINE, uses("configs", { source: "nginx", target: "/x" })], /\(nginx\)/],
    [
      "environment, in another file",
      [uses("secrets", "token"), { secrets: { token: { environment: "TOKEN" } } }],
      /secrets .*\(token\)/,
    ],
    [
      "what the service may have of the one that it extends",
      [{ ...INLINE, services: { web: { extends: "base" } } }],
      /\(nginx\)/,
    ],
    [
      "of another service",
      [{ ...INLINE, services: { web: {}, db: { configs: ["nginx"] } } }],
      null,
    ],
    ["files", [{ secrets: { t: { file: "./t" } } }, uses("secrets", "t")], null],
    ["external ones", [{ configs: { c: { external: "true" } } }, uses("configs", "c")], null],
    ["none at all", [{ services: { web: { image: "app" } } }], null],
    ["files that cannot be read", [null, "text", []], null],
  ])("%s", (_, files, reason) => {
    if (reason === null) expect(inlineSecretsIn(files, "web")).toBeNull();
    else expect(inlineSecretsIn(files, "web")).toMatch(reason);
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
    [{ services: { web: { environment: ["A", "B=1", "KNOWN"] } } }, ["A"]],
    [{ services: { web: { environment: { A: null, B: "", KNOWN: null } } } }, ["A"]],
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
