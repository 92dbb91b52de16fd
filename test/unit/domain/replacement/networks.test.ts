import { describe, expect, it } from "vitest";
import { networkPlan } from "../../../../src/domain/replacement/networks.ts";

const inspect = (mode: string, ...networks: string[]) => ({
  Id: "0".repeat(64),
  Name: "/web",
  Config: { Hostname: "0".repeat(12) },
  HostConfig: { NetworkMode: mode },
  NetworkSettings: {
    Networks: Object.fromEntries(networks.map((name) => [name, { Aliases: ["api"] }])),
  },
});

describe("a network whose name is a mode of Podman's", () => {
  it.each(["private", "ns", "pasta", "slirp4netns"])("%s: is a network all the same", (name) => {
    const plan = networkPlan(inspect(name, name, "other"), "1.41");
    expect(plan?.mode).toBe(name);
    expect(plan?.atCreate).toMatchObject({ [name]: { Aliases: ["api", "web"] } });
    expect(plan?.connect.map(({ network }) => network)).toEqual(["other"]);
  });

  it.each(["private", "slirp4netns:mtu=1500"])("%s: is a mode where there is none", (mode) => {
    expect(networkPlan(inspect(mode), "1.41")).toMatchObject({ mode, atCreate: {}, connect: [] });
  });
});
