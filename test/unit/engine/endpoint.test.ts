import { expect, it } from "vitest";
import { endpointOf } from "../../../src/engine/endpoint.ts";

it.each([
  ["/version", "/version"],
  ["/containers/json", "/containers/json"],
  ["/images/json", "/images/json"],
  ["/containers/create", "/containers/create"],
  ["/containers/0af3/json", "/containers/{id}/json"],
  ["/containers/0af3/start", "/containers/{id}/start"],
  ["/containers/0af3", "/containers/{id}"],
  ["/images/sha256:0af3/json", "/images/{id}/json"],
  ["/images/registry.example/team/web:1/json", "/images/{id}/json"],
  ["/networks/bridge", "/networks/{id}"],
  ["/services/web/update", "/services/{id}/update"],
  ["/containers/0af3/dance", "/containers/{id}"],
  ["/anything/else", "other"],
  ["/", "other"],
])("%s is counted as %s", (path, endpoint) => {
  expect(endpointOf(path)).toBe(endpoint);
});
