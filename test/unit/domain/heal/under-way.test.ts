import { describe, expect, it } from "vitest";
import { temporaryName } from "../../../../src/domain/heal/temporary-names.ts";
import { isEmptyChange, rememberScan } from "../../../../src/domain/remember.ts";
import {
  container,
  divergence,
  host,
  image,
  rebuilt,
  V1,
  V2,
  WEB,
  type Host,
} from "../builders.ts";
import { look, Watch, type Scan } from "../watch.ts";

const TEMP = temporaryName("shop-web-1", "h7");
const stale = rebuilt();

/** A watchdog that has told of the stale web service, whose heal is now under way. */
function watchInHeal(): Watch {
  const watch = new Watch();
  watch.scan(stale, "12:20");
  watch.memory = { ...watch.memory, healing: new Set([WEB]) };
  return watch;
}

function ended(watch: Watch): Watch {
  watch.memory = { ...watch.memory, healing: new Set() };
  return watch;
}

/** What a heal looks like from outside, step by step. */
const IN_BETWEEN: readonly (readonly [string, Host])[] = [
  [
    "the replacement was created",
    rebuilt({}, { containers: [container({ name: TEMP, runs: "v2", state: "created" })] }),
  ],
  [
    "the old one has stopped",
    rebuilt(
      { state: "exited" },
      { containers: [container({ name: TEMP, runs: "v2", state: "created" })] },
    ),
  ],
  [
    "the replacement is on trial",
    rebuilt({ state: "exited" }, { containers: [container({ name: TEMP, runs: "v2" })] }),
  ],
  ["both run", rebuilt({}, { containers: [container({ name: TEMP, runs: "v2" })] })],
  ["the names are swapped", rebuilt({ id: "new", runs: "v2", created: "12:30" })],
  ["nothing of it is there for a moment", host({ containers: [], images: [V1, V2] })],
];

describe("a scan in the middle of a heal", () => {
  it.each(IN_BETWEEN)("says nothing and forgets nothing of its subject: %s", (_, seen) => {
    const watch = watchInHeal();
    const { divergences } = watch.memory;
    const scan: Scan = watch.scan(seen, "12:30");
    expect(scan.news).toEqual([]);
    expect(scan.incidents).toEqual([]);
    expect(scan.change.divergences).toEqual([]);
    expect(scan.change.forgetDivergences).toEqual([]);
    expect(watch.memory.divergences).toEqual(divergences);
  });

  it.each(IN_BETWEEN)("nor ten minutes later, as if it were gone: %s", (_, seen) => {
    const watch = watchInHeal();
    watch.scan(seen, "12:30");
    expect(watch.scan(seen, "12:40").news).toEqual([]);
    expect(watch.open).toMatchObject([{ id: "incident-1", goneSince: null }]);
  });

  it("does not remind of it either: its end is near", () => {
    expect(watchInHeal().scan(stale, "19:00").news).toEqual([]);
  });

  it("opens no incident for it", () => {
    const watch = new Watch();
    watch.scan(stale, "12:05");
    watch.memory = { ...watch.memory, healing: new Set([WEB]) };
    expect(watch.scan(stale, "12:30").news).toEqual([]);
    expect(ended(watch).scan(stale, "12:35").news).toMatchObject([{ kind: "stale" }]);
  });

  it("goes on with all others", () => {
    const api = container({ name: "api", compose: "shop/api/1" });
    const watch = watchInHeal();
    const { news } = watch.scan(rebuilt({ state: "exited" }, { containers: [api] }), "12:30");
    expect(news).toMatchObject([{ kind: "stale", affected: { container: "api" } }]);
  });

  it("leaves the way back as it was: after a rollback the same incident goes on", () => {
    const watch = watchInHeal();
    watch.scan(rebuilt({ state: "exited" }), "12:30");
    const scan = ended(watch).scan(stale, "12:35");
    expect([scan.news, scan.change.divergences]).toEqual([[], []]);
    expect(watch.open).toMatchObject([{ id: "incident-1", goneSince: null }]);
  });

  it("by a command that tells nobody leaves it alone as well", () => {
    const { memory } = watchInHeal();
    const { input, judgements } = look(rebuilt({ id: "new", runs: "v2", created: "12:30" }), {
      now: "12:31",
      memory,
    });
    const change = rememberScan({
      before: memory,
      after: input.memory,
      snapshot: input.snapshot,
      judgements,
      open: new Set(),
      looksOnly: true,
      complete: true,
    });
    expect(change.forgetDivergences).toEqual([]);
  });

  it("is a quiet one, if all else is", () => {
    const watch = watchInHeal();
    const seen = rebuilt({ state: "exited" });
    watch.scan(seen, "12:30");
    expect(isEmptyChange(watch.scan(seen, "12:35").change)).toBe(true);
  });
});

describe("after the heal", () => {
  /** As the journal leaves it: the divergence forgotten, the incident resolved. */
  function healed(): Watch {
    const watch = ended(watchInHeal());
    watch.memory = { ...watch.memory, divergences: new Map() };
    watch.open = [];
    return watch;
  }

  it("the new container is fresh, and nothing is told once more", () => {
    const scan = healed().scan(rebuilt({ id: "new", runs: "v2", created: "12:30" }), "12:35");
    expect(scan.news).toEqual([]);
    expect(scan.judgements).toMatchObject([{ verdict: "fresh" }]);
  });

  it("the next build is a divergence of its own", () => {
    const v3 = image("v3", { tags: ["shop-web:latest"], built: "13:00" });
    const again = rebuilt(
      { id: "new", runs: "v2", created: "12:30" },
      { v2: v3, images: [image("v2", { built: "12:00" })] },
    );
    const scan = healed().scan(again, "13:05");
    expect(scan.change.divergences).toMatchObject([
      { subject: divergence().subject, since: v3.row.createdAt },
    ]);
  });
});
