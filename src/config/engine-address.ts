import type { Milliseconds } from "../domain/ids.ts";
import type { EngineAddress, TlsFiles } from "../engine/address.ts";

export type { EngineAddress, TlsFiles };

export interface EngineSettings {
  readonly address: EngineAddress;
  /** What messages call this engine; null: what the engine calls itself. */
  readonly name: string | null;
  /** For one answer of the engine. */
  readonly timeout: Milliseconds;
}

export const DEFAULT_SOCKET = "/var/run/docker.sock";

export function isTlsSet(tls: TlsFiles): boolean {
  return tls.ca !== null || tls.cert !== null || tls.key !== null;
}
