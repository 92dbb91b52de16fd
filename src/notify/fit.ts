/** A text that may be shown in full, and what to call it otherwise. */
export interface Candidate {
  readonly text: string;
  readonly label: string;
}

/** What of many texts fits: the first ones in full, then names, then only a number. */
export interface Fitted {
  readonly full: readonly string[];
  readonly named: readonly string[];
  readonly leftOut: number;
}

export interface Room {
  /** In what the sizes are counted in. */
  readonly length: number;
  /** How many texts there may be, the closing one included. */
  readonly texts: number;
  /** How much of the length names may take. Default: so much that one section of a Slack message can hold them. */
  readonly names?: number;
}

/** What JSON and a Slack block put around a text. */
const AROUND = 90;
/** The words around the names in the closing text. */
const CLOSING = 260;
/** A comma and a blank. */
const SEPARATOR = 2;
/** So that one section can hold the closing text. */
const NAMES_AT_MOST = 2400;

/** In characters of JSON. */
const asJson = (text: string): number => JSON.stringify(text).length;

/** How much of a message's room a text takes. */
export function sizeOf({ text }: Candidate, size: (text: string) => number = asJson): number {
  return size(text) + AROUND;
}

export function fit(candidates: readonly Candidate[], room: Room, size = asJson): Fitted {
  const whole = candidates.reduce((sum, one) => sum + sizeOf(one, size), 0);
  if (whole <= room.length && candidates.length <= room.texts)
    return { full: candidates.map(({ text }) => text), named: [], leftOut: 0 };
  const sizes = candidates.map((one) => sizeOf(one, size));
  // Some room stays for names: of 500 stale containers, ten in detail and no word of the others is less of use.
  const full = Math.min(prefix(sizes, room.length * 0.6), Math.max(0, room.texts - 1));
  const used = sizes.slice(0, full).reduce((sum, size) => sum + size, 0);
  const labels = candidates.slice(full).map(({ label }) => label);
  const forNames = Math.min(room.length - used - CLOSING, room.names ?? NAMES_AT_MOST);
  const named = prefix(
    labels.map((label) => size(label) + SEPARATOR),
    forNames,
  );
  return {
    full: candidates.slice(0, full).map(({ text }) => text),
    named: labels.slice(0, named),
    leftOut: labels.length - named,
  };
}

/** Shares out a room so that small needs are met in full and large ones get the same each. In the order of `needs`. */
export function shareOut(needs: readonly number[], room: number): number[] {
  const shares = needs.map(() => 0);
  let left = room;
  let waiting = needs.length;
  for (const [i, need] of [...needs.entries()].sort(([, a], [, b]) => a - b)) {
    const share = Math.min(need, Math.floor(left / waiting));
    shares[i] = share;
    left -= share;
    waiting -= 1;
  }
  return shares;
}

/** How many of the first ones fit. */
function prefix(sizes: readonly number[], room: number): number {
  let used = 0;
  const over = sizes.findIndex((size) => (used += size) > room);
  return over < 0 ? sizes.length : over;
}
