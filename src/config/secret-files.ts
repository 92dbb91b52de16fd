import { join } from "node:path";
import { fileVariable, variable, type Environment } from "./environment.ts";
import { NAMED_KEYS, type NamedKey } from "./key-list.ts";
import type { Origin } from "./origin.ts";
import { sourceProblem, type ConfigProblem } from "./problem.ts";
import { readText, type ReadFile } from "./read-text.ts";
import { given, NOTHING_SAID, saidTogether, type Said } from "./said.ts";

/** The content that stands for "none", so that a unit can name a credential that its host does not have. */
const NONE = "-";

/** Secrets in files that a `…_FILE` variable names. */
export async function saidByFileVariables(env: Environment, read: ReadFile): Promise<Said> {
  const parts = secrets().map(async (named): Promise<Said> => {
    const name = fileVariable(named);
    const path = variable(env, name);
    if (path === null) return NOTHING_SAID;
    const origin: Origin = { kind: "env", name };
    const said = await saidByContent({ named, path, origin, mayBeAbsent: false }, read);
    return variable(env, named.env) === null
      ? said
      : saidTogether([said, saidTwice(named, origin)]);
  });
  return saidTogether(await Promise.all(parts));
}

/** Secrets that systemd hands over with `LoadCredential=notify.slack.webhookUrl:…`. */
export async function saidByCredentials(env: Environment, read: ReadFile): Promise<Said> {
  const folder = variable(env, "CREDENTIALS_DIRECTORY");
  if (folder === null) return NOTHING_SAID;
  const parts = secrets().map((named) => {
    const origin: Origin = { kind: "credential", name: named.path };
    return saidByContent(
      { named, path: join(folder, named.path), origin, mayBeAbsent: true },
      read,
    );
  });
  return saidTogether(await Promise.all(parts));
}

function secrets(): readonly NamedKey[] {
  return NAMED_KEYS.filter((named) => named.key.secret);
}

interface SecretFile {
  readonly named: NamedKey;
  readonly path: string;
  readonly origin: Origin;
  readonly mayBeAbsent: boolean;
}

async function saidByContent(file: SecretFile, read: ReadFile): Promise<Said> {
  const { named, path, origin, mayBeAbsent } = file;
  const wrong = (fault: string): Said => ({
    givens: [],
    problems: [sourceProblem(named.path, `the file ${path} ${fault}`, origin)],
  });
  const reading = await readText(path, read);
  if (reading.kind === "absent") return mayBeAbsent ? NOTHING_SAID : wrong("does not exist");
  if (reading.kind === "unreadable") return wrong(reading.fault);
  const secret = reading.text.replace(/\r?\n$/, "");
  if (secret === NONE) return NOTHING_SAID;
  if (secret === "") return wrong(`is empty; write ${NONE} for none`);
  return { givens: [given(named, secret, origin)], problems: [] };
}

function saidTwice(named: NamedKey, origin: Origin): Said {
  const problem: ConfigProblem = sourceProblem(
    named.path,
    `both ${named.env} and ${fileVariable(named)} are set; only one of them can hold`,
    origin,
  );
  return { givens: [], problems: [problem] };
}
