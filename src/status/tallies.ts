import type { HealOutcome } from "../domain/heal/record.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import type { CallEnd } from "../engine/endpoint.ts";

/** Counts by one or two names, each from a list that does not grow with what is watched. */
export class Tally<A extends string, B extends string = never> {
  readonly #counts = new Map<string, { readonly names: readonly [A, B?]; count: number }>();

  add(...names: [B] extends [never] ? [A] : [A, B]): void {
    const key = names.join(" ");
    const found = this.#counts.get(key);
    if (found === undefined) this.#counts.set(key, { names, count: 1 });
    else found.count++;
  }

  of(...names: [B] extends [never] ? [A] : [A, B]): number {
    return this.#counts.get(names.join(" "))?.count ?? 0;
  }

  *[Symbol.iterator](): Iterator<{ readonly names: readonly [A, B?]; readonly count: number }> {
    yield* this.#counts.values();
  }
}

export const SCAN_ENDS = ["done", "failed"] as const;
export type ScanEnd = (typeof SCAN_ENDS)[number];
export const DELIVERY_ENDS = ["delivered", "postponed", "given-up"] as const;
export type DeliveryEnd = (typeof DELIVERY_ENDS)[number];

/** `email:ops@example.org` → `email`: whose address it is says the page. */
export function channelKind(channel: string): string {
  return channel.split(":")[0] ?? channel;
}

/** How the latest delivery of one channel ended. */
export interface LastDelivery {
  readonly end: DeliveryEnd;
  readonly at: EpochMs;
  /** null where it was delivered. */
  readonly error: string | null;
}

/** By the channel's name. */
export type LastDeliveries = ReadonlyMap<string, LastDelivery>;

/** What this process has done since it began. */
export class Tallies {
  readonly scans = new Tally<ScanEnd>();
  readonly heals = new Tally<HealOutcome>();
  /** By the kind of channel. */
  readonly messages = new Tally<string, DeliveryEnd>();
  readonly calls = new Tally<string, CallEnd>();
  readonly #lastDeliveries = new Map<string, LastDelivery>();
  skippedTicks = 0;
  scanTime: Milliseconds = 0;

  scan(end: ScanEnd, took: Milliseconds): void {
    this.scans.add(end);
    this.scanTime += took;
  }

  message(channel: string, last: LastDelivery): void {
    this.messages.add(channelKind(channel), last.end);
    this.#lastDeliveries.set(channel, last);
  }

  get lastDeliveries(): LastDeliveries {
    return this.#lastDeliveries;
  }
}
