import { DEFAULT_SOCKET, isTlsSet, type EngineAddress, type TlsFiles } from "./engine-address.ts";
import { scalar } from "./scalar-types.ts";
import { right, wrong, type FaultHelp, type ValueType } from "./value-type.ts";

/** Where the docker CLI expects an engine when a tcp address names no port. */
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

const ALLOWED = "write unix:///path/to/docker.sock or tcp://host:port";

/** A host as it was written, taken apart. */
export type EngineHost =
  | { readonly kind: "unix"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number | null;
      readonly tls: boolean;
    };

interface Refusal extends FaultHelp {
  readonly kind: "refused";
  readonly fault: string;
}

export const engineHost: ValueType<string> = scalar(
  { words: "an engine's address", allowed: ALLOWED },
  (text, at) => {
    const host = parseEngineHost(text);
    return host.kind === "refused" ? wrong(at, text, host.fault, host) : right(text);
  },
  (text) => text,
);

/** Takes what the docker CLI takes in `DOCKER_HOST`, but for the transports that would not be safe or do not exist
 *  here. Without a scheme it is tcp, as there. */
export function parseEngineHost(text: string): EngineHost | Refusal {
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  const rest = scheme === null ? text : text.slice(scheme.length + 3);
  switch (scheme) {
    case "unix":
      return unixHost(rest);
    case "tcp":
    case "http":
      return tcpHost(rest, false);
    case "https":
      return tcpHost(rest, true);
    case null:
      return /^[\w.-]+:\d+$/.test(text) ? tcpHost(rest, false) : withoutScheme(text);
    case "ssh":
      return refused("is over ssh, where the engine's client would accept any host key", {
        allowed: "forward the socket with `ssh -L`, or use tcp with TLS",
      });
    case "npipe":
      return refused("is a pipe of Windows", { allowed: ALLOWED });
    default:
      return refused("is not an engine's address", { allowed: ALLOWED });
  }
}

function refused(fault: string, help: FaultHelp): Refusal {
  return { kind: "refused", fault, ...help };
}

function withoutScheme(text: string): Refusal {
  const path = text.replace(/^unix:/i, "");
  const suggestion = path.startsWith("/") ? `unix://${path}` : null;
  return refused("is not an engine's address", { allowed: ALLOWED, suggestion });
}

function unixHost(path: string): EngineHost | Refusal {
  if (path === "") return { kind: "unix", path: DEFAULT_SOCKET };
  if (path.startsWith("/") && !/\p{Cc}/u.test(path)) return { kind: "unix", path };
  return refused("is not the absolute path of a socket", { suggestion: `unix:///${path}` });
}

function tcpHost(rest: string, tls: boolean): EngineHost | Refusal {
  if (rest === "") return { kind: "tcp", host: "localhost", port: null, tls };
  // Read as http, whose own port 80 a URL would not show: hence the look at the text.
  const url = URL.parse(`http://${rest.startsWith(":") ? "localhost" : ""}${rest}`);
  if (url === null || /\s/.test(rest))
    return refused("is not an engine's address", { allowed: ALLOWED });
  if (url.username !== "" || url.password !== "")
    return refused("has credentials in it", { allowed: "use TLS client certificates" });
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return refused("has something after the port", { allowed: ALLOWED });
  const port = /:(\d+)\/?$/.exec(rest)?.[1];
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { kind: "tcp", host, port: port === undefined ? null : Number(port), tls };
}

/** Where the engine is. TLS files make a tcp address one with TLS, as they do for the docker CLI. */
export function engineAddress(host: EngineHost, files: TlsFiles): EngineAddress {
  if (host.kind === "unix") return host;
  const tls = host.tls || isTlsSet(files) ? files : null;
  const port = host.port ?? (tls === null ? PLAIN_PORT : TLS_PORT);
  return { kind: "tcp", host: host.host, port, tls };
}
