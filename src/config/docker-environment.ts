import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseEngineHost } from "./engine-host.ts";
import { variable, type Environment } from "./environment.ts";
import { namedKey } from "./key-list.ts";
import type { Origin } from "./origin.ts";
import { given, type Given } from "./said.ts";

const TLS_PREFIX = "engine.tls.";

/** What the docker CLI's own variables say, where our configuration is silent: `DOCKER_HOST`, and for that host or
 *  the one of `--host` the TLS files of `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`. */
export function saidByDocker(env: Environment, stronger: readonly Given[]): readonly Given[] {
  const ours = stronger.find(({ key }) => key.path === "engine.host");
  const dockerHost = ours === undefined ? hostGiven(env) : null;
  const host = ours?.origin.kind === "flag" ? ours : dockerHost;
  const own = dockerHost === null ? [] : [dockerHost];
  const tlsIsOurs = stronger.some(({ key }) => key.path.startsWith(TLS_PREFIX));
  if (host === null || tlsIsOurs || !isTcp(host)) return own;
  return [...own, ...tlsGivens(env)];
}

function hostGiven(env: Environment): Given | null {
  const host = variable(env, "DOCKER_HOST");
  return host === null ? null : given(namedKey("engine.host"), host, variableOrigin("DOCKER_HOST"));
}

function isTcp({ raw }: Given): boolean {
  return typeof raw === "string" && parseEngineHost(raw).kind === "tcp";
}

/** `DOCKER_TLS` alone asks for TLS without a look at the engine's certificate. We look all the same. */
function tlsGivens(env: Environment): readonly Given[] {
  const asked = ["DOCKER_TLS_VERIFY", "DOCKER_TLS"].find((name) => variable(env, name) !== null);
  if (asked === undefined) return [];
  const certPath = variable(env, "DOCKER_CERT_PATH");
  const folder = resolve(certPath ?? dockerFolder(env));
  const origin = variableOrigin(certPath === null ? asked : "DOCKER_CERT_PATH");
  return ["ca", "cert", "key"].map((file) => tlsGiven(file, join(folder, `${file}.pem`), origin));
}

function dockerFolder(env: Environment): string {
  return variable(env, "DOCKER_CONFIG") ?? join(variable(env, "HOME") ?? homedir(), ".docker");
}

function tlsGiven(file: string, path: string, origin: Origin): Given {
  return given(namedKey(`${TLS_PREFIX}${file}`), path, origin);
}

function variableOrigin(name: string): Origin {
  return { kind: "env", name };
}
