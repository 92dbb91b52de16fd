import { describe, expect, it } from "vitest";
import { indexImages } from "../../../src/domain/image-index.ts";
import { compareNaturally, newestOf } from "../../../src/domain/newest.ts";
import { parseReference } from "../../../src/domain/reference.ts";
import { at, image, type SketchedImage } from "./builders.ts";

describe("the natural order of tags", () => {
  it.each([
    ["build-9", "build-10"],
    ["v1.9.0", "v1.10.0"],
    ["v1", "v1.0"],
    ["1", "a"],
    ["1.2", "1.2-rc"],
    ["2026-05-06", "2026-05-10"],
    ["99999999999999999998", "99999999999999999999"],
    ["A", "a"],
    ["a", "a1"],
    ["01", "1"],
    ["a1b2", "a1b10"],
    ["", "a"],
  ])("%s comes before %s", (first, second) => {
    expect(compareNaturally(first, second)).toBeLessThan(0);
    expect(compareNaturally(second, first)).toBeGreaterThan(0);
  });

  it("takes only equal tags for equal", () => {
    expect(compareNaturally("v1.10", "v1.10")).toBe(0);
    expect(compareNaturally("v01", "v1")).not.toBe(0);
  });
});

describe("the newest of several tags", () => {
  const newest = (tags: readonly string[], ...images: readonly SketchedImage[]): string => {
    const reference = parseReference("shop/web:build-1");
    if (reference.kind !== "tag") throw new Error("not a tag");
    const index = indexImages(images.map(({ row }) => row));
    const answer = newestOf(reference, { strategy: "newest-tag", tags }, index, at("12:00"));
    return answer.kind === "image" ? answer.newest.tag : answer.reason;
  };
  const built = (time: string, ...tags: readonly string[]): SketchedImage =>
    image(tags.join(), { tags: tags.map((tag) => `shop/web:${tag}`), built: time });

  it("is the one built last, whatever it is called", () => {
    const images = [built("10:00", "build-9"), built("11:00", "build-2")];
    expect(newest(["build-*"], ...images)).toBe("shop/web:build-2");
  });

  it("is, of those built in the same second, the last in natural order, whatever the list's", () => {
    const images = [
      built("10:00", "build-9"),
      built("10:00", "build-10"),
      built("10:00", "build-1"),
    ];
    expect(newest(["build-*"], ...images)).toBe("shop/web:build-10");
    expect(newest(["build-*"], ...images.toReversed())).toBe("shop/web:build-10");
  });

  it("is called by its last matching tag when it has several", () => {
    expect(newest(["build-*"], built("10:00", "main", "build-2", "build-1"))).toBe(
      "shop/web:build-2",
    );
  });

  it("may match any of several globs", () => {
    const images = [built("10:00", "main"), built("11:00", "v2"), built("11:30", "test")];
    expect(newest(["main", "v*"], ...images)).toBe("shop/web:v2");
  });

  it("is unknown without globs, or where none matches", () => {
    expect(newest([], built("10:00", "main"))).toBe("tag-missing");
    expect(newest(["v*"], built("10:00", "main"))).toBe("tag-missing");
  });

  it("is unknown when one candidate's time cannot be believed", () => {
    const images = [built("10:00", "v1"), built("12:01", "v2")];
    expect(newest(["v*"], ...images)).toBe("build-time-unknown");
    expect(newest(["v1"], ...images)).toBe("shop/web:v1");
  });
});
