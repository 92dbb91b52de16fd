import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { urgencyOf, type EngineEvent, type Urgency } from "../../../src/domain/engine-event.ts";
import { connectEngine } from "../../../src/engine/connect.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine, uniqueName } from "../../harness/engines-in-tests.ts";
import { buildImage, tagImage, untagImage } from "../../harness/images.ts";
import { eventually } from "../../harness/wait.ts";

/** A name of its own on the engine that all test files share, and what the engine tells meanwhile. */
class Host {
  readonly name = uniqueName("followed");
  readonly engine: EngineConnection;
  readonly events: EngineEvent[] = [];
  readonly #end = new AbortController();

  constructor(engine: EngineConnection) {
    this.engine = engine;
  }

  async listen(since: number | null = null): Promise<void> {
    const address = { kind: "unix", path: this.engine.socketPath } as const;
    const options = { address, timeout: 15_000, name: null };
    const engine = await connectEngine(options, this.#end.signal);
    const { events } = await engine.follow(since, this.#end.signal);
    const read = async (): Promise<void> => {
      for await (const event of events) this.events.push(event);
    };
    read().catch(() => undefined);
  }

  build(marker: string): Promise<string> {
    return buildImage(this.engine, { tag: this.name, marker: `${this.name} ${marker}` });
  }

  /** What the first event that fits, from now on, asks for. */
  async after(work: () => Promise<unknown>, fits: (event: string) => boolean): Promise<Urgency> {
    const from = this.events.length;
    await work();
    return eventually("an event asks for a look", () => {
      for (const event of this.events.slice(from)) {
        const urgency = urgencyOf(event, new Set());
        if (urgency !== null && fits(JSON.stringify(event))) return urgency;
      }
      return null;
    });
  }

  async close(): Promise<void> {
    this.#end.abort();
    await removeContainer(this.engine, this.name);
  }
}

const it = test.extend("host", async ({}, { onCleanup }) => {
  const host = new Host(await connectTestEngine());
  onCleanup(() => host.close());
  return host;
});

/** The engine has done it when its answer has ended. */
const drained = (answer: NodeJS.ReadableStream): Promise<unknown> => text(answer);

const hex = (id: string): string => id.replace("sha256:", "");

it("a build asks for a look at once, also one that is all from the cache", async ({ host }) => {
  await host.listen();
  for (const marker of ["1", "2", "2"]) {
    let built = "";
    const urgency = host.after(
      async () => (built = await host.build(marker)),
      // Podman gives the ID alone.
      (event) => event.includes(host.name) || event.includes(hex(built)),
    );
    expect(await urgency).toBe("at-once");
  }
});

it("a tag given, moved and taken away asks for a look at once", async ({ host }) => {
  const id = await host.build("1");
  await host.listen();
  const ofIt = (event: string): boolean => event.includes(host.name) || event.includes(hex(id));
  const other = `${host.name}:other`;
  expect(await host.after(() => tagImage(host.engine, id, other), ofIt)).toBe("at-once");
  expect(await host.after(() => untagImage(host.engine, other), ofIt)).toBe("at-once");
});

it("an image loaded from a file asks for a look at once", async ({ host }) => {
  await host.build("1");
  const { docker } = host.engine;
  await host.listen();
  const load = async (): Promise<void> => {
    const file = await docker.getImage(host.name).get();
    await drained(await docker.loadImage(file));
  };
  expect(await host.after(load, (event) => event.includes('"load'))).toBe("at-once");
});

it("a container's life asks for looks", async ({ host }) => {
  await host.build("1");
  await host.listen();
  const container = host.engine.docker.getContainer(host.name);
  const ofIt = (event: string): boolean => event.includes(host.name);
  const start = () => runContainer(host.engine, { name: host.name, image: host.name });
  expect(await host.after(start, ofIt)).toBe("when-quiet");
  expect(await host.after(() => container.stop(), ofIt)).toBe("when-quiet");
  const renamed = `${host.name}-renamed`;
  expect(await host.after(() => container.rename({ name: renamed }), ofIt)).toBe("when-quiet");
  const remove = () => host.engine.docker.getContainer(renamed).remove();
  expect(await host.after(remove, ofIt)).toBe("when-quiet");
});

it("what happened since a moment is told later, too", async ({ host }) => {
  const before = Date.now();
  await host.build("1");
  await runContainer(host.engine, { name: host.name, image: host.name });
  await host.listen(before);
  await eventually("it is told", () => JSON.stringify(host.events).includes(host.name));
});

it("commands inside a container, as health checks are, are not even told", async ({ host }) => {
  await host.build("1");
  await runContainer(host.engine, { name: host.name, image: host.name });
  await host.listen(Date.now() + 1);
  const run = async (): Promise<void> => {
    const container = host.engine.docker.getContainer(host.name);
    const command = await container.exec({ Cmd: ["true"], AttachStdout: true });
    await drained(await command.start({}));
  };
  await run();
  await host.after(
    () => host.build("2"),
    (event) => event.includes('"image"'),
  );
  expect(
    host.events.filter((event) => "action" in event && event.action.startsWith("exec")),
  ).toEqual([]);
});
