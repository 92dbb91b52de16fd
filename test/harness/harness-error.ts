/**
 * What keeps the test harness from doing its work, in words for the person who started the tests.
 * Thrown instead of skipping: a suite that silently leaves out its engine tests proves nothing.
 */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(options.hint === undefined ? message : `${message}\n  → ${options.hint}`, {
      cause: options.cause,
    });
    this.hint = options.hint;
  }
}

/** The way out that is open to everybody who has some engine to spare. */
export const NAME_AN_ENGINE =
  "or name an engine that tests may use: STALEWATCH_TEST_ENGINE=unix:///var/run/docker.sock";
