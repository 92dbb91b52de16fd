import { describe, expect, it } from "vitest";
import type { EngineAddress } from "../../../src/config/engine-address.ts";
import { FILE, load, originOf, problemLines, type Sources } from "./sources.ts";

async function address(sources: Sources): Promise<EngineAddress> {
  return (await load(sources)).settings.engine.address;
}

const NO_FILES = { ca: null, cert: null, key: null };
const FORM = "write unix:///path/to/docker.sock or tcp://host:port";

describe("engine.host", () => {
  it.each<[string, EngineAddress]>([
    ["unix:///run/docker.sock", { kind: "unix", path: "/run/docker.sock" }],
    ["unix://", { kind: "unix", path: "/var/run/docker.sock" }],
    ["tcp://docker:2375", { kind: "tcp", host: "docker", port: 2375, tls: null }],
    ["tcp://docker", { kind: "tcp", host: "docker", port: 2375, tls: null }],
    ["tcp://docker/", { kind: "tcp", host: "docker", port: 2375, tls: null }],
    ["tcp://docker:80", { kind: "tcp", host: "docker", port: 80, tls: null }],
    ["tcp://:2375", { kind: "tcp", host: "localhost", port: 2375, tls: null }],
    ["tcp://", { kind: "tcp", host: "localhost", port: 2375, tls: null }],
    ["TCP://10.0.0.1:1", { kind: "tcp", host: "10.0.0.1", port: 1, tls: null }],
    ["tcp://[::1]:2375", { kind: "tcp", host: "::1", port: 2375, tls: null }],
    ["docker:2375", { kind: "tcp", host: "docker", port: 2375, tls: null }],
    ["http://docker:2375", { kind: "tcp", host: "docker", port: 2375, tls: null }],
    ["https://docker:2376", { kind: "tcp", host: "docker", port: 2376, tls: NO_FILES }],
    ["https://docker", { kind: "tcp", host: "docker", port: 2376, tls: NO_FILES }],
  ])("%s", async (host, expected) => {
    expect(await address({ flags: { host } })).toEqual(expected);
    expect(await address({ env: { DOCKER_HOST: host } })).toEqual(expected);
  });

  it.each([
    [
      "ssh://me@docker",
      '"ssh://…@docker" is over ssh, where the engine\'s client would accept any host key',
      "; forward the socket with `ssh -L`, or use tcp with TLS",
    ],
    [
      "npipe:////./pipe/docker_engine",
      '"npipe:////./pipe/docker_engine" is a pipe of Windows',
      `; ${FORM}`,
    ],
    ["fd://3", '"fd://3" is not an engine\'s address', `; ${FORM}`],
    ["", '"" is not an engine\'s address', `; ${FORM}`],
    [
      "/run/docker.sock",
      '"/run/docker.sock" is not an engine\'s address',
      `; ${FORM}; did you mean unix:///run/docker.sock?`,
    ],
    [
      "unix:/run/docker.sock",
      '"unix:/run/docker.sock" is not an engine\'s address',
      `; ${FORM}; did you mean unix:///run/docker.sock?`,
    ],
    [
      "unix://run/docker.sock",
      '"unix://run/docker.sock" is not the absolute path of a socket',
      "; did you mean unix:///run/docker.sock?",
    ],
    [
      "tcp://me:pw@docker",
      '"tcp://…@docker" has credentials in it',
      "; use TLS client certificates",
    ],
    ["tcp://docker:99999", '"tcp://docker:99999" is not an engine\'s address', `; ${FORM}`],
    ["tcp://docker:1/v1", '"tcp://docker:1/v1" has something after the port', `; ${FORM}`],
  ])("refuses %s", async (host, fault, help) => {
    const problem = (origin: string): string => `engine.host: ${fault} (${origin})${help}`;
    expect(await problemLines({ flags: { host } })).toEqual([problem("flag --host")]);
    if (host === "") return;
    expect(await problemLines({ env: { DOCKER_HOST: host } })).toEqual([
      problem("env DOCKER_HOST"),
    ]);
  });
});

describe("docker's own variables", () => {
  const docker = {
    DOCKER_HOST: "tcp://docker",
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: "/certs",
  };
  const files = { ca: "/certs/ca.pem", cert: "/certs/cert.pem", key: "/certs/key.pem" };
  const secured = { kind: "tcp", host: "docker", port: 2376, tls: files };

  it("name the engine where our configuration does not", async () => {
    const loaded = await load({ env: docker });
    expect(loaded.settings.engine.address).toEqual(secured);
    expect(originOf(loaded, "engine.host")).toBe("env DOCKER_HOST");
    expect(originOf(loaded, "engine.tls.ca")).toBe("env DOCKER_CERT_PATH");
  });

  it("are silent where it does", async () => {
    const env = { ...docker, DOCKER_HOST: "ssh://docker" };
    expect(await address({ file: "engine: { host: tcp://other }", env })).toEqual({
      kind: "tcp",
      host: "other",
      port: 2375,
      tls: null,
    });
  });

  it("give their certificates to --host too", async () => {
    expect(await address({ flags: { host: "tcp://docker" }, env: docker })).toEqual(secured);
  });

  it("look for certificates where the docker CLI keeps them", async () => {
    const env = { DOCKER_HOST: "tcp://docker", DOCKER_TLS_VERIFY: "1", HOME: "/home/me" };
    const own = await address({ env });
    const moved = await address({ env: { ...env, DOCKER_CONFIG: "/cfg" } });
    expect(own).toMatchObject({ tls: { ca: "/home/me/.docker/ca.pem" } });
    expect(moved).toMatchObject({ tls: { ca: "/cfg/ca.pem" } });
  });

  it("mean nothing to TLS with a socket, or with a folder alone", async () => {
    expect(await address({ env: { ...docker, DOCKER_HOST: "unix:///s" } })).toEqual({
      kind: "unix",
      path: "/s",
    });
    expect(await address({ env: { ...docker, DOCKER_TLS_VERIFY: "" } })).toMatchObject({
      tls: null,
    });
  });

  it("are verified even where only DOCKER_TLS asks for TLS", async () => {
    const env = { ...docker, DOCKER_TLS_VERIFY: "", DOCKER_TLS: "1" };
    expect(await address({ env })).toEqual(secured);
  });

  it("leave the certificates to ours", async () => {
    const sources = { file: "engine: { tls: { ca: /own.pem } }", env: docker };
    expect(await address(sources)).toMatchObject({
      tls: { ca: "/own.pem", cert: null, key: null },
    });
  });
});

describe("engine.tls", () => {
  const file = "engine:\n  host: tcp://docker\n  tls: { ca: /ca.pem }";

  it("makes a tcp address one with TLS", async () => {
    expect(await address({ file })).toEqual({
      kind: "tcp",
      host: "docker",
      port: 2376,
      tls: { ca: "/ca.pem", cert: null, key: null },
    });
  });

  it("goes with the host that it was for, when a stronger source names a socket", async () => {
    const loaded = await load({ file, flags: { host: "unix:///s" } });
    expect(loaded.settings.engine.address).toEqual({ kind: "unix", path: "/s" });
    expect(loaded.values).toContainEqual({ path: "engine.tls.ca", value: null, origin: "default" });
  });

  it("contradicts a socket in the same source, and the docker CLI's", async () => {
    const tls = "tls: { ca: /ca.pem }";
    const words = (host: string): string =>
      `engine.tls.ca: TLS needs a tcp address, and the engine's is ${host} (line 1)`;
    expect(await problemLines({ file: `engine: { host: unix:///s, ${tls} }` })).toEqual([
      words("unix:///s"),
    ]);
    expect(
      await problemLines({ file: `engine: { ${tls} }`, env: { DOCKER_HOST: "unix:///d" } }),
    ).toEqual([words("unix:///d")]);
  });

  it("is the file's", async () => {
    expect(originOf(await load({ file }), "engine.tls.ca")).toBe(`file ${FILE}:3`);
  });
});
