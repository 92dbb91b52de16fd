import { describe, expect, it } from "vitest";
import {
  automaticHealthTimeout,
  gateStep,
  type GateAnswer,
  type GateReading,
} from "../../../../src/domain/heal/gate.ts";

const SECOND = 1000;
const LIMITS = { settle: 30 * SECOND, healthTimeout: 90 * SECOND };
const START = "2026-06-01T12:00:00.5Z";

const running: GateReading = {
  status: "running",
  exitCode: 0,
  oomKilled: false,
  restartCount: 0,
  startedAt: START,
  health: null,
};

/** Looks at the container at the given seconds after its start, until there is an answer. */
function trial(looks: readonly (readonly [at: number, reading: GateReading | null])[]): string {
  let progress = { began: 0, startedAt: START, goodSince: null as number | null };
  let answer: GateAnswer | null = null;
  for (const [at, reading] of looks) {
    answer = gateStep(reading, progress, LIMITS, at * SECOND);
    if (answer.kind !== "wait") break;
    progress = answer.progress;
  }
  if (answer === null) throw new Error("no look");
  return answer.kind === "failed"
    ? answer.reason
    : answer.kind === "wait"
      ? `wait until ${answer.again / SECOND}`
      : "passed";
}

const healthy = { ...running, health: "healthy" } as const;
const starting = { ...running, health: "starting" } as const;

describe("a container on trial", () => {
  it.each<[string, Parameters<typeof trial>[0], string]>([
    [
      "waits out the settle time without a health check",
      [
        [0, running],
        [29, running],
      ],
      "wait until 30",
    ],
    [
      "has passed when it ran that long",
      [
        [0, running],
        [30, running],
      ],
      "passed",
    ],
    [
      "is not through when it turns healthy",
      [
        [0, starting],
        [5, healthy],
        [34, healthy],
      ],
      "wait until 35",
    ],
    [
      "has passed when it stayed healthy for the settle time",
      [
        [0, starting],
        [5, healthy],
        [35, healthy],
      ],
      "passed",
    ],
    [
      "begins anew when it falls back to starting",
      [
        [0, healthy],
        [20, starting],
        [25, healthy],
        [54, healthy],
      ],
      "wait until 55",
    ],
    [
      "has the whole health timeout to become healthy",
      [
        [0, starting],
        [89, starting],
      ],
      "wait until 90",
    ],
    [
      "fails when it is not healthy in time",
      [
        [0, starting],
        [90, starting],
      ],
      "it was not healthy within 90 s (heal.healthTimeout)",
    ],
    [
      "fails at once when unhealthy",
      [
        [0, starting],
        [3, { ...running, health: "unhealthy" }],
      ],
      "its health check says unhealthy",
    ],
    [
      "fails when it exits, with 0 too",
      [
        [0, running],
        [1, { ...running, status: "exited" }],
      ],
      "it exited with code 0",
    ],
    [
      "fails in a crash loop that is healthy for moments",
      [
        [0, starting],
        [1, healthy],
        [2, { ...healthy, restartCount: 1 }],
      ],
      "it exited and was started again by its restart policy",
    ],
    [
      "fails while it is restarting, though it says running",
      [
        [0, running],
        [1, { ...running, status: "restarting", exitCode: 3 }],
      ],
      "it exited with code 3, and its restart policy starts it again",
    ],
    [
      "fails when it ran out of memory",
      [[0, { ...running, status: "exited", oomKilled: true, exitCode: 137 }]],
      "it was killed because it ran out of memory",
    ],
    [
      "fails when somebody restarts it",
      [
        [0, running],
        [9, { ...running, startedAt: "2026-06-01T12:00:09Z" }],
      ],
      "somebody restarted it",
    ],
    [
      "fails when somebody pauses it",
      [[0, { ...running, status: "paused" }]],
      "somebody paused it",
    ],
    [
      "fails when somebody removes it",
      [
        [0, running],
        [9, null],
      ],
      "it is gone",
    ],
  ])("%s", (_, looks, end) => {
    expect(trial(looks)).toBe(end);
  });
});

describe("the automatic health timeout", () => {
  it("is 90 s at least", () => {
    expect(automaticHealthTimeout(null)).toBe(90 * SECOND);
    const quick = { startPeriod: 0, interval: SECOND, timeout: SECOND, retries: 3 };
    expect(automaticHealthTimeout(quick)).toBe(90 * SECOND);
  });

  it("covers the start period and every retry, and 30 s more", () => {
    const slow = {
      startPeriod: 60 * SECOND,
      interval: 30 * SECOND,
      timeout: 30 * SECOND,
      retries: 3,
    };
    expect(automaticHealthTimeout(slow)).toBe((60 + 3 * 60 + 30) * SECOND);
  });
});
