/** What a receiver was told once: it may have come before. */
export interface Reception {
  /** What tells a repeat from another message. */
  readonly key: string;
  readonly at: number;
  /** Whether the receiver took it, and said so. */
  readonly taken: boolean;
  /** When the daemon found out what it says, where the message tells. */
  readonly saidAt?: number;
  readonly items: readonly { readonly kind: "stale" | "resolved"; readonly container: string }[];
}

/** What the state says that there was to tell, oldest first. */
export interface Told {
  readonly container: string;
  readonly isOver: boolean;
}

export interface Evidence {
  readonly incidents: readonly Told[];
  readonly receptions: readonly Reception[];
  /** When the daemon was killed. */
  readonly kills: readonly number[];
}

/** What is wrong with how one channel was told; nothing, if all arrived in order and nothing twice that need not. */
export function audit({ incidents, receptions, kills }: Evidence): string[] {
  return [
    ...overtakings(receptions),
    ...needlessRepeats(receptions, kills),
    ...differences(incidents, receptions),
  ];
}

/** A message that comes again after its successor. */
function overtakings(receptions: readonly Reception[]): string[] {
  const seen: string[] = [];
  return receptions.flatMap(({ key }) => {
    if (seen.at(-1) === key) return [];
    const again = seen.includes(key);
    seen.push(key);
    return again ? [`${key} came again after a later one`] : [];
  });
}

/** Taken twice although nobody was killed between: the sender had been told the first time. */
function needlessRepeats(receptions: readonly Reception[], kills: readonly number[]): string[] {
  const taken = receptions.filter((one) => one.taken);
  return taken.flatMap(({ key, at }, i) => {
    const before = taken[i - 1];
    if (before?.key !== key) return [];
    const isExcused = kills.some((kill) => kill >= before.at && kill <= at);
    return isExcused ? [] : [`${key} was sent again although it had been taken`];
  });
}

/** By container: a beginning for each incident, and an end for each that is over, in turn. */
function differences(incidents: readonly Told[], receptions: readonly Reception[]): string[] {
  const messages = firsts(receptions.filter((one) => one.taken)).flatMap(inTurn);
  const containers = new Set([...incidents, ...messages].map(({ container }) => container));
  return [...containers].flatMap((container) => {
    const expected = incidents
      .filter((one) => one.container === container)
      .flatMap(({ isOver }) => (isOver ? ["stale", "resolved"] : ["stale"]))
      .join(" ");
    const told = messages
      .filter((one) => one.container === container)
      .map(({ kind }) => kind)
      .join(" ");
    return told === expected ? [] : [`${container}: told "${told}", but it was "${expected}"`];
  });
}

/** What came later than `most` milliseconds after it was found out, although nobody was killed meanwhile. */
export function late(
  receptions: readonly Reception[],
  kills: readonly number[],
  most: number,
): string[] {
  return firsts(receptions).flatMap(({ key, at, saidAt = at }) =>
    at - saidAt <= most || kills.some((kill) => kill >= saidAt && kill <= at)
      ? []
      : [`${key} came ${((at - saidAt) / 1000).toFixed(1)} s late`],
  );
}

/** In one message an end is that of an earlier incident, whatever the order in which the channel says things. */
function inTurn({ items }: Reception): Reception["items"] {
  return items.toSorted((a, b) => Number(a.kind === "stale") - Number(b.kind === "stale"));
}

export function firsts(receptions: readonly Reception[]): Reception[] {
  const seen = new Set<string>();
  return receptions.filter(({ key }) => !seen.has(key) && seen.add(key));
}
