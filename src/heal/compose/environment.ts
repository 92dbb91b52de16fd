import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { describeAddress, type EngineAddress, type TlsFiles } from "../../engine/address.ts";

type Environment = Readonly<Record<string, string>>;

export type EnvironmentAnswer =
  | { readonly kind: "environment"; readonly environment: Environment }
  | { readonly kind: "refused"; readonly reason: string };

/** What Compose gets to see: its variables override those of `.env`, and the secrets of this process are none of its
 *  business. HOME is where Docker's plugins are, and what `~` in a Compose file means. */
export function composeEnvironment(
  address: EngineAddress,
  ours: Readonly<Record<string, string | undefined>>,
): EnvironmentAnswer {
  const plain = {
    PATH: ours["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: ours["HOME"] ?? homedir(),
    DOCKER_HOST: describeAddress(address),
  };
  const tls = address.kind === "tcp" ? address.tls : null;
  if (tls === null) return { kind: "environment", environment: plain };
  const folder = certificateFolder(tls);
  if (folder === null)
    return {
      kind: "refused",
      reason:
        "Compose takes the engine's certificates only as ca.pem, cert.pem and key.pem of one folder",
    };
  const secured = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
  return { kind: "environment", environment: { ...plain, ...secured } };
}

function certificateFolder({ ca, cert, key }: TlsFiles): string | null {
  if (ca === null || cert === null || key === null) return null;
  const folder = dirname(ca);
  const [wantedCa, wantedCert, wantedKey] = ["ca", "cert", "key"].map((name) =>
    join(folder, `${name}.pem`),
  );
  return ca === wantedCa && cert === wantedCert && key === wantedKey ? folder : null;
}
