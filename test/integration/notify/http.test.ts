import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  httpClient,
  type Exchange,
  type HttpRequest,
  type HttpSettings,
} from "../../../src/notify/http/exchange.ts";
import { startHttpSink, type HttpSink, type SinkAnswer } from "../../harness/http-sink.ts";
import { startProxy, type ProxyServer } from "../../harness/proxy-server.ts";
import { eventually } from "../../harness/wait.ts";
import { certificateAuthority, signedBy } from "../engine/certificates.ts";

const PATH = "/s3cret-path";
const NAME = "hooks.example";
const never = new AbortController().signal;
const takes = () => ({ status: 200, body: "ok", error: null });

let sink: HttpSink;

function ask(url: string, settings: HttpSettings = {}, signal = never): Promise<Exchange> {
  const request: HttpRequest = {
    method: "POST",
    url,
    headers: { "content-type": "text/plain", authorization: "Bearer s3cret-token" },
    body: "hello",
  };
  return httpClient({ env: {}, timeout: 2_000, ...settings })(request, signal);
}

function answered(how: SinkAnswer, settings: HttpSettings = {}): Promise<Exchange> {
  sink.script(how);
  return ask(sink.url, settings);
}

describe("a request", () => {
  beforeEach(async () => {
    sink = await startHttpSink({ path: PATH, peer: takes });
  });
  afterEach(() => sink.close());

  it("brings its body and headers, and the answer back", async () => {
    const { answer } = await ask(sink.url);
    expect(answer).toEqual({ status: 200, retryAfter: null, body: "ok" });
    const { method, path, raw, headers } = await sink.next();
    expect({ method, path, raw }).toEqual({ method: "POST", path: PATH, raw: "hello" });
    expect(headers).toMatchObject({ "content-type": "text/plain", "content-length": "5" });
  });

  it("follows no redirect", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { answer } = await answered({ kind: "redirect", status, location: "/elsewhere" });
      expect(answer?.status).toBe(status);
    }
    expect(sink.received.map(({ path }) => path)).toEqual(Array(5).fill(PATH));
  });

  it.each<[string, SinkAnswer, string]>([
    ["nothing in time", { kind: "hang" }, " within 0.3 s"],
    ["a reset", { kind: "reset" }, ": ECONNRESET"],
  ])("ends with %s as what it is", async (_, how, expected) => {
    const exchange = await answered(how, { timeout: 300 });
    expect(exchange).toMatchObject({ answer: null, failure: { how: expected } });
  });

  it.each<[string, SinkAnswer]>([
    ["breaks off", { kind: "close-mid-answer", status: 503 }],
    ["never ends", { kind: "slow-body", status: 503 }],
  ])("counts a status whose body %s", async (_, how) => {
    const { answer } = await answered(how, { timeout: 300 });
    expect(answer?.status).toBe(503);
  });

  it("reads no more than the beginning of an answer, and lets go of the rest", async () => {
    let isClosed = false;
    const server = createServer((_, response) => {
      response.writeHead(500);
      response.on("close", () => (isClosed = true));
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(1024)));
      };
      response.on("drain", more);
      more();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const { answer } = await ask(`http://127.0.0.1:${String(port)}`);
      expect(answer).toMatchObject({ status: 500, body: "x".repeat(4096) });
      await eventually("the connection is let go", () => isClosed);
    } finally {
      server.close();
    }
  });

  it("rejects at the abort, before and while it waits", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(ask(sink.url, {}, stopped)).rejects.toThrow("stopped");
    expect(sink.received).toEqual([]);
    sink.script({ kind: "hang" });
    const stop = new AbortController();
    const asking = ask(sink.url, {}, stop.signal);
    await sink.next();
    stop.abort(new Error("stopped"));
    await expect(asking).rejects.toThrow("stopped");
  });

  it("counts an answer that the abort comes right behind: it is no reason to send again", async () => {
    sink.script({ kind: "slow-body", status: 202 });
    const stop = new AbortController();
    const asking = ask(sink.url, {}, stop.signal);
    await sink.next();
    // By then the status has arrived, and the body never ends.
    setTimeout(() => stop.abort(), 200);
    expect((await asking).answer).toMatchObject({ status: 202 });
  });

  it.each(["not a url", "https://", "gopher://x/", "http://127.0.0.1:99999/"])(
    "to %j fails without quoting it",
    async (url) => {
      const exchange = await ask(`${url}${PATH}`);
      expect(exchange.answer).toBeNull();
      expect(JSON.stringify(exchange)).not.toContain("s3cret");
    },
  );

  it("with a header that cannot be sent fails without quoting it", async () => {
    const headers = { authorization: "Bearer s3cret\r\nx: y" };
    const request = { method: "POST", url: sink.url, headers, body: "" } as const;
    const exchange = await httpClient({ env: {} })(request, never);
    expect(exchange.answer).toBeNull();
    expect(JSON.stringify(exchange)).not.toContain("s3cret");
  });
});

describe("behind a proxy", () => {
  const before = getCACertificates("default");
  let proxy: ProxyServer;
  let env: Record<string, string>;

  beforeAll(async () => {
    const authority = await certificateAuthority("nobody's authority");
    setDefaultCACertificates([...before, authority.cert]);
    const tls = await signedBy(authority, NAME, { host: NAME });
    sink = await startHttpSink({ path: PATH, peer: takes, tls });
  });
  afterAll(async () => {
    setDefaultCACertificates(before);
    await sink.close();
  });
  beforeEach(async () => {
    proxy = await startProxy();
    env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
  });
  afterEach(() => proxy.close());

  const hook = (): string => `https://${NAME}:${String(sink.port)}${PATH}`;

  it("https goes through a tunnel: the proxy sees the host, and nothing else", async () => {
    const from = sink.received.length;
    expect((await ask(hook(), { env })).answer).toMatchObject({ status: 200, body: "ok" });
    expect(sink.received.slice(from)).toMatchObject([{ raw: "hello", path: PATH }]);
    expect(proxy.asked).toEqual([`CONNECT ${NAME}:${String(sink.port)}`]);
  });

  it("plain http is passed on", async () => {
    const plain = await startHttpSink({ path: PATH, peer: takes });
    try {
      const url = `http://${NAME}:${String(plain.port)}${PATH}`;
      expect((await ask(url, { env })).answer).toMatchObject({ status: 200 });
      expect(proxy.asked).toEqual([`POST ${url}`]);
      expect(plain.received).toMatchObject([{ raw: "hello", path: PATH }]);
    } finally {
      await plain.close();
    }
  });

  it("the variables may be in lower case, and the proxy may want a login", async () => {
    const login = { https_proxy: proxy.url.replace("://", "://ops:p%40ss@") };
    expect((await ask(hook(), { env: login })).answer?.status).toBe(200);
    expect(proxy.logins).toEqual(["ops:p@ss"]);
  });

  it.each([NAME, `other.example,${NAME}`, ".example", "*"])(
    "NO_PROXY=%s goes past it",
    async (exceptions) => {
      const exchange = await ask(hook(), { env: { ...env, NO_PROXY: exceptions } });
      expect(proxy.asked).toEqual([]);
      // No name server knows the name: only the proxy leads it here.
      expect(exchange.answer).toBeNull();
    },
  );

  it("this machine itself is asked without it", async () => {
    const plain = await startHttpSink({ path: PATH, peer: takes });
    try {
      expect((await ask(plain.url, { env })).answer?.status).toBe(200);
      expect(proxy.asked).toEqual([]);
    } finally {
      await plain.close();
    }
  });

  it("a refusal of the proxy is told, with its status and without its address", async () => {
    proxy.behave("refuse");
    const login = { HTTPS_PROXY: proxy.url.replace("://", "://ops:s3cret@") };
    const exchange = await ask(hook(), { env: login });
    expect(exchange).toMatchObject({
      failure: {
        how: ": ERR_PROXY_TUNNEL, the proxy answered 407",
        hint: expect.stringContaining("HTTPS_PROXY") as string,
      },
    });
    expect(JSON.stringify(exchange)).not.toMatch(/s3cret|127\.0\.0\.1/);
  });

  it("a proxy that never answers is given up in time, and let go", async () => {
    proxy.behave("hang");
    const exchange = await ask(hook(), { env, timeout: 300 });
    expect(exchange).toMatchObject({ answer: null, failure: { how: " within 0.3 s" } });
    await eventually("the connection is let go", () => proxy.connections === 0);
  });

  it("an abort ends the wait for the proxy at once", async () => {
    proxy.behave("hang");
    const stop = new AbortController();
    const asking = ask(hook(), { env, timeout: 60_000 }, stop.signal);
    await eventually("the proxy is asked", () => proxy.asked.length === 1);
    stop.abort(new Error("stopped"));
    await expect(asking).rejects.toThrow("stopped");
    await eventually("the connection is let go", () => proxy.connections === 0);
  });

  it("a value that names no proxy is not taken for none", async () => {
    const exchange = await ask(hook(), { env: { HTTPS_PROXY: "socks5://s3cret:1" } });
    expect(exchange).toMatchObject({
      failure: { how: ": HTTPS_PROXY is no http or https URL" },
    });
    expect(JSON.stringify(exchange)).not.toContain("s3cret");
  });

  it("the certificate must be the host's, not the proxy's", async () => {
    const url = `https://other.example:${String(sink.port)}${PATH}`;
    expect(await ask(url, { env })).toMatchObject({
      failure: { how: ": ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  it("an authority that nobody trusts is told with what to do", async () => {
    setDefaultCACertificates(before);
    const exchange = await ask(hook(), { env });
    expect(exchange).toMatchObject({
      failure: { hint: expect.stringContaining("NODE_EXTRA_CA_CERTS") as string },
    });
  });
});
