import { describe, expect, it } from "vitest";
import { isLoopback, proxyFor, type ProxyEnvironment } from "../../../../src/notify/http/proxy.ts";

const HOOK = "https://hooks.example/secret";
const NONE = { kind: "none" };
const through = (url: string, env: ProxyEnvironment): unknown => {
  const proxy = proxyFor(new URL(url), env);
  return proxy.kind === "proxy" ? proxy.env : proxy;
};

describe("the proxy of a request", () => {
  it.each<[string, ProxyEnvironment, unknown]>([
    [HOOK, {}, NONE],
    [HOOK, { HTTPS_PROXY: "http://p:3128" }, { https_proxy: "http://p:3128/", no_proxy: "" }],
    [HOOK, { HTTP_PROXY: "http://p:3128" }, NONE],
    [
      "http://hooks.example/",
      { HTTP_PROXY: "http://p:3128", HTTPS_PROXY: "http://q:1" },
      { http_proxy: "http://p:3128/", no_proxy: "" },
    ],
    [
      HOOK,
      { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" },
      { https_proxy: "http://low:1/", no_proxy: "" },
    ],
    [HOOK, { https_proxy: "", HTTPS_PROXY: "http://up:1" }, NONE],
    [HOOK, { HTTPS_PROXY: "p:3128" }, { https_proxy: "http://p:3128/", no_proxy: "" }],
    [
      HOOK,
      { HTTPS_PROXY: "https://u:p@p:3128", NO_PROXY: "a,.b" },
      { https_proxy: "https://u:p@p:3128/", no_proxy: "a,.b" },
    ],
    [HOOK, { HTTPS_PROXY: "socks5://p:1080" }, { kind: "unusable", variable: "HTTPS_PROXY" }],
    [HOOK, { https_proxy: "http://" }, { kind: "unusable", variable: "https_proxy" }],
  ])("of %s with %j is %j", (url, env, expected) => {
    expect(through(url, env)).toEqual(expected);
  });

  it.each(["http://127.0.0.1:9/", "http://localhost/", "https://[::1]/", "http://127.8.9.1/"])(
    "is none for %s, which is this machine",
    (url) => {
      const env = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:1" };
      expect(through(url, env)).toEqual(NONE);
      expect(isLoopback(new URL(url))).toBe(true);
    },
  );

  it.each(["http://localhost.example/", "http://127.0.0.1.example/", "http://10.0.0.1/"])(
    "may be one for %s, which is not",
    (url) => {
      expect(isLoopback(new URL(url))).toBe(false);
    },
  );
});
