import { COMPOSE } from "./labels.ts";
import { isReplica } from "./subject.ts";
import type { Diverged } from "./verdict.ts";

/** The command that ends the divergence, to be typed on the host, or null where none can be named: only Compose's own
 *  services have one, and no label may pass for an option. It names the files, because a project's name alone finds
 *  them only from inside its directory. */
export function remedyFor({ container, project, service }: Diverged): string | null {
  if (project === null || service === null || service.startsWith("-")) return null;
  if (!isReplica(container.labels)) return null;
  const words = ["docker", "compose", ...filesOf(container.labels), "-p", project];
  return [...words, "up", "-d", "--no-deps", "--force-recreate", service].map(quote).join(" ");
}

/** Compose 1.29 gives the files relative to the working directory, 2.x absolute; `-f -` cannot be repeated. */
function filesOf(labels: Readonly<Record<string, string>>): string[] {
  const directory = labels[COMPOSE.workingDir];
  const files = (labels[COMPOSE.configFiles] ?? "")
    .split(",")
    .filter((file) => file !== "" && file !== "-");
  const paths = files.map((file) =>
    file.startsWith("/") || !directory ? file : `${directory}/${file}`,
  );
  return paths.flatMap((path) => ["-f", path]);
}

const SAFE = /^[\w@%+=:,./-]+$/;

/** For a POSIX shell. Labels are anybody's text: nothing in them may become a second command. */
export function quote(word: string): string {
  return SAFE.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
