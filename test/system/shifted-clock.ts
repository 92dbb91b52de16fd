/**
 * Loaded into the program before its own code, with `node --import`: a wall clock that tests can set. It starts at
 * STALEWATCH_TEST_CLOCK, an ISO time, or with the machine's, and jumps by STALEWATCH_TEST_JUMP milliseconds on every
 * SIGUSR2. The monotonic clock and all timers go on as they do when somebody sets the time of a machine.
 */
const RealDate = Date;
const start = process.env["STALEWATCH_TEST_CLOCK"];
const jump = Number(process.env["STALEWATCH_TEST_JUMP"] ?? 0);
let ahead = start === undefined ? 0 : RealDate.parse(start) - RealDate.now();

class ShiftedDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(RealDate.now() + ahead);
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + ahead;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
process.on("SIGUSR2", () => {
  ahead += jump;
});
