import { describe, expect, it } from "vitest";
import { identify, type Identity } from "../../../src/domain/identity.ts";
import type { ImageFact, ImageStore } from "../../../src/domain/observation.ts";
import { image, imageNamed, remembered, type ImageSketch } from "./builders.ts";

const UNKNOWN: ImageSketch = { contentKey: null };

interface Pair {
  readonly running: string;
  /** The platform manifest that the container runs. */
  readonly runs: string | null;
  readonly was: ImageSketch | null;
  readonly newest: string;
  readonly is: ImageSketch | null;
}

const ALIKE: Pair = {
  running: "v1",
  runs: "m1",
  was: { contentKey: "c" },
  newest: "v1",
  is: { contentKey: "c" },
};

function identityOf(store: ImageStore, pair: Pair): Identity {
  const fact = (nickname: string, sketch: ImageSketch | null): ImageFact | null =>
    sketch === null ? null : remembered(image(nickname, sketch), "10:00");
  return identify(
    { id: imageNamed(pair.running), manifestDigest: pair.runs, fact: fact(pair.running, pair.was) },
    { id: imageNamed(pair.newest), fact: fact(pair.newest, pair.is) },
    store,
  );
}

describe("on the classic store", () => {
  it.each<[string, Partial<Pair>, Identity]>([
    ["equal IDs", {}, "same"],
    ["equal IDs, nothing remembered", { was: null, is: null }, "same"],
    ["different IDs", { newest: "v2" }, "different"],
    ["different IDs, nothing remembered", { newest: "v2", was: null, is: null }, "different"],
  ])("%s: %s", (_, pair, identity) => {
    expect(identityOf("classic", { ...ALIKE, ...pair })).toBe(identity);
  });
});

describe("on the containerd store", () => {
  it.each<[string, Partial<Pair>, Identity]>([
    ["equal IDs", { newest: "v1" }, "same"],
    [
      "its manifest is among the newest image's",
      { is: { manifests: ["m0", "m1"], ...UNKNOWN } },
      "same",
    ],
    ["its manifest is the newest image", { runs: imageNamed("v2"), is: null }, "same"],
    ["another manifest, same content", { is: { manifests: ["m2"], contentKey: "c" } }, "same"],
    [
      "another manifest, other content",
      { is: { manifests: ["m2"], contentKey: "d" } },
      "different",
    ],
    ["another manifest, content unknown", { is: { manifests: ["m2"], ...UNKNOWN } }, "different"],
    ["no manifest, same content", { runs: null }, "same"],
    ["no manifest, other content", { runs: null, is: { contentKey: "d" } }, "different"],
    ["no manifests of the newest, other content", { is: { contentKey: "d" } }, "different"],
    ["no manifest, content unknown", { runs: null, was: UNKNOWN, is: UNKNOWN }, "unknown"],
    ["no manifest, its content was forgotten", { runs: null, was: null }, "unknown"],
    ["nothing remembered of the newest", { is: null }, "unknown"],
  ])("%s: %s", (_, pair, identity) => {
    expect(identityOf("containerd", { ...ALIKE, newest: "v2", ...pair })).toBe(identity);
  });
});
