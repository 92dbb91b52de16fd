import type { ErrorCode } from "../domain/error-codes.ts";
import { messageOf, StalewatchError } from "../domain/error.ts";
import type { Milliseconds } from "../domain/ids.ts";
import type { CallEnd } from "./endpoint.ts";

/** Where the engine is, in words for a message. */
export interface CallTarget {
  readonly address: string;
  readonly timeout: Milliseconds;
  /** Told of every request when it has ended. */
  readonly onCall?: OnCall | undefined;
}

export type OnCall = (endpoint: string, end: CallEnd) => void;

/** Runs one request with its deadline. The race is our own: the client library forgets its callback when an answer
 *  breaks off in the middle. */
export async function callEngine<T>(
  what: string,
  target: CallTarget,
  signal: AbortSignal,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(target.timeout);
  const either = AbortSignal.any([signal, deadline]);
  try {
    return await Promise.race([request(either), rejection(either)]);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) throw timedOut(what, target, error);
    throw engineError(what, target, error);
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener(
      "abort",
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}

function timedOut(what: string, { address, timeout }: CallTarget, cause: unknown): StalewatchError {
  return new StalewatchError(
    "ENGINE_TIMEOUT",
    `the engine at ${address} gave no whole answer to ${what} within ${timeout / 1000} s`,
    {
      hint: "see whether `docker ps` answers; if the host is only slow, raise engine.timeout",
      cause,
    },
  );
}

interface Explained {
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint: string;
}

/** By the operating system's error code, which Node puts on the error. */
const BY_SYSTEM_CODE: Readonly<Record<string, Explained>> = {
  ENOENT: {
    code: "ENGINE_NO_SOCKET",
    text: "there is no such socket",
    hint: "is Docker installed and running (`systemctl status docker`)? Name another engine with --host, DOCKER_HOST or engine.host",
  },
  EACCES: {
    code: "ENGINE_PERMISSION",
    text: "this user may not use it",
    hint: "run as root or as a member of the group that owns the socket, usually docker (`sudo usermod -aG docker $USER`, then log in again)",
  },
  ECONNREFUSED: {
    code: "ENGINE_REFUSED",
    text: "nobody listens there",
    hint: "start the engine (`systemctl start docker`), or correct engine.host",
  },
  ENOTFOUND: {
    code: "ENGINE_NO_HOST",
    text: "there is no host of that name",
    hint: "correct the host's name in --host, DOCKER_HOST or engine.host",
  },
  EAI_AGAIN: {
    code: "ENGINE_NO_HOST",
    text: "nobody could say where that host is",
    hint: "does name resolution work here? If it does, correct the host's name in --host, DOCKER_HOST or engine.host",
  },
};
const RESET: Explained = {
  code: "ENGINE_CONNECTION",
  text: "the connection broke",
  hint: "is the engine restarting? See `journalctl -u docker`",
};
const NO_HTTP: Explained = {
  code: "ENGINE_BAD_ANSWER",
  text: "what answers there speaks no HTTP",
  hint: "is it a Docker engine that listens there, or another program?",
};
const TLS: Explained = {
  code: "ENGINE_TLS",
  text: "TLS failed",
  hint: "check engine.tls.ca, cert and key, and that the certificate is valid for that host name",
};

/** A proxy's refusal may be a page of many screens; the message goes into logs and alerts. */
const LONGEST_REASON = 400;

/** Whatever went wrong with a request, as the error that is told. */
export function engineError(
  what: string,
  { address }: CallTarget,
  error: unknown,
): StalewatchError {
  if (error instanceof StalewatchError) return error;
  const status = statusOf(error);
  if (status !== null)
    return new StalewatchError(
      "ENGINE_HTTP",
      `the engine at ${address} refused ${what}: ${messageOf(error).slice(0, LONGEST_REASON).trim()}`,
      {
        hint: "see the engine's log (`journalctl -u docker`)",
        cause: error,
      },
    );
  const { code, text, hint } = explained(systemCode(error));
  const message = `cannot reach the engine at ${address} for ${what}: ${text} (${messageOf(error).trim()})`;
  return new StalewatchError(code, message, { hint, cause: error });
}

function explained(code: string): Explained {
  const isTls = /^ERR_(?:TLS|SSL|OSSL)|CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO/.test(
    code,
  );
  // The HTTP parser's own codes.
  const isNoHttp = code.startsWith("HPE_");
  return BY_SYSTEM_CODE[code] ?? (isTls ? TLS : isNoHttp ? NO_HTTP : RESET);
}

function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** The HTTP status that the engine answered with, or null if it never came to that. */
export function statusOf(error: unknown): number | null {
  if (error instanceof StalewatchError)
    return error.cause === undefined ? null : statusOf(error.cause);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : null;
}
