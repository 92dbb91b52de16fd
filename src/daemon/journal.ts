import { fstatSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/** syslog's priorities. */
const PRIORITIES = { error: 3, warn: 4, info: 6, debug: 7 } as const;

export type JournalLevel = keyof typeof PRIORITIES;

/** Whether what is written there goes to systemd's journal: it names its stream by device and inode. A descendant
 *  whose output somebody redirected has the variable, too. */
export function goesToJournal(descriptor: number, env: Environment): boolean {
  const stream = env["JOURNAL_STREAM"] ?? "";
  if (stream === "") return false;
  try {
    const { dev, ino } = fstatSync(descriptor);
    return stream === `${String(dev)}:${String(ino)}`;
  } catch {
    return false;
  }
}

/** What the journal takes off the beginning of a line, and notes as its priority. */
export function priorityMark(level: JournalLevel): string {
  return `<${String(PRIORITIES[level])}>`;
}
