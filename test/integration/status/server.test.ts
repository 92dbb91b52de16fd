import { existsSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../../harness/program.ts";
import { eventually } from "../../harness/wait.ts";
import { diverged, fresh, MINUTE, NOW } from "../../unit/status/samples.ts";
import { ask, serve } from "./served.ts";

/** What comes back on a connection on which this is written, until it is closed. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (part: string) => (received += part));
    socket.on("error", () => undefined);
    socket.once("close", () => {
      resolve(received);
    });
  });
}

describe("who asks for the page by a name", () => {
  it.each(["localhost", "127.0.0.1", "[::1]", "localhost:8080", "LOCALHOST.", "127.0.0.1:1"])(
    "of this machine is answered: %s",
    async (host) => {
      const { port } = await serve();
      expect((await ask({ port }, "/livez", { headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    "evil.example",
    "evil.example:9750",
    "127.0.0.1.evil.example",
    "localhost@evil",
    "[::2]",
  ])("of a stranger is refused, whatever it is asked for: %j", async (host) => {
    const { port, publish } = await serve();
    publish([fresh("shop-web-1")]);
    for (const path of ["/", "/events", "/metrics", "/api/v1/check", "/livez"]) {
      const { status, text } = await ask({ port }, path, { headers: { host } });
      expect(status).toBe(421);
      expect(text).not.toContain("shop");
    }
  });

  it("that status.publicUrl has is answered", async () => {
    const publicUrl = "https://status.example.org/docker/";
    const { port } = await serve({ settings: { publicUrl } });
    const headers = { host: "status.example.org" };
    expect((await ask({ port }, "/livez", { headers })).status).toBe(200);
  });
});

describe("a request", () => {
  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])(
    "by %s is refused",
    async (method) => {
      const { port } = await serve();
      const { status, headers } = await ask({ port }, "/", { method });
      expect(status).toBe(405);
      expect(headers.allow).toBe("GET, HEAD");
    },
  );

  it("by HEAD gets what GET would, without the page", async () => {
    const { port, publish } = await serve();
    publish([fresh("shop-web-1")]);
    const [get, head] = [await ask({ port }, "/"), await ask({ port }, "/", { method: "HEAD" })];
    expect(head.status).toBe(200);
    expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(get.text)));
    expect(head.text).toBe("");
  });

  it("that brings something is refused, and its connection closed", async () => {
    const { port } = await serve();
    for (const headers of [{ "content-length": "3" }, { "transfer-encoding": "chunked" }]) {
      const { status, headers: answered } = await ask({ port }, "/", { headers, body: "x=1" });
      expect(status).toBe(413);
      expect(answered.connection).toBe("close");
    }
  });

  it.each([
    [
      "headers of 9 kB",
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(9000)}\r\n\r\n`,
      "431",
    ],
    ["an address of 3 kB", `GET /${"x".repeat(3000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, "414"],
    ["a whole URL", "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"],
    ["no host", "GET / HTTP/1.1\r\n\r\n", "400"],
    ["another protocol", "EHLO evil.example\r\n\r\n", "400"],
  ])("with %s is refused, and its connection closed", async (_, text, code) => {
    const { port } = await serve();
    expect(await raw(port, text)).toMatch(new RegExp(`^HTTP/1.1 ${code} `));
  });

  it("that never ends is given up", async () => {
    const { port } = await serve();
    expect(await raw(port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ")).toMatch(/^HTTP\/1.1 408 /);
  });

  it("of another site's page is refused, a link to here is followed", async () => {
    const { port } = await serve();
    const from = (mode: string) => ({
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": mode },
    });
    expect((await ask({ port }, "/livez", from("no-cors"))).status).toBe(403);
    expect((await ask({ port }, "/livez", from("navigate"))).status).toBe(200);
  });

  it.each([
    "/nothing",
    "/../etc/passwd",
    "/%2e%2e/x",
    "//evil.example",
    "/__proto__",
    "/constructor",
  ])("for what is not there gets 404: %s", async (path) => {
    const { port, publish } = await serve();
    publish([]);
    expect((await ask({ port }, path)).status).toBe(404);
  });
});

describe("an answer", () => {
  it("allows nothing from elsewhere, no frame, and no other site to read it", async () => {
    const { port, publish } = await serve();
    publish([fresh("shop-web-1")]);
    for (const path of ["/", "/history", "/metrics", "/api/v1/check", "/nothing"]) {
      const { headers } = await ask({ port }, path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(headers).not.toHaveProperty("access-control-allow-origin");
      expect(headers).not.toHaveProperty("x-powered-by");
    }
  });

  it("is not sent again while it is the same", async () => {
    const { port, publish } = await serve();
    publish([fresh("shop-web-1")]);
    const { headers } = await ask({ port }, "/");
    const again = { headers: { "if-none-match": headers.etag ?? "" } };
    expect(await ask({ port }, "/", again)).toMatchObject({ status: 304, text: "" });
    publish([diverged("shop-web-1", 20 * MINUTE)]);
    expect((await ask({ port }, "/", again)).status).toBe(200);
  });

  it("says before the first scan that nothing is known yet", async () => {
    const { port } = await serve();
    const { status, text } = await ask({ port }, "/");
    expect(status).toBe(503);
    expect(text).toContain("the first scan is under way");
    const api = await ask({ port }, "/api/v1/check");
    expect(api.status).toBe(503);
    expect(JSON.parse(api.text)).toMatchObject({ error: { code: "NO_SCAN_YET" } });
  });
});

describe("health", () => {
  it("is ready once a scan has succeeded, and not any more when one failed, with the reason", async () => {
    const { port, publish } = await serve();
    expect((await ask({ port }, "/livez")).status).toBe(200);
    expect((await ask({ port }, "/readyz")).status).toBe(503);
    publish([]);
    expect((await ask({ port }, "/readyz")).status).toBe(200);
    const cycle = { startedAt: NOW, endedAt: NOW, failure: "cannot reach the engine" };
    publish([], { cycle, outageSince: NOW - 5 * MINUTE });
    const { status, text } = await ask({ port }, "/readyz");
    expect(status).toBe(503);
    expect(text).toContain("cannot reach the engine (for 5 min)");
  });
});

describe("a socket", () => {
  const socketIn = (): string => {
    const directory = temporaryDirectory();
    onTestFinished(() => {
      directory.remove();
    });
    return join(directory.path, "status.sock");
  };

  it("is for the owner and the group, by whatever name it is asked, and goes with the daemon", async () => {
    const path = socketIn();
    const { status, events } = await serve({ settings: { listen: { kind: "unix", path } } });
    expect(events).toEqual([{ event: "status-listening", address: `unix://${path}` }]);
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const headers = { host: "any.example" };
    expect((await ask({ socketPath: path }, "/livez", { headers })).status).toBe(200);
    await status.close();
    expect(existsSync(path)).toBe(false);
  });

  it("that was left behind is taken over, one that is answered or is something else is not", async () => {
    const path = socketIn();
    const settings = { listen: { kind: "unix", path } as const };
    const first = await serve({ settings });
    const second = await serve({ settings });
    expect(second.events).toMatchObject([{ event: "status-off", address: `unix://${path}` }]);
    expect((await ask({ socketPath: path }, "/livez")).status).toBe(200);
    await first.status.close();
    writeFileSync(path, "mine");
    const hint = "something is there already: remove it, or set status.listen to another path";
    expect((await serve({ settings })).events).toMatchObject([{ event: "status-off", hint }]);
    expect(statSync(path).size).toBe(4);
  });

  it("in a folder that is not there is reported with what to do", async () => {
    const listen = { kind: "unix", path: join(dirname(socketIn()), "none/status.sock") } as const;
    expect((await serve({ settings: { listen } })).events).toMatchObject([
      { event: "status-off", hint: expect.stringMatching(/folder/) as string },
    ]);
  });
});

describe("a port that is taken", () => {
  it("is reported with what to do, and had again once it is free", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    let now = NOW;
    const { events, publish } = await serve({
      settings: { listen: { kind: "tcp", host: "127.0.0.1", port } },
      now: () => now,
    });
    expect(events).toMatchObject([
      {
        event: "status-off",
        address: `127.0.0.1:${String(port)}`,
        hint: "another program has it: set status.listen to another port, or to off",
      },
    ]);
    await new Promise((resolve) => other.close(resolve));
    publish([]);
    expect(events).toHaveLength(1);
    now += MINUTE;
    publish([]);
    await eventually("it listens", () => events.length === 2);
    expect((await ask({ port }, "/readyz")).status).toBe(200);
  });
});
