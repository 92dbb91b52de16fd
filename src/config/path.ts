import { shown } from "./raw.ts";

/** Steps from the top of the configuration: `["rules", 0, "grace"]`. */
export type Path = readonly (string | number)[];

/** `rules[0].grace`; a step that is no plain word is quoted, as a found value is. */
export function pathText(path: Path): string {
  return path.map(stepText).join("").replace(/^\./, "");
}

function stepText(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[\w-]+$/.test(step) ? `.${step}` : `.${shown(step)}`;
}

/** `notify.slack.webhookUrl` → `["notify", "slack", "webhookUrl"]`. Only for paths of keys, which have no index. */
export function stepsOf(keyPath: string): readonly string[] {
  return keyPath.split(".");
}
