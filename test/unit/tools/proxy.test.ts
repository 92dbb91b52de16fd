import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  pathPattern,
  proxyArguments,
  readEndpoints,
  type EndpointPart,
} from "../../../tools/endpoints.ts";

const DEPLOY = join(import.meta.dirname, "../../../deploy");
const ENDPOINTS = readEndpoints(readFileSync(join(DEPLOY, "endpoints.txt"), "utf8"));

/** What the proxy of a Compose file is told to let through. */
function allowedIn(file: string): readonly string[] {
  const project = parse(readFileSync(join(DEPLOY, file), "utf8")) as {
    services: { proxy: { command: string[] } };
  };
  return project.services.proxy.command.filter((argument) => /^-allow[A-Z]/.test(argument));
}

describe("the socket proxy lets through what the list has, and nothing else", () => {
  it.each<[string, readonly EndpointPart[]]>([
    ["compose.proxy.yaml", ["alert"]],
    ["compose.proxy-heal.yaml", ["alert", "heal"]],
  ])("in %s", (file, parts) => {
    const wanted = ENDPOINTS.filter(({ part }) => parts.includes(part));
    // Compose replaces $NAME in a file, and nothing else is special in these patterns.
    expect(allowedIn(file)).toEqual(proxyArguments(wanted));
    expect(allowedIn(file).join()).not.toContain("$");
  });
});

it("a pattern is for one endpoint alone", () => {
  const [one] = readEndpoints("alert GET /containers/{id}/json");
  const pattern = new RegExp(`^${pathPattern(one === undefined ? [] : [one])}$`);
  for (const path of ["/containers/web/json", "/v1.41/containers/4f2a/json"])
    expect(path).toMatch(pattern);
  for (const path of ["/containers/json", "/containers/a/b/json", "/v1.41/containers/a/exec"])
    expect(path).not.toMatch(pattern);
});
