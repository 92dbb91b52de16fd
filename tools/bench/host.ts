import pMap from "p-map";
import { runContainer } from "../../test/harness/containers.ts";
import type { EngineConnection } from "../../test/harness/engine.ts";
import { buildImage } from "../../test/harness/images.ts";

const IMAGES = 10;

/** Brings the engine to so many running containers, spread over ten images. */
export async function populate(engine: EngineConnection, from: number, to: number): Promise<void> {
  for (let i = 0; i < IMAGES; i++)
    await buildImage(engine, { tag: `bench-app${i}`, marker: `${i}` });
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  await pMap(
    numbers,
    (i) =>
      runContainer(engine, {
        name: `bench-service${i}-1`,
        image: `bench-app${i % IMAGES}`,
        compose: { project: "bench", service: `service${i}` },
        networkMode: "none",
      }),
    { concurrency: 4 },
  );
}
