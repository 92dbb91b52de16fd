import type { FakeEngine, FakeHost } from "../../test/harness/fake-engine.ts";
import type { Random } from "./random.ts";

/** A few services that are built again and recreated, over and over. As many as one message has room for in full. */
const SERVICES = ["web", "api", "mail", "cron", "queue", "search"] as const;

interface Service {
  readonly name: string;
  /** How often it was built. */
  builds: number;
  /** Which build its container runs. */
  runs: number;
  recreatedAt: number;
  builtAt: number;
}

export interface World {
  /** Something happens to one service: a build, or the recreation that it lacks. */
  readonly step: () => void;
}

/** What the engine says of a host on which deploys stop halfway all the time. */
export function startWorld(engine: FakeEngine, random: Random, now: () => number): World {
  const services = SERVICES.map((name): Service => {
    return { name, builds: 1, runs: 1, recreatedAt: now(), builtAt: now() };
  });
  engine.serve(hostOf(services));
  return {
    step() {
      const one = services[Math.floor(random.next() * services.length)];
      if (one === undefined) return;
      if (one.runs === one.builds) Object.assign(one, { builds: one.builds + 1, builtAt: now() });
      else Object.assign(one, { runs: one.builds, recreatedAt: now() });
      engine.serve(hostOf(services));
    },
  };
}

function hostOf(services: readonly Service[]): FakeHost {
  const builds = services.flatMap((one) =>
    [...new Set([one.runs, one.builds])].map((build) => ({ one, build })),
  );
  return {
    containers: services.map(containerRow),
    images: builds.map(({ one, build }) => imageRow(one, build)),
    imageInspects: new Map(
      builds.map(({ one, build }) => [imageId(one, build), image(one, build)]),
    ),
    containerInspects: new Map(services.map((one) => [containerId(one), container(one)])),
  };
}

const reference = ({ name }: Service): string => `soak-${name}:latest`;
const padded = (text: string): string => Buffer.from(text).toString("hex").padEnd(64, "0");
const imageId = ({ name }: Service, build: number): string => `sha256:${padded(`${name}${build}`)}`;
const containerId = ({ name, runs }: Service): string => padded(`c${name}${runs}`);
const seconds = (at: number): number => Math.floor(at / 1000);

function containerRow(one: Service): object {
  return {
    Id: containerId(one),
    Names: [`/soak-${one.name}-1`],
    // As the engine does where the tag means another image now.
    Image: one.runs === one.builds ? reference(one) : imageId(one, one.runs),
    ImageID: imageId(one, one.runs),
    Created: seconds(one.recreatedAt),
    State: "running",
    Labels: {
      "com.docker.compose.project": "soak",
      "com.docker.compose.service": one.name,
      "com.docker.compose.container-number": "1",
    },
    Mounts: [],
  };
}

function container(one: Service): object {
  return { Id: containerId(one), Config: { Image: reference(one) }, HostConfig: {} };
}

function imageRow(one: Service, build: number): object {
  const tags = build === one.builds ? [reference(one)] : [];
  return {
    Id: imageId(one, build),
    RepoTags: tags,
    RepoDigests: [],
    Created: seconds(one.builtAt),
  };
}

function image(one: Service, build: number): object {
  return {
    Id: imageId(one, build),
    Created: new Date(one.builtAt).toISOString(),
    Metadata: { LastTagTime: new Date(one.builtAt).toISOString() },
    Config: { Labels: {} },
    RootFS: { Layers: [imageId(one, build)] },
  };
}
