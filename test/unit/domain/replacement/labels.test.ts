import { describe, expect, it } from "vitest";
import { replacementLabels } from "../../../../src/domain/replacement/labels.ts";

const COMPOSE = {
  "com.docker.compose.project": "shop",
  "com.docker.compose.service": "web",
  "com.docker.compose.container-number": "1",
  "com.docker.compose.image": "sha256:old",
};

/** Of a container with these labels whose old image has those. */
function labels(all: Record<string, string>, image: Record<string, string> = {}): unknown {
  const own = Object.entries(all).filter(([key, value]) => image[key] !== value);
  return replacementLabels(all, Object.fromEntries(own), "sha256:new");
}

describe("the labels of a replacement", () => {
  it("are the container's own, not its image's", () => {
    expect(labels({ tier: "front", built: "1" }, { built: "1" })).toEqual({ tier: "front" });
  });

  it("keep it in its Compose project, also where the image says the same", () => {
    const image = { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" };
    expect(labels(COMPOSE, image)).toEqual({
      ...COMPOSE,
      "com.docker.compose.image": "sha256:new",
    });
  });

  it("do not make it the service's when somebody ran it from a committed container", () => {
    expect(labels({ ...COMPOSE, tier: "front" }, COMPOSE)).toEqual({ tier: "front" });
  });

  it("do not name the container that its predecessor replaced", () => {
    const replaced = { ...COMPOSE, "com.docker.compose.replace": "0123" };
    expect(labels(replaced)).not.toHaveProperty("com.docker.compose.replace");
  });
});
