import { containerId, engineId, imageId, type EpochMs } from "../../src/domain/ids.ts";
import { judge, type JudgeInput } from "../../src/domain/judge.ts";
import { EMPTY_MEMORY } from "../../src/domain/memory.ts";
import type { LocalImage, ObservedContainer } from "../../src/domain/observation.ts";
import { DEFAULT_POLICY } from "../../src/domain/policy.ts";
import { median, timed } from "./measure.ts";
import { against, ms, row, type Row } from "./report.ts";

const NOW: EpochMs = Date.UTC(2026, 0, 1);
const IMAGES = 10_000;
const RUNS = 7;

/** Judging alone, on hosts larger than any: every tenth container is stale, all have Compose's labels. */
export async function benchJudging(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of [1_000, 10_000, 100_000]) {
    const input = syntheticHost(count);
    judge(input);
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await timed(() => judge(input)));
    const took = median(runs);
    const what = `judge ${count} containers × ${IMAGES} images`;
    rows.push(
      count === 100_000 ? against(what, ms(took), "< 300 ms", took < 300) : row(what, ms(took)),
    );
  }
  return rows;
}

function syntheticHost(count: number): JudgeInput {
  return {
    snapshot: {
      engine: {
        id: engineId("bench"),
        name: "bench",
        apiVersion: "1.41",
        version: "20.10",
        store: "classic",
      },
      containers: Array.from({ length: count }, (_, i) => container(i)),
      images: Array.from({ length: IMAGES }, (_, i) => image(i)),
    },
    policy: DEFAULT_POLICY,
    memory: EMPTY_MEMORY,
    now: NOW,
    self: null,
    healWindowOpen: true,
  };
}

const hex = (kind: string, i: number): string => `${kind}${i.toString(16)}`.padStart(64, "0");

function container(i: number): ObservedContainer {
  const image = i % IMAGES;
  return {
    id: containerId(hex("c", i)),
    name: `project${i % 500}-service${i}-1`,
    image: `registry.example:5000/team/app${image}:latest`,
    imageId: imageId(`sha256:${hex(i % 10 === 0 ? "d" : "a", image)}`),
    manifestDigest: null,
    createdAt: NOW - 86_400_000,
    state: "running",
    labels: {
      "com.docker.compose.project": `project${i % 500}`,
      "com.docker.compose.service": `service${i}`,
      "com.docker.compose.container-number": "1",
      "com.docker.compose.oneoff": "False",
      "com.docker.compose.config-hash": hex("e", i),
      "com.docker.compose.image": `sha256:${hex("a", image)}`,
      "com.docker.compose.project.config_files": "/srv/app/compose.yaml",
      "com.docker.compose.project.working_dir": "/srv/app",
      "com.docker.compose.version": "2.40.3",
    },
    mounts: [],
  };
}

function image(i: number): LocalImage {
  return {
    id: imageId(`sha256:${hex("a", i)}`),
    tags: [`registry.example:5000/team/app${i}:latest`],
    repoDigests: [],
    createdAt: NOW - 3_600_000,
    labels: {},
  };
}
