import { expect, it } from "vitest";
import { ScanCounter } from "../../../src/daemon/scan-tally.ts";
import { at, clockOf } from "../domain/builders.ts";

/** What is handed over, as `12:00 1/0/0, watched 12:00–12:05`. */
function counter(): { readonly scans: ScanCounter; readonly handedOver: string[] } {
  const handedOver: string[] = [];
  const scans = new ScanCounter({
    addTally: (since, { done, failed, missed }, watched) => {
      const stretches = watched.map(({ from, to }) => `${clockOf(from)}–${clockOf(to)}`);
      handedOver.push(
        `${clockOf(since)} ${String(done)}/${String(failed)}/${String(missed)} ${stretches.join(" ")}`,
      );
    },
  });
  return { scans, handedOver };
}

it("hands over once an hour and at the end, and nothing when there is nothing", () => {
  const { scans, handedOver } = counter();
  scans.flush();
  for (const clock of ["12:00", "12:30", "13:00", "13:30"]) scans.count("done", at(clock));
  expect(handedOver).toEqual(["12:00 2/0/0 12:00–12:30"]);
  scans.flush();
  scans.flush();
  expect(handedOver.slice(1)).toEqual(["13:00 2/0/0 12:00–13:30"]);
});

it("ends a watch with a scan that fails or is missed, and begins another with the next that succeeds", () => {
  const { scans, handedOver } = counter();
  scans.count("done", at("12:00"));
  expect(scans.watching).toEqual({ from: at("12:00"), to: at("12:00") });
  scans.count("failed", at("12:05"));
  expect(scans.watching).toBeNull();
  scans.count("done", at("12:10"));
  scans.count("done", at("12:15"));
  scans.count("missed", at("12:20"));
  scans.flush();
  expect(handedOver).toEqual(["12:00 3/1/1 12:00–12:00 12:10–12:15"]);
});

it("begins another when the clock was set back", () => {
  const { scans, handedOver } = counter();
  scans.count("done", at("12:40"));
  scans.count("done", at("12:30"));
  scans.flush();
  expect(handedOver).toEqual(["12:40 2/0/0 12:40–12:40 12:30–12:30"]);
});
