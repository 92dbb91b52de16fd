import { describe, expect, it } from "vitest";
import type { Channel } from "../../../src/notify/channel.ts";
import { route, taking, type Intake } from "../../../src/notify/routing.ts";
import { affected, bulletin, NOW, resolvedNews, staleNews } from "./news-samples.ts";

const shop = staleNews({ affected: affected({ project: "shop-eu" }) });
const infra = staleNews({ affected: affected({ project: "infra" }) });
const loose = staleNews({ affected: affected({ project: null }) });
const ended = resolvedNews({ affected: affected({ project: "shop-eu" }) });
const back = { kind: "engine-back", since: NOW, lasted: 1 } as const;
const test = { kind: "test" } as const;
const all = bulletin(shop, infra, loose, ended, back, test);

function channel(name: string, intake: Intake): Channel {
  return { name, takes: taking(intake), send: () => Promise.reject(new Error("not here")) };
}

describe("what a channel takes", () => {
  it.each<[string, Intake, typeof all.items]>([
    ["everything by default", { only: null, projects: null }, all.items],
    ["its kinds", { only: ["resolved", "engine-back"], projects: null }, [ended, back]],
    [
      "its projects, and what has none",
      { only: null, projects: ["shop-*"] },
      [shop, loose, ended, back, test],
    ],
    ["both", { only: ["stale"], projects: ["infra", "x"] }, [infra, loose]],
    ["no kind", { only: [], projects: null }, []],
    ["no project", { only: null, projects: [] }, [loose, back, test]],
  ])("is %s", (_, intake, items) => {
    expect(route(all, [channel("c", intake)]).routed.flatMap((one) => one.bulletin.items)).toEqual(
      items,
    );
  });
});

describe("route", () => {
  it("gives each channel its own bulletin, and names what nobody takes", () => {
    const a = channel("a", { only: ["stale"], projects: ["shop-*"] });
    const b = channel("b", { only: ["stale", "test"], projects: ["none"] });
    const c = channel("c", { only: ["reminder"], projects: null });
    const { routed, untaken } = route(all, [a, b, c]);
    expect(routed).toEqual([
      { channel: a, bulletin: { engine: "host-1", at: NOW, items: [shop, loose] } },
      { channel: b, bulletin: { engine: "host-1", at: NOW, items: [loose, test] } },
    ]);
    expect(untaken).toEqual([infra, ended, back]);
  });

  it("leaves everything untaken where there is no channel", () => {
    expect(route(all, [])).toEqual({ routed: [], untaken: all.items });
  });
});
