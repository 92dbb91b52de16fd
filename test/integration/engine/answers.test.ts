import { describe, expect, it } from "vitest";
import { INFO, VERSION } from "../../harness/fake-engine.ts";
import { containerNamed, imageNamed } from "../../unit/domain/builders.ts";
import type { ContainerFact, ImageFact, Snapshot } from "../../../src/domain/observation.ts";
import { connectTo, fakeEngines, never } from "./connecting.ts";

const fakeEngine = fakeEngines();

/** What the snapshot makes of these rows of the two lists. */
async function observed(rows: {
  readonly containers?: unknown;
  readonly images?: unknown;
}): Promise<Snapshot> {
  return (await connectTo(await fakeEngine(rows))).observe(never);
}

async function container(row: object): Promise<Snapshot["containers"][number] | undefined> {
  const { containers } = await observed({ containers: [{ Id: containerNamed("web"), ...row }] });
  return containers[0];
}

async function image(row: object): Promise<Snapshot["images"][number] | undefined> {
  const { images } = await observed({ images: [{ Id: imageNamed("v1"), ...row }] });
  return images[0];
}

async function inspectedImage(inspect: object, now = 0): Promise<ImageFact> {
  const id = imageNamed("v1");
  const imageInspects = new Map([[id, { Id: id, ...inspect }]]);
  return (await connectTo(await fakeEngine({ imageInspects }))).learnImage(id, now, never);
}

async function inspectedContainer(inspect: object): Promise<ContainerFact | null> {
  const id = containerNamed("web");
  const containerInspects = new Map([[id, { Id: id, ...inspect }]]);
  return (await connectTo(await fakeEngine({ containerInspects }))).learnContainer(id, never);
}

describe("a row of the containers", () => {
  it("is read as Engine 20.10 writes it", async () => {
    const row = {
      Names: ["/shop-web-1"],
      Image: "shop-web",
      ImageID: imageNamed("v1"),
      Created: 1_778_061_660,
      State: "running",
      Status: "Up 3 hours",
      Labels: { "com.docker.compose.project": "shop" },
      Mounts: [
        {
          Type: "volume",
          Name: "shop_data",
          Source: "",
          Destination: "/data",
          Driver: "local",
          RW: true,
        },
        { Type: "bind", Source: "/srv", Destination: "/srv", Mode: "ro", RW: false },
      ],
    };
    expect(await container(row)).toEqual({
      id: containerNamed("web"),
      name: "shop-web-1",
      image: "shop-web",
      imageId: imageNamed("v1"),
      manifestDigest: null,
      createdAt: 1_778_061_660_000,
      state: "running",
      labels: { "com.docker.compose.project": "shop" },
      mounts: [
        { type: "volume", name: "shop_data", destination: "/data", writable: true },
        { type: "bind", name: "", destination: "/srv", writable: false },
      ],
    });
  });

  it.each([
    [["/shop-web-1"], "shop-web-1"],
    [["/front/db", "/shop-db-1"], "shop-db-1"],
    [["/shop-db-1", "/front/db", "/front/database"], "shop-db-1"],
    [["/front/db"], "front/db"],
    [["shop-web-1"], "shop-web-1"],
    [[], containerNamed("web").slice(0, 12)],
    [null, containerNamed("web").slice(0, 12)],
    ["/shop-web-1", containerNamed("web").slice(0, 12)],
  ])("is called by its own name and not by a link's alias: %j gives %s", async (Names, name) => {
    expect(await container({ Names })).toMatchObject({ name });
  });

  it("may lack everything but its ID, or have null there", async () => {
    const nothing = {
      image: "",
      imageId: "",
      manifestDigest: null,
      createdAt: 0,
      state: "unknown",
      labels: {},
      mounts: [],
    };
    const fields = ["Names", "Image", "ImageID", "Created", "State", "Labels", "Mounts"];
    const nulls = Object.fromEntries(fields.map((field) => [field, null]));
    expect(await container({})).toMatchObject(nothing);
    expect(await container({ ...nulls, ImageManifestDescriptor: null })).toMatchObject(nothing);
  });

  it("may have the wrong types in it", async () => {
    const row = {
      Names: [1, null, "/web"],
      Image: 7,
      ImageID: {},
      Created: "yesterday",
      State: ["running"],
      Labels: ["a=b"],
      Mounts: [null, 3, { Type: 1, Destination: null, RW: "no" }],
      ImageManifestDescriptor: "sha256:…",
    };
    expect(await container(row)).toMatchObject({
      name: "web",
      image: "",
      createdAt: 0,
      state: "unknown",
      labels: {},
      mounts: [{ type: "" }, { type: "" }, { type: "", destination: "", writable: true }],
      manifestDigest: null,
    });
  });

  it("has labels that are texts, whatever the engine wrote there", async () => {
    const Labels = {
      text: "yes",
      "com.docker.compose.oneoff": true,
      "stalewatch.grace": 15,
      "stalewatch.mode": null,
      list: ["a"],
    };
    expect((await container({ Labels }))?.labels).toEqual({ text: "yes" });
    expect((await image({ Labels }))?.labels).toEqual({ text: "yes" });
    expect((await inspectedImage({ Config: { Labels } })).labels).toEqual({ text: "yes" });
  });

  it.each([
    ["running", "running"],
    ["Running", "running"],
    ["exited", "exited"],
    ["stopping", "unknown"],
    ["constructor", "unknown"],
  ])("has a state, in any case of letters: %s is %s", async (State, state) => {
    expect(await container({ State })).toMatchObject({ state });
  });

  it("names the platform manifest it runs, from the containerd store", async () => {
    const digest = imageNamed("manifest");
    const ImageManifestDescriptor = {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest,
      size: 500,
      platform: { architecture: "amd64", os: "linux" },
    };
    expect(await container({ ImageManifestDescriptor })).toMatchObject({ manifestDigest: digest });
  });

  it("is read as Podman writes it", async () => {
    const row = {
      Names: ["/shop_web_1"],
      Image: "localhost/shop_web:latest",
      ImageID: imageNamed("v1"),
      Created: 1_778_061_660,
      State: "running",
      Labels: null,
      Mounts: null,
      Ports: null,
      NetworkSettings: null,
    };
    expect(await container(row)).toMatchObject({
      name: "shop_web_1",
      image: "localhost/shop_web:latest",
      imageId: imageNamed("v1"),
      labels: {},
      mounts: [],
    });
  });
});

describe("a row of the images", () => {
  it("is read as Engine 20.10 writes it", async () => {
    const row = {
      RepoTags: ["shop-web:latest", "shop-web:1"],
      RepoDigests: ["shop-web@sha256:abc"],
      Created: 1_778_061_600,
      Labels: { "org.opencontainers.image.revision": "1f3c9d2" },
      Size: 4_000_000,
    };
    expect(await image(row)).toEqual({
      id: imageNamed("v1"),
      tags: ["shop-web:latest", "shop-web:1"],
      repoDigests: ["shop-web@sha256:abc"],
      createdAt: 1_778_061_600_000,
      labels: { "org.opencontainers.image.revision": "1f3c9d2" },
    });
  });

  it.each([
    [["<none>:<none>"], ["<none>@<none>"]],
    [null, null],
    [[], []],
    [undefined, undefined],
    ["shop-web:latest", {}],
    [[null, 5], [false]],
  ])("may have no names: %j and %j", async (RepoTags, RepoDigests) => {
    const row = { RepoTags, RepoDigests, Labels: null, Created: -62_135_596_800 };
    expect(await image(row)).toMatchObject({ tags: [], repoDigests: [], labels: {} });
  });
});

describe("an image that is asked about", () => {
  it("is read as Engine 20.10 writes it", async () => {
    const Config = { Cmd: ["sh"], Env: ["A=1"], Labels: { tier: "front" } };
    const inspect = {
      RepoTags: ["shop-web:latest"],
      RepoDigests: ["shop-web@sha256:abc"],
      Created: "2026-05-06T10:00:00.987654321Z",
      Metadata: { LastTagTime: "2026-05-06T12:00:00.5Z" },
      Config,
      RootFS: { Type: "layers", Layers: ["sha256:1", "sha256:2"] },
    };
    expect(await inspectedImage(inspect, 99)).toMatchObject({
      id: imageNamed("v1"),
      known: true,
      createdAt: Date.UTC(2026, 4, 6, 10),
      lastTaggedAt: Date.UTC(2026, 4, 6, 12, 0, 0, 500),
      labels: { tier: "front" },
      manifests: [],
      repoDigests: ["shop-web@sha256:abc"],
      config: JSON.stringify(Config),
      firstSeenAt: 99,
    });
  });

  it.each([
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "-62135596800",
    "yesterday",
    "",
    null,
    0,
  ])("has no time where the engine says %j", async (time) => {
    const inspect = { Created: time, Metadata: { LastTagTime: time } };
    expect(await inspectedImage(inspect)).toMatchObject({ createdAt: null, lastTaggedAt: null });
  });

  it("has no tag time where the engine has no metadata, as Podman's", async () => {
    const podman = { Metadata: null, Config: { Labels: null }, RepoTags: null, RepoDigests: null };
    expect(await inspectedImage(podman)).toMatchObject({
      known: true,
      lastTaggedAt: null,
      labels: {},
      repoDigests: [],
    });
  });

  it("is the same content in whatever order the engine writes it, with whatever else", async () => {
    const layers = { Type: "layers", Layers: ["sha256:1"] };
    const one = await inspectedImage({
      Created: "2026-05-06T10:00:00Z",
      Config: { Env: ["A=1"], Labels: { a: "1", b: "2" } },
      RootFS: layers,
    });
    const other = await inspectedImage({
      RootFS: layers,
      Config: { Labels: { b: "2", a: "1" }, Env: ["A=1"] },
      Created: "2026-05-06T10:00:00Z",
      Metadata: { LastTagTime: "2026-05-06T12:00:00Z" },
    });
    const third = await inspectedImage({
      Created: "2026-05-06T10:00:00Z",
      Config: { Env: ["A=2"], Labels: { a: "1", b: "2" } },
      RootFS: layers,
    });
    expect(one.contentKey).toBe(other.contentKey);
    expect(one.contentKey).not.toBe(third.contentKey);
    expect((await inspectedImage({ Created: "2026-05-06T10:00:00Z" })).contentKey).toBeNull();
  });

  it.each(["1.41", "1.47"])("is not asked for manifests in version %s", async (ApiVersion) => {
    const fake = await fakeEngine({ version: { ...VERSION, ApiVersion } });
    const engine = await connectTo(fake);
    await engine.learnImage(imageNamed("v1"), 0, never);
    expect(fake.requests.at(-1)).toBe(`GET /v${ApiVersion}/images/${imageNamed("v1")}/json`);
  });

  it.each(["1.48", "1.51"])("is asked for manifests in version %s", async (ApiVersion) => {
    const id = imageNamed("v1");
    const [platform, attestation] = [imageNamed("platform"), imageNamed("attestation")];
    const Manifests = [
      { ID: platform, Kind: "image", ImageData: { Platform: { os: "linux" } } },
      { ID: attestation, Kind: "attestation", AttestationData: { For: platform } },
      { ID: imageNamed("odd"), Kind: "unknown" },
    ];
    const fake = await fakeEngine({
      version: { ...VERSION, ApiVersion },
      info: { ...INFO, DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] },
      imageInspects: new Map([[id, { Id: id, Manifests }]]),
    });
    const engine = await connectTo(fake);
    const { manifests } = await engine.learnImage(id, 0, never);
    expect(fake.requests.at(-1)).toBe(`GET /v${ApiVersion}/images/${id}/json?manifests=true`);
    expect(manifests).toEqual([platform]);
  });

  it("keeps the ID it was asked by, whatever ID the engine answers with", async () => {
    const fact = await inspectedImage({ Id: imageNamed("a platform's manifest") });
    expect(fact.id).toBe(imageNamed("v1"));
  });

  it("is no question where the container has none", async () => {
    const fake = await fakeEngine({ containers: [{ Id: containerNamed("pod") }] });
    const engine = await connectTo(fake);
    const { containers } = await engine.observe(never);
    fake.forgetRequests();
    const learnt = containers.map(({ imageId }) => engine.learnImage(imageId, 7, never));
    expect(await Promise.all(learnt)).toMatchObject([{ id: "", known: false, firstSeenAt: 7 }]);
    expect(fake.requests).toEqual([]);
  });
});

describe("a container that is asked about", () => {
  it("says what it was created by, and whether it removes itself", async () => {
    const inspect = { Config: { Image: "shop-web" }, HostConfig: { AutoRemove: true } };
    expect(await inspectedContainer(inspect)).toEqual({
      id: containerNamed("web"),
      configImage: "shop-web",
      autoRemove: true,
      notClonable: null,
    });
  });

  it.each([{}, { Config: null, HostConfig: null }, { Config: { Image: 5 }, HostConfig: [] }])(
    "may say nothing of it: %j",
    async (inspect) => {
      expect(await inspectedContainer(inspect)).toMatchObject({
        configImage: "",
        autoRemove: false,
      });
    },
  );
});

describe("the start of the engine", () => {
  it.each([
    [{ Id: "b", Created: "2026-05-06T08:00:00.5Z" }, Date.UTC(2026, 4, 6, 8, 0, 0, 500)],
    [{ Id: "b", Created: "0001-01-01T00:00:00Z" }, null],
    [{ Id: "b", Created: null }, null],
    [undefined, null],
  ])("is that of its default bridge %j: %s", async (bridge, time) => {
    const engine = await connectTo(await fakeEngine({ bridge }));
    expect(await engine.startedAt(never)).toBe(time);
  });
});
