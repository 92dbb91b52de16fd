import { describe, expect, it } from "vitest";
import { containerId, imageId, subjectKey, type EpochMs } from "../../../src/domain/ids.ts";
import { divergenceOf, type ClockInput } from "../../../src/domain/clocks.ts";
import { EMPTY_MEMORY, type Divergence } from "../../../src/domain/memory.ts";
import { rememberScan } from "../../../src/domain/remember.ts";
import { at, container, host, image, memory, rebuilt, remembered } from "./builders.ts";
import { judged } from "./outcome.ts";

const subject = subjectKey("compose:shop/web/1");
const lacked: Divergence = {
  subject,
  containerId: containerId("old"),
  runningImageId: imageId("sha256:v1"),
  newestImageId: imageId("sha256:v2"),
  since: at("12:00"),
  firstSeenAt: at("12:01"),
  newestSeenAt: at("12:01"),
};

/** A container created at 12:10, looked at at 12:20; its newest image got its tag at 12:05. */
function clocks(input: Partial<ClockInput>): EpochMs {
  const newest = image("v3", { built: "12:05", tagged: "12:05" });
  const now = at("12:20");
  return divergenceOf({
    subject,
    container: container({ runs: "vx", created: "11:00" }).row,
    newest: {
      id: imageId("sha256:v3"),
      tag: "shop-web:latest",
      createdAt: at("12:05"),
      revision: null,
    },
    newestFact: remembered(newest, "12:05"),
    remembered: null,
    shared: null,
    runningBuiltAt: null,
    lackedBuiltAt: null,
    seenFreshAt: null,
    now,
    ...input,
  }).since;
}

describe("a divergence begins", () => {
  it("no earlier than this process last saw the subject fresh: a load leaves an old tag time", () => {
    expect(clocks({})).toBe(at("12:05"));
    expect(clocks({ seenFreshAt: at("12:19") })).toBe(at("12:19"));
    expect(clocks({ seenFreshAt: at("12:00") })).toBe(at("12:05"));
  });

  it("anew for a container whose image was built after what its predecessor lacked", () => {
    const built = { lackedBuiltAt: at("12:00") };
    expect(clocks({ remembered: lacked, ...built, runningBuiltAt: at("12:03") })).toBe(at("12:05"));
    expect(clocks({ remembered: lacked, ...built, runningBuiltAt: at("11:30") })).toBe(at("12:00"));
    expect(clocks({ remembered: lacked, ...built, runningBuiltAt: null })).toBe(at("12:00"));
  });
});

describe("a look that tells nobody", () => {
  const fresh = judged({ host: rebuilt({ runs: "v2" }) });
  const look = (open: boolean): readonly string[] =>
    rememberScan({
      before: {
        ...memory({}),
        divergences: new Map([[fresh.subject, { ...lacked, subject: fresh.subject }]]),
      },
      after: EMPTY_MEMORY,
      snapshot: host({ containers: [], images: [] }).snapshot,
      judgements: [fresh],
      open: new Set(open ? [fresh.subject] : []),
      looksOnly: true,
      complete: true,
    }).forgetDivergences;

  it("leaves what belongs to an open incident to the daemon: it may judge by another policy", () => {
    expect(look(true)).toEqual([]);
    expect(look(false)).toEqual([fresh.subject]);
  });
});
