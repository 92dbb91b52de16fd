import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ComposeProject } from "../../../../src/domain/compose-project.ts";
import {
  hashedText,
  printedHash,
  serviceDefinition,
  type ComposeResource,
} from "../../../../src/domain/heal/compose-definition.ts";
import type { Json } from "../../../../src/domain/replacement/json.ts";

const PROJECT: ComposeProject = {
  generation: 2,
  version: "2.40.3",
  project: "shop",
  service: "web",
  directory: "/srv/shop",
  files: ["/srv/shop/compose.yaml"],
  envFiles: [],
  separator: "-",
};

describe("a service's definition", () => {
  it("names its image, its networks and its volumes", () => {
    const document = {
      services: { web: { image: "app:latest" } },
      networks: { default: { name: "shop_default", ipam: {} } },
      volumes: { data: { name: "shop_data" }, shared: { name: "shared", external: true } },
    };
    expect(serviceDefinition(document, PROJECT)).toEqual({
      image: "app:latest",
      resources: [
        { kind: "network", name: "shop_default", definition: { name: "shop_default", ipam: {} } },
        { kind: "volume", name: "shop_data", definition: { name: "shop_data" } },
      ],
      sharesNamespace: false,
    });
  });

  it.each([
    ["-", "shop-web"],
    ["_", "shop_web"],
  ] as const)("without an image is built under the project's name, with %s", (separator, image) => {
    const document = { services: { web: { build: "." } } };
    expect(serviceDefinition(document, { ...PROJECT, separator })?.image).toBe(image);
  });

  it.each([
    [{ network_mode: "service:db" }, true],
    [{ ipc: "container:db" }, true],
    [{ pid: "service:db" }, true],
    [{ network_mode: "host", ipc: "shareable" }, false],
  ])("%j shares a namespace: %s", (service, shares) => {
    const document = { services: { web: service } };
    expect(serviceDefinition(document, PROJECT)?.sharesNamespace).toBe(shares);
  });

  it.each<Json>([null, [], "text", {}, { services: { db: {} } }, { services: { web: null } }])(
    "is not in %j",
    (document) => {
      expect(serviceDefinition(document, PROJECT)).toBeNull();
    },
  );
});

/** As Compose 2.40.3 wrote them on the engine. */
describe("the hash of a network or volume", () => {
  it.each<[ComposeResource["kind"], ComposeResource["definition"], string]>([
    [
      "network",
      { name: "h5_def", ipam: {} },
      "cc24745b53d809f3cb900948ceca037c4e96da60b6dc742741ff4e1c2f107ec3",
    ],
    [
      "network",
      {
        name: "h5_net",
        driver_opts: { "com.docker.network.bridge.name": "lab5br0" },
        ipam: { config: [{ subnet: "10.214.77.0/24", gateway: "10.214.77.1" }] },
        internal: true,
        labels: { a: "1<&>" },
      },
      "78b61fc0156ee0d000c125f88f9cc30174ef13a9a841121bd588c1fb188514cb",
    ],
    [
      "volume",
      { name: "nc40_vol", labels: { a: "1" } },
      "46a9a6716414a3d51a2b5c4223b538520ee38525caa3d4fd822b28e78958d0c1",
    ],
    [
      "volume",
      { name: "fixed5" },
      "83394c47575945cb1410a59662f10a09b0558cac0f38fcf674788234b2faf5d1",
    ],
  ])("of %s %j", (kind, definition, hash) => {
    const text = hashedText({ kind, name: "", definition });
    expect(createHash("sha256").update(text).digest("hex")).toBe(hash);
  });
});

describe("the hash that Compose prints", () => {
  it.each([
    ["web abc\n", "abc"],
    ["webapp 123\nweb abc\n", "abc"],
    ["webapp 123\n", null],
    ["", null],
  ])("in %j is %j", (output, hash) => {
    expect(printedHash(output, "web")).toBe(hash);
  });
});
