import { expect } from "vitest";

/** `check --json`, as far as tests read it one by one; its whole shape is asserted in check-json.test.ts. */
export interface CheckDocument {
  readonly summary: Readonly<Record<string, number>>;
  readonly containers: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly reasonCode: string | null;
    readonly reason: string;
    readonly divergedSince: string | null;
    readonly hold: { readonly id: string; readonly reason: string | null } | null;
    readonly ack: { readonly until: string } | null;
    readonly warnings: readonly { readonly code: string; readonly message: string }[];
  }[];
}

/** `history --json`. */
export interface HistoryDocument {
  readonly incidents: readonly {
    readonly id: string;
    readonly container: string;
    readonly resolvedAt: string | null;
    readonly resolution: string | null;
    readonly reminders: number;
  }[];
  readonly deadLetters: readonly { readonly channel: string; readonly error: string }[];
}

/** What a command prints on exit 3 with --json. */
export interface ErrorDocument {
  readonly schemaVersion: 1;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null };
}

export const checkDocument = (stdout: string): CheckDocument => JSON.parse(stdout) as CheckDocument;

export const historyDocument = (stdout: string): HistoryDocument =>
  JSON.parse(stdout) as HistoryDocument;

export const errorDocument = (stdout: string): ErrorDocument => JSON.parse(stdout) as ErrorDocument;

/** A time as every document writes it. */
export const isoTime = (): string =>
  expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

export const imageId = (): string => expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string;
export const containerId = (): string => expect.stringMatching(/^[0-9a-f]{64}$/) as string;
/** What an incident or a hold is called. */
export const shortId = (): string => expect.stringMatching(/^[2-9b-z]{8}$/) as string;
