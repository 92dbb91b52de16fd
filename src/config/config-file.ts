import type { SchemaEntry, Section } from "./key.ts";
import { KNOWN_PATHS, namedKey } from "./key-list.ts";
import type { Origin } from "./origin.ts";
import { pathText, type Path } from "./path.ts";
import { problemOf, sourceProblem, type ConfigProblem } from "./problem.ts";
import { isMapping, type Raw } from "./raw.ts";
import { readText, type ReadFile } from "./read-text.ts";
import { NOTHING_SAID, saidTogether, type Given, type Said } from "./said.ts";
import { SCHEMA } from "./schema.ts";
import { faultAt, unknownKey, type Fault } from "./value-type.ts";
import { parseYaml } from "./yaml-text.ts";

export const DEFAULT_FILE = "/etc/stalewatch/stalewatch.yaml";

export interface FileSaid extends Said {
  /** The file that was read; null where there is none. */
  readonly file: string | null;
}

/** What the configuration file says. The default one may be missing, one that somebody named may not. */
export async function saidByFile(named: string | null, read: ReadFile): Promise<FileSaid> {
  const file = named ?? DEFAULT_FILE;
  const reading = await readText(file, read);
  if (reading.kind === "text") return { ...(await saidInText(file, reading.text)), file };
  if (reading.kind === "absent" && named === null) return { ...NOTHING_SAID, file: null };
  const fault = reading.kind === "absent" ? "does not exist" : reading.fault;
  const subject = file === "" ? "the configuration file's empty name" : file;
  return { givens: [], problems: [sourceProblem(subject, fault, at(file, null))], file };
}

async function saidInText(file: string, text: string): Promise<Said> {
  const yaml = await parseYaml(text);
  const broken = yaml.faults.map((fault) => {
    const origin = at(file, fault.line);
    if (fault.at.length === 0) return sourceProblem(file, fault.fault, origin);
    return problemOf(faultAt(fault.at, undefined, fault.fault), origin);
  });
  if (yaml.raw === null) return { givens: [], problems: broken };
  if (!isMapping(yaml.raw)) {
    const notMapping = sourceProblem(file, "is not a mapping of keys", at(file, 1));
    return { givens: [], problems: broken.length > 0 ? broken : [notMapping] };
  }
  const said = saidIn(SCHEMA, yaml.raw, [], (path) => at(file, yaml.lineOf(path)));
  return saidTogether([{ givens: [], problems: broken }, said]);
}

function at(file: string, line: number | null): Origin {
  return { kind: "file", file, line };
}

type OriginAt = (path: Path) => Origin;

function saidIn(entry: SchemaEntry, raw: Raw, path: Path, originAt: OriginAt): Said {
  if (raw === null) return NOTHING_SAID;
  if (entry.kind === "section") return saidInSection(entry, raw, path, originAt);
  const own: Given = { key: namedKey(pathText(path)), raw, origin: originAt(path), originAt };
  return { givens: [own], problems: [] };
}

function saidInSection(section: Section, raw: Raw, path: Path, originAt: OriginAt): Said {
  const names = Object.keys(section.entries);
  if (!isMapping(raw)) {
    // Without the value: whoever writes a secret one step too high must not read it in the log.
    const fault = faultAt(path, undefined, "is not a mapping", {
      allowed: `allowed: ${names.join(", ")}`,
    });
    return { givens: [], problems: [problem(fault, originAt)] };
  }
  const parts = Object.entries(raw).map(([name, value]): Said => {
    const own = [...path, name];
    const entry = Object.hasOwn(section.entries, name) ? section.entries[name] : undefined;
    if (entry !== undefined) return saidIn(entry, value, own, originAt);
    return { givens: [], problems: [problem(unknownKey(own, names, KNOWN_PATHS), originAt)] };
  });
  return saidTogether(parts);
}

function problem(fault: Fault, originAt: OriginAt): ConfigProblem {
  return problemOf(fault, originAt(fault.at));
}
