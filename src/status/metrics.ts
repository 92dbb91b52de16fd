import { Counter, Gauge, Registry } from "prom-client";
import { HEAL_OUTCOMES } from "../domain/heal/record.ts";
import type { EpochMs } from "../domain/ids.ts";
import { isDiverged, VERDICTS, type Judgement } from "../domain/verdict.ts";
import { visible } from "../notify/encode/visible.ts";
import { clip } from "../notify/encode/clip.ts";
import { summaryOf } from "../domain/summary.ts";
import type { Facts } from "./facts.ts";
import { channelKind, DELIVERY_ENDS, SCAN_ENDS, type Tallies } from "./tallies.ts";

export interface MetricsInput {
  /** null before the first scan has ended. */
  readonly facts: Facts | null;
  readonly tallies: Tallies;
  readonly version: string;
  readonly startedAt: EpochMs;
  readonly viewers: number;
}

export interface Metrics {
  readonly type: string;
  readonly text: string;
}

/** More stale containers at once are counted, not named: a label has as many values as this at the most. */
export const NAMED_AT_MOST = 200;

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** In the text format of Prometheus. What is not known is left out, never given as 0. */
export async function metricsText(input: MetricsInput): Promise<Metrics> {
  const registry = new Registry();
  const meters = metersOf(registry);
  processMetrics(input, meters);
  tallyMetrics(input.tallies, input.facts?.sight.channels ?? [], meters);
  if (input.facts !== null) factMetrics(input.facts, meters);
  return { type: registry.contentType, text: await registry.metrics() };
}

type Meter = (name: string, help: string, ...samples: readonly Sample[]) => void;

interface Meters {
  readonly gauge: Meter;
  readonly counter: Meter;
}

function metersOf(registry: Registry): Meters {
  const options = (name: string, help: string, samples: readonly Sample[]) => {
    const labelNames = Object.keys(samples[0]?.labels ?? {});
    return { name, help, labelNames, registers: [registry] };
  };
  return {
    gauge(name, help, ...samples) {
      if (samples.length === 0) return;
      const gauge = new Gauge(options(name, help, samples));
      for (const { labels = {}, value } of samples) gauge.set(encoded(labels), value);
    },
    counter(name, help, ...samples) {
      if (samples.length === 0) return;
      const counter = new Counter(options(name, help, samples));
      for (const { labels = {}, value } of samples) counter.inc(encoded(labels), value);
    },
  };
}

const LONGEST_LABEL = 128;

/** Foreign texts as the values of labels. */
function encoded(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, text]) => [
      name,
      clip(visible(clip(text, LONGEST_LABEL * 2)), LONGEST_LABEL),
    ]),
  );
}

function processMetrics(
  { version, startedAt, viewers }: MetricsInput,
  { gauge, counter }: Meters,
): void {
  const { user, system } = process.cpuUsage();
  gauge("stalewatch_build_info", "1, with the version of stalewatch and of Node.", {
    value: 1,
    labels: { version, node: process.versions.node },
  });
  gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", {
    value: startedAt / 1000,
  });
  counter("process_cpu_seconds_total", "CPU time spent, in seconds.", {
    value: (user + system) / 1e6,
  });
  gauge("process_resident_memory_bytes", "Resident memory.", {
    value: process.memoryUsage.rss(),
  });
  gauge("stalewatch_status_viewers", "Browsers that have the status page open.", {
    value: viewers,
  });
}

/** Every name is there from the first scrape on: a counter that appears with its first event hides that event. */
function tallyMetrics(tallies: Tallies, channels: readonly string[], { counter }: Meters): void {
  counter(
    "stalewatch_scans_total",
    "Scans by how they ended.",
    ...SCAN_ENDS.map((end) => ({ value: tallies.scans.of(end), labels: { end } })),
  );
  counter("stalewatch_scan_seconds_total", "Time spent in scans.", {
    value: tallies.scanTime / 1000,
  });
  counter("stalewatch_ticks_skipped_total", "Ticks of the schedule while a scan was under way.", {
    value: tallies.skippedTicks,
  });
  counter(
    "stalewatch_heals_total",
    "Heals of the daemon by how they ended.",
    ...HEAL_OUTCOMES.map((outcome) => ({ value: tallies.heals.of(outcome), labels: { outcome } })),
  );
  counter(
    "stalewatch_notifications_total",
    "Deliveries of messages by kind of channel and how they ended.",
    ...kindsOf(tallies, channels).flatMap((channel) =>
      DELIVERY_ENDS.map((end) => ({
        value: tallies.messages.of(channel, end),
        labels: { channel, end },
      })),
    ),
  );
  counter(
    "stalewatch_engine_calls_total",
    "Requests to the engine by endpoint and how they ended.",
    ...[...tallies.calls].map(({ names: [endpoint, end = ""], count }) => ({
      value: count,
      labels: { endpoint, end },
    })),
  );
}

/** Also of channels that nothing was sent through yet, or is any more. */
function kindsOf({ messages }: Tallies, channels: readonly string[]): readonly string[] {
  const used = [...messages].map(({ names: [channel] }) => channel);
  return [...new Set([...channels.map(channelKind), ...used])];
}

function factMetrics(facts: Facts, meters: Meters): void {
  watchingMetrics(facts, meters);
  verdictMetrics(facts.sight.scan?.judgements ?? null, meters);
}

function watchingMetrics(
  { sight, waiting, letters, incidents, healingOff }: Facts,
  { gauge }: Meters,
): void {
  const { scan, cycle, nextScanAt, degraded } = sight;
  if (scan !== null) {
    const { name, version, store } = scan.engine;
    const labels = { name, version, store };
    gauge("stalewatch_engine_info", "1, with what the engine is.", { value: 1, labels });
    gauge(
      "stalewatch_last_successful_scan_timestamp_seconds",
      "When a scan last succeeded, in seconds since 1970.",
      { value: scan.at / 1000 },
    );
  }
  gauge(
    "stalewatch_next_scan_timestamp_seconds",
    "When the schedule fires next.",
    ...timeOf(nextScanAt),
  );
  gauge("stalewatch_engine_up", "Whether the engine answered the last scan.", {
    value: cycle?.failure === null ? 1 : 0,
  });
  gauge("stalewatch_state_writable", "Whether the state is written to disk.", {
    value: degraded === null ? 1 : 0,
  });
  gauge("stalewatch_healing_enabled", "0: nothing is healed, for the state is not whole.", {
    value: degraded === null && healingOff === null ? 1 : 0,
  });
  gauge("stalewatch_incidents_open", "Incidents that go on.", {
    value: incidents.filter(({ resolvedAt }) => resolvedAt === null).length,
  });
  gauge("stalewatch_outbox_messages", "Messages that wait to be delivered.", {
    value: waiting.count,
  });
  gauge(
    "stalewatch_outbox_oldest_message_timestamp_seconds",
    "Since when the oldest of them waits; absent while none does.",
    ...timeOf(waiting.oldest),
  );
  gauge("stalewatch_dead_letters", "Messages that were given up within the last 7 days.", {
    value: letters.length,
  });
}

function timeOf(time: EpochMs | null): Sample[] {
  return time === null ? [] : [{ value: time / 1000 }];
}

function verdictMetrics(judgements: readonly Judgement[] | null, { gauge }: Meters): void {
  if (judgements === null) return;
  const counts = summaryOf(judgements);
  gauge(
    "stalewatch_containers",
    "Running containers by verdict.",
    ...VERDICTS.map((verdict) => ({ value: counts[verdict], labels: { verdict } })),
  );
  const stale = judgements
    .filter(isDiverged)
    .filter(({ verdict }) => verdict === "stale")
    .sort((a, b) => a.divergedSince - b.divergedSince);
  gauge(
    "stalewatch_container_stale_since_timestamp_seconds",
    "Since when a stale container does not run its newest image; absent for all others.",
    ...stale.slice(0, NAMED_AT_MOST).map(({ container, project, service, divergedSince }) => ({
      value: divergedSince / 1000,
      labels: {
        container: container.name,
        project: project ?? "",
        service: service ?? "",
      },
    })),
  );
  gauge(
    "stalewatch_stale_containers_unnamed",
    "Stale containers that are only counted, because there are too many to name.",
    { value: Math.max(0, stale.length - NAMED_AT_MOST) },
  );
}
