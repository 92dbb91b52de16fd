import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startFakeEngine, INFO, VERSION } from "../../harness/fake-engine.ts";
import { imageNamed } from "../../unit/domain/builders.ts";
import { connectTo, fakeEngines, never } from "./connecting.ts";

const fakeEngine = fakeEngines();

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the API version", () => {
  it.each([
    { engine: "an engine of 2022", newest: "1.41", oldest: "1.12", spoken: "1.41" },
    { engine: "one that is older still", newest: "1.24", oldest: "1.12", spoken: "1.24" },
    { engine: "the newest that we know", newest: "1.51", oldest: "1.24", spoken: "1.51" },
    { engine: "a newer one", newest: "1.99", oldest: "1.44", spoken: "1.51" },
    { engine: "1.9, which is older than 1.41", newest: "1.9", oldest: "1.9", spoken: "1.9" },
    { engine: "one that has dropped ours", newest: "1.99", oldest: "1.60", spoken: "1.60" },
    { engine: "one of another major version", newest: "2.1", oldest: "2.0", spoken: "2.0" },
    { engine: "one that names no oldest", newest: "1.41", oldest: undefined, spoken: "1.41" },
    { engine: "a newer one that names none", newest: "1.60", oldest: undefined, spoken: "1.51" },
  ])("with $engine ($newest, from $oldest) is $spoken", async ({ newest, oldest, spoken }) => {
    const fake = await fakeEngine({ version: { ApiVersion: newest, MinAPIVersion: oldest } });
    const engine = await connectTo(fake);
    expect(engine.identity.apiVersion).toBe(spoken);
    expect(fake.requests).toEqual(["GET /version", `GET /v${spoken}/info`]);
  });

  it("is in the path of every request after the first", async () => {
    const fake = await fakeEngine();
    const engine = await connectTo(fake);
    fake.forgetRequests();
    await engine.observe(never);
    await engine.learnImage(imageNamed("v1"), 0, never);
    await engine.startedAt(never);
    expect(fake.requests).toEqual([
      "GET /v1.41/containers/json?all=true",
      "GET /v1.41/images/json",
      `GET /v1.41/images/${imageNamed("v1")}/json`,
      "GET /v1.41/networks/bridge",
    ]);
  });
});

describe("who answers", () => {
  it("is the same Podman although it makes up another ID for every answer", async () => {
    const version = { ...VERSION, Version: "4.3.1", Components: [{ Name: "Podman Engine" }] };
    const info = { Name: "host-1", DockerRootDir: "/var/lib/containers/storage" };
    const connected = async (changes: object): Promise<string> => {
      const fake = await fakeEngine({ version, info: { ...info, ...changes } });
      return (await connectTo(fake)).identity.id;
    };
    const first = await connected({ ID: "9f0c3a52-7a4e-4c53-9a59-8f7a3d3f0c11" });
    expect(await connected({ ID: "1b8e6d10-02c7-4b7a-8a43-5c0b8f1f6e22" })).toBe(first);
    expect(await connected({ ID: "9f0c3a52", Name: "host-2" })).not.toBe(first);
    expect(await connected({ ID: "9f0c3a52", DockerRootDir: "/home/me" })).not.toBe(first);
  });

  it("is told by the engine's own words", async () => {
    const fake = await fakeEngine({
      version: { ...VERSION, Version: "28.5.2", ApiVersion: "1.51" },
      info: { ID: "7a1f", Name: "host-1", DriverStatus: [["Backing Filesystem", "extfs"]] },
    });
    const { identity } = await connectTo(fake);
    expect(identity).toEqual({
      id: "7a1f",
      name: "host-1",
      apiVersion: "1.51",
      version: "28.5.2",
      store: "classic",
    });
  });

  it("is called by the name of the configuration where it gives one", async () => {
    const { identity } = await connectTo(await fakeEngine(), { name: "production" });
    expect(identity.name).toBe("production");
  });

  it("is still called something where neither gives a name", async () => {
    const { identity } = await connectTo(await fakeEngine({ info: { ...INFO, Name: null } }));
    expect(identity.name).toBe("docker");
  });

  it.each([
    [[["driver-type", "io.containerd.snapshotter.v1"]], "containerd"],
    [[["Backing Filesystem", "extfs"]], "classic"],
    [null, "classic"],
    ["nonsense", "classic"],
  ])("keeps its images as the driver's status %j says: %s", async (DriverStatus, store) => {
    const { identity } = await connectTo(await fakeEngine({ info: { ...INFO, DriverStatus } }));
    expect(identity.store).toBe(store);
  });

  it("may have a clock that is ahead of ours", async () => {
    const SystemTime = new Date(Date.now() + 3_600_000).toISOString();
    const { clockSkew } = await connectTo(await fakeEngine({ info: { ...INFO, SystemTime } }));
    expect(Math.abs((clockSkew ?? 0) - 3_600_000)).toBeLessThan(2000);
    expect((await connectTo(await fakeEngine())).clockSkew).toBeNull();
  });
});

describe("the given address", () => {
  it.each(["unix", "tcp"] as const)(
    "wins over DOCKER_HOST and what belongs to it (%s)",
    async (listen) => {
      const meant = await fakeEngine({ info: { ...INFO, ID: "MEANT" } }, { listen });
      const other = await startFakeEngine({}, { listen: "tcp" });
      const { address } = other;
      vi.stubEnv("DOCKER_HOST", `tcp://127.0.0.1:${address.kind === "tcp" ? address.port : 0}`);
      vi.stubEnv("DOCKER_TLS_VERIFY", "1");
      vi.stubEnv("DOCKER_CERT_PATH", "/nonexistent");
      vi.stubEnv("DOCKER_PATH_PREFIX", "/elsewhere");
      vi.stubEnv("DOCKER_CLIENT_TIMEOUT", "1");
      try {
        const engine = await connectTo(meant);
        await engine.observe(never);
        expect(engine.identity.id).toBe("MEANT");
        expect(other.requests).toEqual([]);
        expect(process.env["DOCKER_HOST"]).toMatch(/^tcp:/);
      } finally {
        await other.close();
      }
    },
  );

  it("may be an IPv6 one", async () => {
    const host = "fd00:5ca1::5";
    const options = {
      address: { kind: "tcp", host, port: 2375, tls: null },
      timeout: 500,
    } as const;
    const error = await connectTo(await fakeEngine(), options).catch((cause: unknown) => cause);
    expect(error).toHaveProperty("message", expect.stringContaining("tcp://[fd00:5ca1::5]:2375"));
    // Whether this machine has a way there or not: it was not asked for somewhere else.
    expect(inspect(error)).not.toMatch(/localhost|127\.0\.0\.1| ::1/);
  });
});

describe("the connections", () => {
  it("are asked for both lists at once, and closed after every answer", async () => {
    const fake = await fakeEngine();
    const engine = await connectTo(fake);
    const both = Promise.withResolvers<undefined>();
    const asked = new Set<string>();
    for (const path of ["/containers/json", "/images/json"])
      fake.on(path, (_, response) => {
        asked.add(path);
        if (asked.size === 2) both.resolve(undefined);
        void both.promise.then(() => response.end("[]"));
      });
    expect(await engine.observe(never)).toMatchObject({ containers: [], images: [] });
    await expect.poll(() => fake.connections).toBe(0);
  });

  it("are counted: two to connect, two a look, one for each question", async () => {
    const engine = await connectTo(await fakeEngine());
    expect(engine.calls).toBe(2);
    await engine.observe(never);
    expect(engine.calls).toBe(4);
    await engine.learnImage(imageNamed("v1"), 0, never);
    await engine.startedAt(never);
    expect(engine.calls).toBe(6);
  });
});
