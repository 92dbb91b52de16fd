import { ERROR_CODES, type ErrorCodeEntry } from "../src/domain/error-codes.ts";

/** docs/errors.md, from the table that the program's own error class is typed by. */
export function errorsDocument(): string {
  return [
    "# Error codes",
    "",
    "<!-- Made by `npm run docs` from src/domain/error-codes.ts; a test holds the two equal. -->",
    "",
    "With `--json`, a command that could not find out what it was asked for prints one document and exits with 3:",
    "",
    "```json",
    '{"schemaVersion":1,"error":{"code":"ENGINE_NO_SOCKET","message":"…","hint":"…"}}',
    "```",
    "",
    "The code is stable; message and hint are for people. The daemon's log has it in the field `code`. `INTERNAL` is anything",
    "else: a fault of stalewatch itself.",
    "",
    ...Object.entries<ErrorCodeEntry>(ERROR_CODES).flatMap(([code, { means, remedy }]) => [
      `## \`${code}\``,
      "",
      means,
      "",
      remedy,
      "",
    ]),
  ].join("\n");
}
