import { describe, expect, it } from "vitest";
import { indexImages } from "../../../src/domain/image-index.ts";
import { familiarName, idPrefix, parseReference, tagKey } from "../../../src/domain/reference.ts";
import { image } from "./builders.ts";

const HEX = "0123456789abcdef".repeat(4);
const DIGEST = `sha256:${HEX}`;
const LONG = "a".repeat(200);

/** A reference in one line, as the engine spells it in full. */
function inFull(text: string): string {
  const reference = parseReference(text);
  switch (reference.kind) {
    case "tag":
      return tagKey(reference);
    case "digest":
      return `${reference.repository}@${reference.digest}`;
    case "id":
      return `id ${reference.hex}`;
    case "invalid":
      return "invalid";
  }
}

describe("an image name means, in full", () => {
  it.each([
    // Names of the registry that is not named.
    ["web", "docker.io/library/web:latest"],
    ["web:latest", "docker.io/library/web:latest"],
    ["web:1.2.3-rc.1", "docker.io/library/web:1.2.3-rc.1"],
    ["library/web", "docker.io/library/web:latest"],
    ["docker.io/web", "docker.io/library/web:latest"],
    ["docker.io/library/web", "docker.io/library/web:latest"],
    ["index.docker.io/web", "docker.io/library/web:latest"],
    ["index.docker.io/library/web:1", "docker.io/library/web:1"],
    ["team/web", "docker.io/team/web:latest"],
    ["docker.io/team/web:1", "docker.io/team/web:1"],
    ["index.docker.io/team/web", "docker.io/team/web:latest"],
    ["a/b/c", "docker.io/a/b/c:latest"],
    // Compose's own: project_service, project-service.
    ["shop_web", "docker.io/library/shop_web:latest"],
    ["shop-web", "docker.io/library/shop-web:latest"],
    ["a__b--c.d", "docker.io/library/a__b--c.d:latest"],
    // Registries: a dot, a port, a capital, or localhost.
    ["reg.example.org/web", "reg.example.org/web:latest"],
    ["reg.example.org/web:1", "reg.example.org/web:1"],
    ["reg:5000/web", "reg:5000/web:latest"],
    ["reg:5000/team/web:1", "reg:5000/team/web:1"],
    ["localhost/web", "localhost/web:latest"],
    ["localhost:5000/web", "localhost:5000/web:latest"],
    ["localhost:5000/web:1", "localhost:5000/web:1"],
    ["localhost", "docker.io/library/localhost:latest"],
    ["REG/web", "REG/web:latest"],
    ["10.0.0.1/web", "10.0.0.1/web:latest"],
    ["[::1]/web", "[::1]/web:latest"],
    ["[2001:db8::1]:5000/web:1", "[2001:db8::1]:5000/web:1"],
    // A bare name and a port look alike: without a slash it is a tag.
    ["reg:5000", "docker.io/library/reg:5000"],
    // Tags: letters of both cases, digits, three signs, 128 characters.
    ["web:V1_x.y-Z", "docker.io/library/web:V1_x.y-Z"],
    ["web:_1", "docker.io/library/web:_1"],
    [`web:${"t".repeat(128)}`, `docker.io/library/web:${"t".repeat(128)}`],
    // Registry and path together: 255 characters.
    [`reg.example.org/${"b".repeat(239)}`, `reg.example.org/${"b".repeat(239)}:latest`],
    // Digests: the tag beside one says nothing.
    [`web@${DIGEST}`, `docker.io/library/web@${DIGEST}`],
    [`web:1@${DIGEST}`, `docker.io/library/web@${DIGEST}`],
    [`reg:5000/web:1@${DIGEST}`, `reg:5000/web@${DIGEST}`],
    [`web@sha512:${HEX}${HEX}`, `docker.io/library/web@sha512:${HEX}${HEX}`],
    // IDs: only in full. Short ones may be names.
    [DIGEST, `id ${HEX}`],
    [HEX, `id ${HEX}`],
    [HEX.slice(0, 12), `docker.io/library/${HEX.slice(0, 12)}:latest`],
    [HEX.slice(1), `docker.io/library/${HEX.slice(1)}:latest`],
    [`team/${HEX}`, `docker.io/team/${HEX}:latest`],
  ])("%s → %s", (text, full) => {
    expect(inFull(text)).toBe(full);
  });
});

describe("no image name", () => {
  it.each([
    ["nothing", ""],
    ["what the engine shows for no tag", "<none>:<none>"],
    ["no tag after the colon", "web:"],
    ["no name before the colon", ":1"],
    ["capitals in the path", "Web"],
    ["capitals in the path behind a registry", "reg.example.org/Web"],
    ["a blank", "my web"],
    ["a line break", "web\n"],
    ["a sign at the start", "-web"],
    ["a sign at the end", "web-"],
    ["two dots", "a..b"],
    ["three underscores", "a___b"],
    ["an empty component", "a//b"],
    ["a slash at the start", "/web"],
    ["a slash at the end", "team/"],
    ["a registry alone", "reg:5000/"],
    ["a port that is no number", "reg:x/web"],
    ["an open bracket", "[::1/web"],
    ["a tag that starts with a dot", "web:.1"],
    ["a tag of 129 characters", `web:${"t".repeat(129)}`],
    ["a name of 256 characters", `${LONG}/${"b".repeat(56)}`],
    ["a registry and a path of 256 characters", `reg.example.org/${"b".repeat(240)}`],
    ["a short digest", "web@sha256:abc"],
    ["a digest of no algorithm", `web@${HEX}`],
    ["a digest without a name", `@${DIGEST}`],
    ["two digests", `web@${DIGEST}@${DIGEST}`],
  ])("%s", (_, text) => {
    expect(inFull(text)).toBe("invalid");
  });

  it("is found in linear time, whatever a label says", () => {
    const hostile = [`${"a-".repeat(50_000)}!`, `${"a.".repeat(50_000)}/x`, "_".repeat(100_000)];
    const started = performance.now();
    expect(hostile.map(inFull)).toEqual(["invalid", "invalid", "invalid"]);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("the form that people type", () => {
  it.each([
    ["docker.io/library/web", "web:latest"],
    ["index.docker.io/web:1", "web:1"],
    ["docker.io/team/web", "team/web:latest"],
    ["reg:5000/web", "reg:5000/web:latest"],
    ["localhost/web:1", "localhost/web:1"],
    ["docker.io/library/distros/web", "library/distros/web:latest"],
  ])("%s → %s, and that means the same", (text, typed) => {
    const reference = parseReference(text);
    if (reference.kind !== "tag") throw new Error("not a tag");
    expect(familiarName(reference)).toBe(typed);
    expect(parseReference(typed)).toEqual(reference);
  });
});

describe("the beginning of an ID", () => {
  it.each([
    [HEX, HEX],
    [DIGEST, HEX],
    ["0123456789ab", "0123456789ab"],
    ["sha256:0123456789ab", "0123456789ab"],
    ["cafe", "cafe"],
    ["abc", null],
    ["CAFE", null],
    ["coffee", null],
    [`${HEX}0`, null],
    ["cafe:latest", null],
    ["", null],
  ])("%s → %s", (text, hex) => {
    expect(idPrefix(text)).toBe(hex);
  });
});

describe("the index of local images", () => {
  const web = image("web", { tags: ["web:1", "reg:5000/web:2", "<none>:<none>"] }).row;
  const index = indexImages([web, image("dangling").row]);

  it("finds an image by each of its tags, and no image by <none>", () => {
    expect([...index.byTag.keys()]).toEqual(["docker.io/library/web:1", "reg:5000/web:2"]);
    expect(index.byId.size).toBe(2);
  });

  it("keeps repositories of different registries apart", () => {
    const tags = index.byRepository.get("docker.io/library/web")?.map(({ tag }) => tag);
    expect(tags).toEqual(["1"]);
  });

  it("reads one name once", () => {
    expect(index.parse("web:1")).toBe(index.parse("web:1"));
  });
});
