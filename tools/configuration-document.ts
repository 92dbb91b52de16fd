import { listKeys, type KeyDescription } from "../src/config/key-list.ts";

/** docs/configuration.md, from the table that the program itself reads. */
export function configurationDocument(): string {
  return [
    "# Configuration",
    "",
    "<!-- Made by `npm run docs` from src/config/schema.ts; a test holds the two equal. -->",
    "",
    "`/etc/stalewatch/stalewatch.yaml`, or the file that `--config` or `STALEWATCH_CONFIG` names. No file is fine. Durations are a",
    "whole number and a unit: `90s`, `15m`, `6h`, `2d`. An environment variable overrides the file; a secret can also come from",
    "the file that its `…_FILE` variable names, or from a systemd credential of its key's name. `stalewatch config` shows what is",
    "in force and where each value comes from. Every mistake is reported, all at once; at the start the daemon then ends with",
    "exit code 78, and on SIGHUP it keeps the old configuration.",
    "",
    'A variable holds a list as `a*,b*` or in YAML or JSON, `["a*", "b*"]`; rules and a window in YAML or JSON.',
    "",
    ...listKeys().flatMap(section),
  ].join("\n");
}

function section({
  path,
  type,
  description,
  defaultInWords,
  env,
  secret,
}: KeyDescription): string[] {
  return [
    `## \`${path}\``,
    "",
    description,
    "",
    `- ${type}${secret ? ", a secret" : ""}`,
    `- default: ${defaultInWords}`,
    `- \`${env}\`${secret ? `, \`${env}_FILE\`, or the credential \`${path}\`` : ""}`,
    "",
  ];
}
