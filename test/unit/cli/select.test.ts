import { describe, expect, it } from "vitest";
import { refuseUnknown, selectionOf, type SelectionOptions } from "../../../src/cli/select.ts";
import { container, host, type SketchedContainer } from "../domain/builders.ts";
import { task } from "../domain/tasks.ts";

const stack = { "com.docker.stack.namespace": "shop" };
const running: readonly SketchedContainer[] = [
  container(),
  container({ name: "shop-api-1", compose: "shop/api/1" }),
  task("shop_web.1.x7f", { labels: stack }),
  task("shop_web.2.k2p", { labels: stack }),
  task("agent.1.r0q"),
];
const { snapshot } = host({ containers: running, images: [] });

function selected(options: Partial<SelectionOptions>): string[] {
  const selection = selectionOf({ names: [], ...options });
  return snapshot.containers
    .filter((one) => selection === null || selection(one))
    .map(({ name }) => name);
}

it("in the middle of a heal, what serves is selected by the name that it will have", () => {
  const healing = host({
    containers: [
      container({ name: "web", compose: null, state: "exited" }),
      container({ name: "web.stalewatch-1a2b-new", compose: null }),
    ],
    images: [],
  }).snapshot;
  const options = { names: ["web"] };
  refuseUnknown(options, healing);
  expect(healing.containers.filter(selectionOf(options) ?? (() => false))).toHaveLength(2);
});

const both = ["shop_web.1.x7f", "shop_web.2.k2p"];

describe("Swarm tasks are selected", () => {
  it.each<[string, Partial<SelectionOptions>, readonly string[]]>([
    ["by name", { names: ["shop_web.1.x7f"] }, ["shop_web.1.x7f"]],
    ["by slot", { names: ["shop_web.2"] }, ["shop_web.2.k2p"]],
    ["by their service's name", { names: ["shop_web"] }, both],
    ["by --service", { service: ["shop_web"] }, both],
    [
      "by their stack, beside a Compose project of that name",
      { project: "shop" },
      ["shop-web-1", "shop-api-1", ...both],
    ],
    ["by stack and service", { project: "shop", service: ["shop_web"] }, both],
  ])("%s", (_, options, names) => {
    expect(selected(options)).toEqual(names);
  });

  it("and a service that is not there is an unknown name", () => {
    const options = { names: ["shop_api"] };
    expect(() => {
      refuseUnknown(options, snapshot);
    }).toThrow("there is no container named shop_api");
  });
});
