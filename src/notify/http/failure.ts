import { isStalewatchError } from "../../domain/error.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import type { Delivery } from "../channel.ts";
import { failureCode } from "../failure-code.ts";

/** Why no answer came. Nothing of the address is in it. */
export interface HttpFailure {
  /** Goes on after `no answer from Slack`. */
  readonly how: string;
  /** What to do about it; null where nobody can tell. */
  readonly hint: string | null;
}

const DNS = "look for a mistake in the URL's host, and whether this host can resolve names";
const CERTIFICATE =
  "the certificate is not trusted: if your own authority signed it, name its file in NODE_EXTRA_CA_CERTS";

const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: DNS,
  EAI_AGAIN: DNS,
  ECONNREFUSED: "nothing listens there: look for a mistake in the URL's host and port",
  EHOSTUNREACH: "no way leads there: look at the network and the firewall, or set HTTPS_PROXY",
  ENETUNREACH: "no way leads there: look at the network and the firewall, or set HTTPS_PROXY",
  CERT_HAS_EXPIRED: "the certificate has expired: renew it, and look at this host's clock",
  CERT_NOT_YET_VALID: "the certificate is not valid yet: look at this host's clock",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host: look at the URL",
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  ERR_SSL_WRONG_VERSION_NUMBER: "it speaks no TLS there: is the URL's port right?",
  ERR_PROXY_TUNNEL: "the proxy that HTTPS_PROXY names does not let it through: ask who runs it",
};

/** A message that got no answer is kept: it may or may not have arrived. */
export function unanswered(peer: string, { how, hint }: HttpFailure): Delivery {
  const kept = {
    outcome: "retry",
    error: `no answer from ${peer}${how}`,
    retryAfter: null,
  } as const;
  return hint === null ? kept : { ...kept, hint };
}

/** `timedOut`: the deadline that it passed; null where it failed before. */
export function failureOf(error: unknown, timedOut: Milliseconds | null): HttpFailure {
  if (timedOut !== null)
    return {
      how: ` within ${timedOut / 1000} s`,
      hint: "it may be busy, or a firewall in between drops what is sent: a proxy would be HTTPS_PROXY",
    };
  if (isStalewatchError(error, "PROXY_UNUSABLE"))
    return { how: `: ${error.message}`, hint: "write http://proxy.example:3128" };
  const code = failureCode(error);
  if (code === null) return { how: ": the request failed", hint: null };
  return { how: `: ${code}${proxyStatus(error)}`, hint: HINTS[code] ?? null };
}

/** What a proxy said instead of opening a tunnel. */
function proxyStatus(error: unknown): string {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : null;
  return typeof status === "number" ? `, the proxy answered ${status}` : "";
}
