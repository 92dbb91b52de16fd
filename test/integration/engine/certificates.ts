import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A certificate with its key, in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;

export async function certificateAuthority(name: string): Promise<Identity> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 2 * DAY),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert, key };
}

export interface Signing {
  /** Default: 127.0.0.1. */
  readonly ip?: string;
  /** The host's name. Default: none. */
  readonly host?: string;
  /** Milliseconds from now. Default: a day. */
  readonly expiresIn?: number;
}

export async function signedBy(
  ca: Identity,
  name: string,
  { ip = "127.0.0.1", host, expiresIn = DAY }: Signing = {},
): Promise<Identity> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    ca,
    notBeforeDate: new Date(Date.now() - DAY),
    notAfterDate: new Date(Date.now() + expiresIn),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true, clientAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 7, ip },
          ...(host === undefined ? [] : [{ type: 2, value: host } as const]),
        ],
      },
    ],
  });
  return { cert, key };
}

/** Writes PEM texts as files in a folder; gives their paths. */
export function written<Name extends string>(
  folder: string,
  texts: Readonly<Record<Name, string>>,
): Record<Name, string> {
  const entries = Object.entries<string>(texts).map(([name, text]) => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, text, { mode: 0o600 });
    return [name, path];
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}
