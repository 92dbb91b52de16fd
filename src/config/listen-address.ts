import { scalar } from "./scalar-types.ts";
import { right, wrong, type Reading, type ValueType } from "./value-type.ts";
import type { Path } from "./path.ts";

/** Where the status page is served: never on an address that others than this machine reach. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host: "127.0.0.1" | "::1"; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

const ALLOWED = "write 127.0.0.1:PORT, [::1]:PORT, unix:///PATH or off";
const HOSTS: Readonly<Record<string, "127.0.0.1" | "::1">> = {
  "127.0.0.1": "127.0.0.1",
  localhost: "127.0.0.1",
  "[::1]": "::1",
};
/** Longer paths do not fit into the address of a socket (`sun_path`, 108 bytes with the NUL at its end). */
const LONGEST_PATH = 107;

/** null: off. */
export const listenAddress: ValueType<ListenAddress | null> = scalar(
  { words: "an address of this machine", allowed: ALLOWED },
  (text, at) => {
    if (text === "off" || text === "") return right(null);
    return text.startsWith("unix:") || text.startsWith("/")
      ? socketPath(text, at)
      : hostAndPort(text, at);
  },
  (value) => (value === null ? "off" : listenText(value)),
);

export function listenText(address: ListenAddress): string {
  if (address.kind === "unix") return `unix://${address.path}`;
  const host = address.host === "::1" ? "[::1]" : address.host;
  return `${host}:${address.port}`;
}

function socketPath(text: string, at: Path): Reading<ListenAddress> {
  const path = /^unix:\/\/(\/.*[^/])$/s.exec(text)?.[1];
  if (path === undefined || /\p{Cc}/u.test(path)) {
    const suggestion = text.startsWith("/") ? `unix://${text}` : null;
    return wrong(at, text, "is not the path of a socket", { allowed: ALLOWED, suggestion });
  }
  if (Buffer.byteLength(path) <= LONGEST_PATH) return right({ kind: "unix", path });
  const allowed = `write a path of at most ${LONGEST_PATH} bytes`;
  return wrong(at, text, "is too long for a socket", { allowed });
}

function hostAndPort(text: string, at: Path): Reading<ListenAddress> {
  const [, name = "", digits = ""] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  const host = HOSTS[name.toLowerCase()];
  const port = Number(digits);
  const isPort = port >= 1 && port <= 65_535;
  if (host !== undefined && isPort) return right({ kind: "tcp", host, port });
  const suggestion = isPort ? listenText({ kind: "tcp", host: host ?? "127.0.0.1", port }) : null;
  const fault =
    host === undefined && isPort && name !== ""
      ? "is open to others than this machine, and nobody has to log in there"
      : "is not an address of this machine";
  return wrong(at, text, fault, { allowed: ALLOWED, suggestion });
}
