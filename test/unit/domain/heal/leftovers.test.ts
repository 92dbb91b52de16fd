import { describe, expect, it } from "vitest";
import { leftoverActs, leftoversAmong } from "../../../../src/domain/heal/leftovers.ts";
import {
  asideName,
  healLeftover,
  temporaryName,
} from "../../../../src/domain/heal/temporary-names.ts";
import type { ContainerState, ObservedContainer } from "../../../../src/domain/observation.ts";
import type { PolicyConfig } from "../../../../src/domain/policy.ts";
import { container, policy } from "../builders.ts";

const NEW = temporaryName("web", "h7");
const OLD = asideName("web", "h7");

type There = Readonly<Record<string, ContainerState>>;

function observed(there: There): ObservedContainer[] {
  return Object.entries(there).map(([name, state]) => container({ name, state }).row);
}

/** What is done, in a line each: `stop web.stalewatch-h7-new, start web`. Never anything else: nothing is deleted. */
function done(there: There): string {
  const containers = observed(there);
  const nameOf = (id: string | null): string | null =>
    containers.find((one) => one.id === id)?.name ?? null;
  return leftoverActs(containers)
    .map(({ stop, start }) => {
      const acts = [
        ...stop.map((id) => `stop ${String(nameOf(id))}`),
        ...(start === null ? [] : [`start ${String(nameOf(start))}`]),
      ];
      return acts.length === 0 ? "report" : acts.join(", ");
    })
    .join("; ");
}

function reports(there: There): string[] {
  return leftoverActs(observed(there)).map(({ report }) => report);
}

describe("a container of ours that no journal knows", () => {
  it.each<[string, There, string]>([
    ["nothing of ours", { web: "running", "other-new": "exited" }, ""],

    ["NAME runs, TEMP was created", { web: "running", [NEW]: "created" }, "report"],
    ["NAME runs, TEMP has exited", { web: "running", [NEW]: "exited" }, "report"],
    ["NAME runs, TEMP runs as well", { web: "running", [NEW]: "running" }, "report"],
    ["NAME runs, ASIDE is left", { web: "running", [OLD]: "exited" }, "report"],
    ["NAME is paused: it stands for its service", { web: "paused", [NEW]: "created" }, "report"],

    ["NAME is down, TEMP runs", { web: "exited", [NEW]: "running" }, `stop ${NEW}, start web`],
    ["NAME is down, TEMP is down", { web: "exited", [NEW]: "exited" }, "start web"],
    [
      "NAME is down, TEMP restarts",
      { web: "exited", [NEW]: "restarting" },
      `stop ${NEW}, start web`,
    ],
    ["NAME is down, ASIDE is left", { web: "exited", [OLD]: "exited" }, "start web"],
    [
      "NAME was only created, TEMP runs",
      { web: "created", [NEW]: "running" },
      `stop ${NEW}, start web`,
    ],

    [
      "NAME is absent, ASIDE and TEMP are down",
      { [NEW]: "exited", [OLD]: "exited" },
      `start ${OLD}`,
    ],
    ["NAME is absent, only TEMP is there, down", { [NEW]: "created" }, `start ${NEW}`],
    ["NAME is absent, only ASIDE is there, down", { [OLD]: "exited" }, `start ${OLD}`],
    ["NAME is absent, TEMP runs", { [NEW]: "running", [OLD]: "exited" }, "report"],
    ["NAME is absent, ASIDE runs", { [NEW]: "created", [OLD]: "running" }, "report"],
    ["NAME is absent, TEMP is paused", { [NEW]: "paused" }, "report"],
  ])("%s", (_, there, expected) => {
    expect(done(there)).toBe(expected);
  });

  it("is handled for each NAME by itself, whatever the order of the list", () => {
    const api = temporaryName("api", "h8");
    const there: There = { [NEW]: "exited", web: "exited", [api]: "created", api: "running" };
    expect(done(there)).toBe("start web; report");
  });

  it("is stopped with every other that runs, when NAME is to serve again", () => {
    const another = temporaryName("web", "h9");
    const there: There = { web: "exited", [NEW]: "running", [another]: "running" };
    expect(done(there)).toBe(`stop ${NEW}, stop ${another}, start web`);
  });

  it("is told of, with what runs and what is left to do", () => {
    expect(reports({ web: "running", [NEW]: "created" })).toEqual([
      `${NEW} is left of a heal that nobody remembers, beside web, which runs: remove it once you are sure that it holds nothing you need`,
    ]);
    expect(reports({ [NEW]: "exited", [OLD]: "exited" })).toEqual([
      `web is gone, and ${NEW}, ${OLD} is left of a heal: one of them runs; rename it, and remove what is left over`,
    ]);
  });
});

describe("leftovers that concern a watchdog", () => {
  const names = (there: There, sketch: Partial<PolicyConfig> = {}): string[] =>
    leftoversAmong(observed(there), policy(sketch)).map(({ name }) => name);

  it("are all that have a name of ours", () => {
    expect(names({ web: "running", [NEW]: "created", [OLD]: "exited" })).toEqual([NEW, OLD]);
  });

  it("are none of those that it is told not to look at", () => {
    expect(names({ [NEW]: "created" }, { exclude: ["web*"] })).toEqual([]);
    const rules = [{ match: { name: "web*" }, enable: true }];
    expect(names({ [NEW]: "created" }, { exclude: ["*"], rules })).toEqual([NEW]);
  });
});

describe("a name of ours", () => {
  it.each<[string, ReturnType<typeof healLeftover>]>([
    [temporaryName("web", "k2m4p7xz"), { container: "web", heal: "k2m4p7xz", role: "new" }],
    [asideName("web", "k2m4p7xz"), { container: "web", heal: "k2m4p7xz", role: "old" }],
    [temporaryName("web", "k2m4p7xz-1"), { container: "web", heal: "k2m4p7xz-1", role: "new" }],
    [temporaryName("a.b_c-1", "h7"), { container: "a.b_c-1", heal: "h7", role: "new" }],
    ["web", null],
    ["web.stalewatch-new", null],
    ["web.stalewatch-h7", null],
    [".stalewatch-h7-new", null],
    ["web.stalewatch-h7-newer", null],
    ["web.stalewatch-h 7-new", null],
  ])("%s", (name, expected) => {
    expect(healLeftover(name)).toEqual(expected);
  });
});
