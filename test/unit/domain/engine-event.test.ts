import { describe, expect, it } from "vitest";
import { urgencyOf, type EngineEvent } from "../../../src/domain/engine-event.ts";
import { subjectKey, type SubjectKey } from "../../../src/domain/ids.ts";
import { COMPOSE } from "../../../src/domain/labels.ts";
import { WEB } from "./builders.ts";

const NOBODY: ReadonlySet<SubjectKey> = new Set();

function event(kind: "container" | "image", action: string, name = "web"): EngineEvent {
  return { kind, action, name, image: "web:latest", labels: {}, at: 0 };
}

const shopWeb = (name: string): EngineEvent => ({
  kind: "container",
  action: "die",
  name,
  image: "shop-web",
  labels: { [COMPOSE.project]: "shop", [COMPOSE.service]: "web", [COMPOSE.number]: "1" },
  at: 0,
});

describe("what an event asks for", () => {
  it.each([
    ["a build that tags", event("image", "tag", "shop-web:latest")],
    ["a tag taken away", event("image", "untag", "sha256:0a")],
    ["an image removed", event("image", "delete", "sha256:0a")],
    ["an image loaded", event("image", "load", "sha256:0a")],
    ["an image imported", event("image", "import", "sha256:0a")],
    ["an image pulled, which gives no tag event", event("image", "pull", "shop-web:latest")],
    ["a build of Podman's, which names no tag", event("image", "build", "0a")],
    ["a load of Podman's", event("image", "loadfromarchive", "/tmp/a.tar")],
  ])("a look at once: %s", (_, one) => {
    expect(urgencyOf(one, NOBODY)).toBe("at-once");
  });

  it.each([["create"], ["start"], ["die"], ["destroy"], ["rename"], ["remove"]])(
    "a look when it is quiet: a container's %s",
    (action) => {
      expect(urgencyOf(event("container", action), NOBODY)).toBe("when-quiet");
    },
  );

  it("a look, where it was too long to be read", () => {
    expect(urgencyOf({ kind: "unreadable", at: null }, NOBODY)).toBe("when-quiet");
  });

  it.each([
    ["a layer of a build on its way", event("image", "create")],
    ["an image saved", event("image", "save")],
    ["a health check", event("container", "exec_start: true")],
    ["a signal", event("container", "kill")],
    ["a name from Object's prototype", event("container", "constructor")],
  ])("nothing: %s", (_, one) => {
    expect(urgencyOf(one, NOBODY)).toBeNull();
  });
});

describe("a container that was created by an image's ID", () => {
  const id = `sha256:${"0a".repeat(32)}`;
  const created = (image: string, labels = {}): EngineEvent => {
    return { kind: "container", action: "create", name: "eager_lamarr", image, labels, at: 0 };
  };

  it.each([
    ["a step of a classic build", created(id)],
    ["its first step, from nothing", created("")],
  ])("asks for nothing: %s", (_, one) => {
    expect(urgencyOf(one, NOBODY)).toBeNull();
  });

  it.each([
    ["of Compose's", created(id, { [COMPOSE.project]: "shop" })],
    ["that follows another name", created(id, { "stalewatch.image": "web" })],
    ["whose name only looks like one", created("0a0a0a0a0a0a")],
  ])("asks for a look all the same: one %s", (_, one) => {
    expect(urgencyOf(one, NOBODY)).toBe("when-quiet");
  });
});

describe("while a heal of our own is under way, what it does asks for nothing", () => {
  it.each([
    ["the old container stops", shopWeb("shop-web-1"), WEB],
    ["the replacement starts", shopWeb("shop-web-1.stalewatch-8f3a-new"), WEB],
    ["Compose renames", shopWeb("0123456789ab_shop-web-1"), WEB],
    ["one outside of Compose stops", event("container", "die", "db"), subjectKey("name:db")],
    [
      "the replacement of one outside of Compose starts",
      event("container", "start", "db.stalewatch-8f3a-new"),
      subjectKey("name:db"),
    ],
  ])("%s", (_, one, healed) => {
    expect(urgencyOf(one, new Set([healed]))).toBeNull();
    expect(urgencyOf(one, new Set([subjectKey("name:other")]))).toBe("when-quiet");
  });

  it("but a build does", () => {
    expect(urgencyOf(event("image", "tag", "shop-web:latest"), new Set([WEB]))).toBe("at-once");
  });
});
