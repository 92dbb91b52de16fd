/** Absolute paths of PEM files; null where there is none. */
export interface TlsFiles {
  /** null: what Node trusts by default. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/** Where an engine listens. */
export type EngineAddress =
  | { readonly kind: "unix"; readonly path: string }
  | {
      readonly kind: "tcp";
      /** A name or an address; an IPv6 one without brackets. */
      readonly host: string;
      readonly port: number;
      /** null: in the clear. */
      readonly tls: TlsFiles | null;
    };

/** As people write it in DOCKER_HOST. */
export function describeAddress(address: EngineAddress): string {
  return address.kind === "unix"
    ? `unix://${address.path}`
    : `tcp://${urlHost(address.host)}:${address.port}`;
}

/** A host as it stands in a URL: an IPv6 address in brackets. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
