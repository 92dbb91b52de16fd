import { describe, expect, it } from "vitest";
import { metricsText, NAMED_AT_MOST, type MetricsInput } from "../../../src/status/metrics.ts";
import { Tallies } from "../../../src/status/tallies.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { hostileFacts } from "./hostile.ts";
import { diverged, factsOf, fresh, HOUR, MINUTE, NOW, shopHost } from "./samples.ts";

async function scrape(more: Partial<MetricsInput> = {}): Promise<string> {
  const standard = { facts: null, tallies: new Tallies(), version: "0.1.0", startedAt: NOW };
  return (await metricsText({ ...standard, viewers: 0, ...more })).text;
}

/** `name{labels}` → value, of the samples whose name begins so. */
function samples(text: string, prefix: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith(prefix));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );
}

const DELIVERED = { end: "delivered", at: NOW, error: null } as const;

describe("/metrics", () => {
  it("counts containers by verdict, and names the stale ones alone", async () => {
    const text = await scrape({ facts: shopHost() });
    expect(samples(text, "stalewatch_containers")).toEqual({
      'stalewatch_containers{verdict="fresh"}': 6,
      'stalewatch_containers{verdict="pending"}': 1,
      'stalewatch_containers{verdict="stale"}': 2,
      'stalewatch_containers{verdict="untracked"}': 1,
      'stalewatch_containers{verdict="excluded"}': 1,
    });
    expect(samples(text, "stalewatch_container_stale_since_timestamp_seconds")).toEqual({
      'stalewatch_container_stale_since_timestamp_seconds{container="crm-search-1",project="crm",service="search"}':
        (NOW - 26 * HOUR) / 1000,
      'stalewatch_container_stale_since_timestamp_seconds{container="shop-web-1",project="shop",service="web"}':
        (NOW - 71 * MINUTE) / 1000,
    });
    expect(samples(text, "stalewatch_last_successful_scan")).toEqual({
      stalewatch_last_successful_scan_timestamp_seconds: (NOW - 12_000) / 1000,
    });
    expect(samples(text, "stalewatch_engine_up")).toEqual({ stalewatch_engine_up: 1 });
  });

  it("counts what the daemon did, by names that do not grow with what is watched", async () => {
    const tallies = new Tallies();
    tallies.scan("done", 250);
    tallies.scan("failed", 500);
    tallies.heals.add("healed");
    for (let i = 0; i < 3; i++) tallies.message(`email:person-${String(i)}@example.org`, DELIVERED);
    tallies.message("slack", { end: "given-up", at: NOW, error: "404" });
    tallies.calls.add("/containers/json", "ok");
    tallies.skippedTicks++;
    const text = await scrape({ tallies, facts: factsOf([], {}, { channels: ["webhook"] }) });
    expect(samples(text, "stalewatch_scans_total")).toEqual({
      'stalewatch_scans_total{end="done"}': 1,
      'stalewatch_scans_total{end="failed"}': 1,
    });
    expect(samples(text, "stalewatch_scan_seconds_total")).toEqual({
      stalewatch_scan_seconds_total: 0.75,
    });
    expect(samples(text, "stalewatch_notifications_total")).toMatchObject({
      'stalewatch_notifications_total{channel="email",end="delivered"}': 3,
      'stalewatch_notifications_total{channel="slack",end="given-up"}': 1,
      'stalewatch_notifications_total{channel="webhook",end="given-up"}': 0,
    });
    expect(text).not.toContain("person");
    expect(samples(text, "stalewatch_heals_total")).toMatchObject({
      'stalewatch_heals_total{outcome="healed"}': 1,
      'stalewatch_heals_total{outcome="rolled-back"}': 0,
    });
    expect(samples(text, "stalewatch_engine_calls_total")).toEqual({
      'stalewatch_engine_calls_total{endpoint="/containers/json",end="ok"}': 1,
    });
    expect(samples(text, "stalewatch_ticks_skipped_total")).toEqual({
      stalewatch_ticks_skipped_total: 1,
    });
  });

  it("leaves out what is not known: nothing is 0 for that", async () => {
    const text = await scrape();
    expect(text).not.toContain("stalewatch_containers");
    expect(text).not.toContain("stalewatch_engine_up");
    expect(text).toMatch(/^stalewatch_build_info\{version="0.1.0",node="26\.[\d.]+"\} 1$/m);
    const nothing = await scrape({ facts: factsOf([fresh("shop-web-1")]) });
    expect(nothing).not.toContain("stalewatch_outbox_oldest");
    expect(nothing).not.toContain("stalewatch_container_stale_since");
  });

  it("names so many stale containers and no more, the longest stale first", async () => {
    const stale = Array.from({ length: NAMED_AT_MOST + 7 }, (_, i) =>
      diverged(`shop-web${String(i)}-1`, HOUR + i * MINUTE),
    );
    const text = await scrape({ facts: factsOf(stale) });
    const named = samples(text, "stalewatch_container_stale_since_timestamp_seconds");
    expect(Object.keys(named)).toHaveLength(NAMED_AT_MOST);
    expect(text).not.toContain('"shop-web0-1"');
    expect(samples(text, "stalewatch_stale_containers_unnamed")).toEqual({
      stalewatch_stale_containers_unnamed: 7,
    });
  });

  it("says what keeps it from working", async () => {
    const facts = factsOf(
      [],
      { waiting: { count: 3, oldest: NOW - HOUR }, healingOff: "/x" },
      { cycle: { startedAt: NOW, endedAt: NOW, failure: "no answer" }, degraded: "full" },
    );
    const text = await scrape({ facts });
    expect(text).toMatch(/^stalewatch_engine_up 0$/m);
    expect(text).toMatch(/^stalewatch_state_writable 0$/m);
    expect(text).toMatch(/^stalewatch_healing_enabled 0$/m);
    expect(text).toMatch(/^stalewatch_outbox_messages 3$/m);
    expect(samples(text, "stalewatch_outbox_oldest")).toEqual({
      stalewatch_outbox_oldest_message_timestamp_seconds: (NOW - HOUR) / 1000,
    });
  });

  it.each(Object.entries(HOSTILE_TEXTS))("stays one sample a line: %s", async (_, text) => {
    const scraped = await scrape({ facts: hostileFacts(text) });
    for (const line of scraped.trimEnd().split("\n"))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) .*|\w+(?:\{.*\})? [\d.e+]+|)$/);
    expect(scraped.length).toBeLessThan(40_000);
  });
});
