import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containerId } from "../../../../src/domain/ids.ts";
import { healOrder } from "../../../../src/domain/heal/order.ts";
import {
  dependentsOf,
  isOn,
  parseDependsOn,
  type Relations,
} from "../../../../src/domain/heal/relations.ts";

const idOf = (name: string): string => Buffer.from(name).toString("hex").padEnd(64, "0");

/** `web` of project shop; `ties` are written `network:db`. */
function one(
  name: string,
  more: { needs?: string[]; ties?: string[]; running?: boolean } = {},
): Relations {
  return {
    id: containerId(idOf(name)),
    name,
    running: more.running ?? true,
    project: "shop",
    service: name,
    dependsOn: more.needs ?? [],
    ties: (more.ties ?? []).map((text) => {
      const [tie = "", on = ""] = text.split(":");
      return { tie: tie as Relations["ties"][number]["tie"], on };
    }),
  };
}

const orderOf = (...containers: Relations[]): string => {
  const order = healOrder(containers);
  return order.kind === "cycle"
    ? `cycle ${order.members.join(" → ")}`
    : order.containers.map(({ name }) => name).join(" ");
};

describe("containers are healed", () => {
  it.each([
    ["by name, when nothing ties them", orderOf(one("b"), one("a")), "a b"],
    ["after what Compose starts before them", orderOf(one("a", { needs: ["b"] }), one("b")), "b a"],
    [
      "after the one whose network they share",
      orderOf(one("a", { ties: ["network:b"] }), one("b")),
      "b a",
    ],
    [
      "after the one whose volumes they mount",
      orderOf(one("a", { ties: ["volumes-from:b"] }), one("b")),
      "b a",
    ],
    ["after the one they link to", orderOf(one("a", { ties: ["link:b"] }), one("b")), "b a"],
    [
      "along a chain",
      orderOf(one("a", { needs: ["b"] }), one("b", { needs: ["c"] }), one("c")),
      "c b a",
    ],
    [
      "without those that they need but that are not healed",
      orderOf(one("a", { needs: ["gone"] })),
      "a",
    ],
    [
      "not at all in a cycle, whose members are named",
      orderOf(one("a", { needs: ["b"] }), one("b", { needs: ["a"] })),
      "cycle a → b → a",
    ],
    [
      "not at all in a cycle behind others",
      orderOf(
        one("a", { needs: ["b"] }),
        one("b", { ties: ["network:c"] }),
        one("c", { needs: ["b"] }),
      ),
      "cycle b → c → b",
    ],
  ])("%s", (_, order, expected) => {
    expect(order).toBe(expected);
  });

  it("in an order that does not depend on the order of the list", () => {
    const hosts = fc.shuffledSubarray(
      [
        one("a", { needs: ["c"] }),
        one("b"),
        one("c", { ties: ["ipc:d"] }),
        one("d"),
        one("e", { needs: ["a", "b"] }),
      ],
      { minLength: 5 },
    );
    fc.assert(
      fc.property(hosts, (containers) => {
        expect(orderOf(...containers)).toBe("d c a b e");
      }),
    );
  });
});

describe("the dependents of a container", () => {
  const names = (root: Relations, ...all: Relations[]): string[] =>
    dependentsOf(root, all).map(
      ({ container, tie, on }) => `${container.name} by ${tie} of ${on.name}`,
    );

  it("are those that share its namespaces, volumes or links, through each other too, each once", () => {
    const web = one("web");
    const proxy = one("proxy", { ties: ["network:web"] });
    const debug = one("debug", { ties: ["pid:proxy", "network:web"] });
    const tail = one("tail", { ties: ["volumes-from:debug"] });
    expect(names(web, web, tail, proxy, debug, one("other"))).toEqual([
      "proxy by network of web",
      "debug by network of web",
      "tail by volumes-from of debug",
    ]);
  });

  it("hang on by their namespace before all else", () => {
    const db = one("db");
    const web = one("web", { ties: ["link:db"] });
    const backup = one("backup", { ties: ["volumes-from:db", "network:web"] });
    expect(names(db, web, backup, db)).toEqual(["web by link of db", "backup by network of web"]);
  });

  it("are named by ID as well", () => {
    const web = one("web");
    expect(isOn(idOf("web"), web)).toBe(true);
    expect(isOn(idOf("web").slice(0, 12), web)).toBe(true);
    expect(isOn("/web", web)).toBe(true);
    expect(isOn("web2", web)).toBe(false);
  });

  it("do not include stopped ones, nor the container itself in a cycle", () => {
    const web = one("web", { ties: ["link:proxy"] });
    const proxy = one("proxy", { ties: ["network:web"] });
    expect(names(web, web, proxy, one("old", { ties: ["network:web"], running: false }))).toEqual([
      "proxy by network of web",
    ]);
  });
});

it("Compose's depends_on label is read without its conditions", () => {
  expect(parseDependsOn("db:service_healthy:false,cache:service_started:true")).toEqual([
    "db",
    "cache",
  ]);
  expect(parseDependsOn("")).toEqual([]);
});
