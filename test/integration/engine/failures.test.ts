import { chmodSync, linkSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { EngineAddress } from "../../../src/engine/address.ts";
import { callEngine } from "../../../src/engine/call.ts";
import { connectEngine } from "../../../src/engine/connect.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import {
  answers,
  breaksOffInTheMiddle,
  drips,
  hangs,
  hangsInTheMiddle,
  hangsUp,
  redirectsTo,
  says,
  speaksNoHttp,
  type Behaviour,
  type FakeEngine,
} from "../../harness/fake-engine.ts";
import { containerNamed, imageNamed } from "../../unit/domain/builders.ts";
import { asUser, STRANGER } from "../state/as-user.ts";
import { connectTo, fakeEngines, never } from "./connecting.ts";

const fakeEngine = fakeEngines();
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "stalewatch-engine-test-"));
  chmodSync(path, 0o755);
  folders.push(path);
  return path;
}

/** Well below the deadlines of the tests that do not wait for one. */
const PROMPT = 1500;

function connectAt(address: EngineAddress): Promise<unknown> {
  return connectEngine({ address, timeout: 5000, name: null }, never);
}

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

async function timed<T>(
  work: Promise<T>,
): Promise<{ readonly took: number; readonly error: unknown }> {
  const start = performance.now();
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { took: performance.now() - start, error };
}

describe("an engine that cannot be reached", () => {
  it("has no socket: asks whether Docker is installed and running", async () => {
    const path = join(folder(), "docker.sock");
    await expect(connectAt({ kind: "unix", path })).rejects.toMatchObject({
      code: "ENGINE_NO_SOCKET",
      message: expect.stringContaining(`unix://${path}`) as string,
      hint: expect.stringContaining("systemctl status docker") as string,
    });
  });

  it("has a socket that this user may not use: names the group to join", async () => {
    const fake = await fakeEngine();
    const path = fake.address.kind === "unix" ? fake.address.path : "";
    chmodSync(join(path, ".."), 0o755);
    chmodSync(path, 0o660);
    const attempt = asUser(STRANGER, () => connectTo(fake));
    await expect(attempt).rejects.toMatchObject({
      code: "ENGINE_PERMISSION",
      hint: expect.stringContaining("usermod -aG docker") as string,
    });
    expect(fake.requests).toEqual([]);
  });

  it("left its socket behind: says to start it", async () => {
    const fake = await fakeEngine();
    const path = fake.address.kind === "unix" ? fake.address.path : "";
    const left = join(folder(), "docker.sock");
    linkSync(path, left);
    await fake.close();
    await expect(connectAt({ kind: "unix", path: left })).rejects.toMatchObject({
      code: "ENGINE_REFUSED",
      hint: expect.stringContaining("systemctl start docker") as string,
    });
  });

  it("has nobody on its port: says to start it", async () => {
    const port = await freePort();
    const address = { kind: "tcp", host: "127.0.0.1", port, tls: null } as const;
    await expect(connectAt(address)).rejects.toMatchObject({
      code: "ENGINE_REFUSED",
      message: expect.stringContaining(`tcp://127.0.0.1:${port}`) as string,
    });
  });

  it.each(["ENOTFOUND", "EAI_AGAIN"])(
    "has a name that leads nowhere: says to correct it (%s)",
    async (code) => {
      const unknown = (): Promise<never> =>
        Promise.reject(Object.assign(new Error(`getaddrinfo ${code} engin.example`), { code }));
      const target = { address: "tcp://engin.example:2376", timeout: 1000 };
      await expect(callEngine("GET /version", target, never, unknown)).rejects.toMatchObject({
        code: "ENGINE_NO_HOST",
        hint: expect.stringContaining("correct the host's name") as string,
      });
    },
  );
});

/** What can be asked, and where the answer to it comes from. */
interface Question {
  readonly path: string;
  readonly ask: (fake: FakeEngine) => Promise<unknown>;
}

const QUESTIONS: readonly Question[] = [
  { path: "/version", ask: (fake) => connectTo(fake, { timeout: 500 }) },
  { path: "/info", ask: (fake) => connectTo(fake, { timeout: 500 }) },
  { path: "/containers/json", ask: async (fake) => (await connected(fake)).observe(never) },
  { path: "/images/json", ask: async (fake) => (await connected(fake)).observe(never) },
  {
    path: `/images/${imageNamed("v1")}/json`,
    ask: async (fake) => (await connected(fake)).learnImage(imageNamed("v1"), 0, never),
  },
  {
    path: `/containers/${containerNamed("web")}/json`,
    ask: async (fake) => (await connected(fake)).learnContainer(containerNamed("web"), never),
  },
  { path: "/networks/bridge", ask: async (fake) => (await connected(fake)).startedAt(never) },
];

function connected(fake: FakeEngine): Promise<Engine> {
  return connectTo(fake, { timeout: 500 });
}

describe("an engine that does not answer to the end", () => {
  const ways: readonly (readonly [string, Behaviour])[] = [
    ["never says a word", hangs],
    ["hangs in the middle of its answer", hangsInTheMiddle],
    ["drips on and on", drips],
    ["breaks off in the middle of its answer", breaksOffInTheMiddle],
  ];

  it.each(ways)("is given up at the deadline, whatever was asked: it %s", async (_, behaviour) => {
    const giveUp = async ({ path, ask }: Question): Promise<void> => {
      const fake = await fakeEngine();
      fake.on(path, behaviour);
      const { took, error } = await timed(ask(fake));
      expect(error, path).toMatchObject({
        code: "ENGINE_TIMEOUT",
        message: expect.stringMatching(`no whole answer to GET ${path} within 0.5 s$`) as string,
        hint: expect.stringContaining("engine.timeout") as string,
      });
      expect(took).toBeGreaterThan(490);
      expect(took).toBeLessThan(500 + PROMPT);
      await expect.poll(() => fake.connections, { message: `connections for ${path}` }).toBe(0);
    };
    await Promise.all(QUESTIONS.map(giveUp));
  });

  it("is the engine's fault only: an abort rejects with its own reason, and at once", async () => {
    const fake = await fakeEngine();
    const engine = await connectTo(fake, { timeout: 60_000 });
    for (const behaviour of [hangs, hangsInTheMiddle, drips, breaksOffInTheMiddle]) {
      fake.on("/containers/json", behaviour);
      fake.forgetRequests();
      const stop = new AbortController();
      const looking = timed(engine.observe(stop.signal));
      await expect.poll(() => fake.requests.length).toBe(2);
      const reason = new Error("told to stop");
      stop.abort(reason);
      const { error, took } = await looking;
      expect(error).toBe(reason);
      expect(took).toBeLessThan(PROMPT);
      await expect.poll(() => fake.connections).toBe(0);
    }
  });

  it("is not even asked after an abort", async () => {
    const fake = await fakeEngine();
    const reason = new Error("told to stop");
    const engine = await connectTo(fake);
    fake.forgetRequests();
    await expect(engine.observe(AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(connectTo(fake, {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(fake.requests).toEqual([]);
  });

  it("may hang up without a word: the connection broke", async () => {
    const fake = await fakeEngine();
    for (const { path, ask } of QUESTIONS) {
      fake.serve({});
      fake.on(path, hangsUp);
      await expect(ask(fake), path).rejects.toMatchObject({
        code: "ENGINE_CONNECTION",
        message: expect.stringContaining(`GET ${path}`) as string,
      });
    }
  });
});

describe("an engine that removes something while it lists", () => {
  const refusal = answers({ message: "content digest sha256:0d: not found" }, 404);
  const lists = ["/containers/json", "/images/json"] as const;

  it.each(lists)("is asked again for what is left: %s", async (path) => {
    const fake = await fakeEngine({ containers: [], images: [] });
    const engine = await connected(fake);
    let refusals = 0;
    fake.on(path, (request, response) => {
      const answer = refusals < 2 ? refusal : answers([]);
      refusals++;
      answer(request, response);
    });
    expect(await engine.observe(never)).toMatchObject({ containers: [], images: [] });
    expect(refusals).toBe(3);
  });

  it.each(lists)("is believed in the end: %s", async (path) => {
    const fake = await fakeEngine();
    const engine = await connected(fake);
    fake.on(path, refusal);
    fake.forgetRequests();
    await expect(engine.observe(never)).rejects.toMatchObject({
      code: "ENGINE_HTTP",
      message: expect.stringContaining("content digest sha256:0d: not found") as string,
    });
    expect(fake.requests.filter((request) => request.includes(path))).toHaveLength(3);
  });
});

describe("an engine that answers nonsense", () => {
  const page = "<html><head><title>Sign in to the proxy</title></head><body>…</body></html>";
  const nonsense: readonly (readonly [string, Behaviour])[] = [
    ["a page of a proxy", says(page)],
    ["nothing at all", says("")],
    ["half of its JSON", says('[{"Id":"abc", "Na', { type: "application/json" })],
    ["a number", answers(42)],
    ["a text", answers("OK")],
    ["null", answers(null)],
    ["true", answers(true)],
    ["a list of numbers", answers([1, 2])],
    ["a list of lists", answers([[]])],
    ["null in a list", answers([null])],
    ["an object of something else", answers({ status: "up" })],
    ["an ID that is no text", answers({ Id: 7, ID: 7, ApiVersion: 1.41 })],
    ["a row without an ID", answers([{ Names: ["/web"] }])],
    ["something that is no HTTP", speaksNoHttp],
  ];

  it.each(nonsense)("is told apart from a broken connection: %s", async (_, behaviour) => {
    const fake = await fakeEngine();
    // The start of the engine is only a hint: nonsense there is as good as none.
    for (const { path, ask } of QUESTIONS.filter((one) => one.path !== "/networks/bridge")) {
      fake.serve({});
      fake.on(path, behaviour);
      await expect(ask(fake), path).rejects.toMatchObject({
        code: "ENGINE_BAD_ANSWER",
        message: expect.stringContaining(`GET ${path}`) as string,
        hint: expect.stringContaining("another program") as string,
      });
    }
  });

  it("is quoted, but not at length", async () => {
    const fake = await fakeEngine();
    for (const status of [200, 500, 502]) {
      fake.on("/version", says(page.padEnd(100_000, "x"), { status }));
      const { error } = await timed(connectTo(fake));
      expect(error).toHaveProperty("message", expect.stringContaining("Sign in to the proxy"));
      expect((error as Error).message.length).toBeLessThan(600);
    }
  });

  it.each([
    ["500", 500, { message: "cannot connect to containerd" }, "cannot connect to containerd"],
    ["400", 400, { message: "client version 1.41 is too old" }, "client version 1.41 is too old"],
    ["503 without a reason", 503, {}, "503"],
    ["403", 403, { message: "authorization denied by plugin" }, "authorization denied by plugin"],
  ])("may refuse with a reason of its own: %s", async (_, status, body, said) => {
    const fake = await fakeEngine();
    const engine = await connected(fake);
    fake.on("/containers/json", answers(body, status));
    await expect(engine.observe(never)).rejects.toMatchObject({
      code: "ENGINE_HTTP",
      message: expect.stringContaining(said) as string,
      hint: expect.stringContaining("journalctl -u docker") as string,
    });
  });

  it("knows no such path: is taken at its word where a thing may be gone, else refused", async () => {
    const fake = await fakeEngine();
    const engine = await connected(fake);
    const gone = answers({ message: "no such thing" }, 404);
    for (const { path } of QUESTIONS) fake.on(path, gone);
    await expect(engine.observe(never)).rejects.toMatchObject({ code: "ENGINE_HTTP" });
    await expect(connectTo(fake)).rejects.toMatchObject({ code: "ENGINE_HTTP" });
    expect(await engine.learnContainer(containerNamed("web"), never)).toBeNull();
    expect(await engine.learnImage(imageNamed("v1"), 5, never)).toMatchObject({
      id: imageNamed("v1"),
      known: false,
      firstSeenAt: 5,
    });
    expect(await engine.startedAt(never)).toBeNull();
  });

  it.each(["unix", "tcp"] as const)(
    "sends elsewhere, as a proxy does: nobody goes there (%s)",
    async (listen) => {
      const fake = await fakeEngine({}, { listen });
      const elsewhere = await fakeEngine({}, { listen: "tcp" });
      const port = elsewhere.address.kind === "tcp" ? elsewhere.address.port : 0;
      const locations = [
        `http://127.0.0.1:${port}/version`,
        `http://127.0.0.1:${await freePort()}/version`,
        "ftp://files.example/",
        "/version",
        "",
        "http://[",
      ];
      for (const location of locations) {
        fake.on("/version", redirectsTo(location));
        await expect(connectTo(fake), location).rejects.toMatchObject({ code: "ENGINE_HTTP" });
      }
      expect(elsewhere.requests).toEqual([]);
      expect(fake.requests).toHaveLength(locations.length);
      await expect.poll(() => fake.connections).toBe(0);
    },
  );
});
