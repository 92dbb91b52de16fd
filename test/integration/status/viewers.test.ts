import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Viewers, VIEWERS_AT_MOST } from "../../../src/status/http/viewers.ts";
import { eventually } from "../../harness/wait.ts";
import { diverged, fresh, MINUTE } from "../../unit/status/samples.ts";
import { ask, serve, view, type Served, type Viewer } from "./served.ts";

async function views(served: Served, count: number): Promise<Viewer[]> {
  const all = await Promise.all(Array.from({ length: count }, () => view(served.port)));
  onTestFinished(() => {
    for (const viewer of all) viewer.leave();
  });
  return all;
}

const versionOf = async ({ port }: Served): Promise<string> => {
  const { text } = await ask({ port }, "/");
  return /data-version="([\w-]+)"/.exec(text)?.[1] ?? "";
};

describe("who has the page open", () => {
  it("is told at once what the latest is, and whenever something changes", async () => {
    const served = await serve();
    served.publish([fresh("shop-web-1")]);
    const first = await versionOf(served);
    const [viewer] = await views(served, 1);
    await viewer?.sees(`data: ${first}\n\n`);
    served.publish([diverged("shop-web-1", 20 * MINUTE)]);
    const second = await versionOf(served);
    expect(second).not.toBe(first);
    await viewer?.sees(`data: ${second}\n\n`);
  });

  it("is not told of a scan that found all as before", async () => {
    const served = await serve();
    served.publish([fresh("shop-web-1")]);
    const [viewer] = await views(served, 1);
    const first = await versionOf(served);
    await viewer?.sees(first);
    served.publish([fresh("shop-web-1")]);
    served.publish([fresh("shop-web-1"), fresh("shop-api-1")]);
    await viewer?.sees(await versionOf(served));
    expect(viewer?.received().match(/event: version/g)).toHaveLength(2);
  });

  it("is told of a change, also back to what others were told before", async () => {
    const served = await serve();
    const before = [fresh("shop-web-1")];
    served.publish(before);
    const [first] = await views(served, 1);
    await first?.sees(await versionOf(served));
    first?.leave();
    // While nobody looks.
    served.publish([diverged("shop-web-1", 20 * MINUTE)]);
    const [second] = await views(served, 1);
    await second?.sees(await versionOf(served));
    served.publish(before);
    await second?.sees(await versionOf(served));
  });

  it("may ask for the head of the stream alone, which ends", async () => {
    const served = await serve();
    served.publish([]);
    const { status, headers, text } = await ask({ port: served.port }, "/events", {
      method: "HEAD",
    });
    expect({ status, type: headers["content-type"], text }).toEqual({
      status: 200,
      type: "text/event-stream",
      text: "",
    });
  });

  it("may be fifty at once, and all are told", async () => {
    const served = await serve();
    served.publish([fresh("shop-web-1")]);
    const all = await views(served, 50);
    served.publish([diverged("shop-web-1", 20 * MINUTE)]);
    const version = await versionOf(served);
    for (const viewer of all) await viewer.sees(version);
  });

  it("may not be any number: the next one is turned away, and taken when another has left", async () => {
    const served = await serve();
    served.publish([]);
    const all = await views(served, VIEWERS_AT_MOST);
    const { status, headers } = await ask({ port: served.port }, "/events");
    expect(status).toBe(503);
    expect(headers["retry-after"]).toBe("60");
    all[0]?.leave();
    await eventually("there is room again", () =>
      view(served.port).then((one) => (one.leave(), true)),
    );
  });

  it("ends with the daemon", async () => {
    const served = await serve();
    served.publish([]);
    await views(served, 3);
    await served.status.close();
    await expect(view(served.port)).rejects.toThrow(/ECONNREFUSED/);
  });
});

/** Viewers that are told texts far larger than what a connection buffers, so that one that does not read is felt. */
async function withBuffers(): Promise<{
  readonly viewers: Viewers;
  readonly slow: Viewer;
  readonly response: ServerResponse;
}> {
  const viewers = new Viewers();
  let response: ServerResponse | undefined;
  const server = createServer((_, answer) => {
    response = answer;
    viewers.add(answer, "begin");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    viewers.close();
    server.closeAllConnections();
    server.close();
  });
  const slow = await view((server.address() as AddressInfo).port);
  await slow.sees("begin");
  if (response === undefined) throw new Error("nobody came");
  return { viewers, slow, response };
}

const MEGABYTE = 1_000_000;
const text = (i: number): string => `${String(i).padStart(6, "0")}${"x".repeat(MEGABYTE)}`;

describe("a viewer that does not read", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("costs what one event costs, and gets the latest when it reads again", async () => {
    const { viewers, slow, response } = await withBuffers();
    slow.pause();
    for (let i = 0; i < 200; i++) {
      viewers.tell(text(i));
      await new Promise(setImmediate);
      expect(response.writableLength).toBeLessThan(20 * MEGABYTE);
    }
    slow.resume();
    await slow.sees("data: 000199");
    expect(slow.received().match(/event: version/g)?.length).toBeLessThan(20);
  });

  it("is dropped after a minute; one that has merely nothing to read is not", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const { viewers, slow, response } = await withBuffers();
    for (let pings = 1; pings <= 6; pings++) {
      vi.advanceTimersByTime(20_000);
      await slow.sees(": still here\n\n".repeat(pings));
    }
    expect(viewers.count).toBe(1);
    slow.pause();
    for (let i = 0; i < 20; i++) {
      viewers.tell(text(i));
      await new Promise(setImmediate);
    }
    vi.advanceTimersByTime(80_000);
    await eventually("it is dropped", () => response.destroyed && viewers.count === 0);
  });
});
