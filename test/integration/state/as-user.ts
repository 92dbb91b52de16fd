/** An account of nobody's; the numbers need no entry in /etc/passwd. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const STRANGER: Account = { uid: 61_001, gid: 61_001 };

/** Does something with the rights of another account, so only where the tests run as root. What the work waits for, is
 *  waited for with these rights, too. */
export async function asUser<T>(
  { uid, gid }: Account,
  work: () => T | Promise<T>,
): Promise<Awaited<T>> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([gid]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}
