/** What the exit codes of all commands mean; `check` doubles as a Monitoring-Plugins check. */
export const EXIT = {
  ok: 0,
  /** Something is pending (`check --strict`), or a channel failed (`test-notify`), or a check failed (`doctor`), or a heal was
   *  rolled back (`heal`), or a deploy did not come out as it should (`verify`). */
  warning: 1,
  /** Something is stale; or it is not recreated, because something forbids it (`heal`). */
  critical: 2,
  /** It could not be found out. */
  unknown: 3,
  /** EX_CONFIG of sysexits.h: starting again would not help. */
  badConfig: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
