import type { ErrorCode } from "./error-codes.ts";

export interface StalewatchErrorOptions {
  /** What the reader can do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class: `code` is stable and listed in docs/errors.md, the message says what happened to what,
 *  `hint` says what to do. Match by `code`, never by message. */
export class StalewatchError extends Error {
  override readonly name = "StalewatchError";
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, options: StalewatchErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

export function isStalewatchError(error: unknown, code?: ErrorCode): error is StalewatchError {
  return error instanceof StalewatchError && (code === undefined || error.code === code);
}

/** One line for a log or a terminal from whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
