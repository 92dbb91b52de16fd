import { readFile } from "node:fs/promises";
import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import Docker from "dockerode";
import { messageOf, StalewatchError } from "../domain/error.ts";
import { urlHost, type EngineAddress } from "./address.ts";
import { withoutRedirects } from "./no-redirects.ts";

export type Transport = Docker.DockerOptions & { readonly agent: Agent };

/** The library reads DOCKER_HOST and the certificates beside it even when it is told an address, and prefers them. */
export function openClient(transport: Transport): Docker {
  const { DOCKER_HOST: host } = process.env;
  delete process.env["DOCKER_HOST"];
  try {
    return new Docker(transport);
  } finally {
    if (host !== undefined) process.env["DOCKER_HOST"] = host;
  }
}

/** A connection of its own for every call: one kept open would make the first call after a restart of the engine fail,
 *  and a scan every few minutes gains nothing by it. */
export async function transportTo(address: EngineAddress): Promise<Transport> {
  const agent = withoutRedirects(new Agent({ keepAlive: false }));
  if (address.kind === "unix") return { socketPath: address.path, agent };
  const { port, tls } = address;
  // The library takes the bare address `fd00::5` for a URL with the scheme `fd00`, and asks localhost.
  const host = urlHost(address.host);
  if (tls === null) return { host, port, protocol: "http", agent };
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(readPem));
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const tlsAgent = withoutRedirects(new TlsAgent({ keepAlive: false }));
  return { host, port, protocol: "https", ...files, agent: tlsAgent };
}

async function readPem(path: string | null): Promise<string | undefined> {
  if (path === null) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new StalewatchError("ENGINE_TLS_FILE", `cannot read ${path}: ${messageOf(error)}`, {
      hint: "engine.tls.ca, cert and key name PEM files that this user can read",
      cause: error,
    });
  }
}
