/** The newest API version that this program was written against. A newer engine is asked in this one, so that nothing
 *  it drops later surprises us; one that does not speak it any more is asked in the oldest that it does. */
const NEWEST_KNOWN = "1.51";

/** The version to speak with an engine that says what it speaks. */
export function negotiateVersion(engine: {
  readonly newest: string;
  readonly oldest: string;
}): string {
  const wanted = isNewer(engine.newest, NEWEST_KNOWN) ? NEWEST_KNOWN : engine.newest;
  return isNewer(engine.oldest, wanted) ? engine.oldest : wanted;
}

/** `1.9` is older than `1.41`. */
export function isNewer(a: string, b: string): boolean {
  const [aMajor = 0, aMinor = 0] = a.split(".").map(Number);
  const [bMajor = 0, bMinor = 0] = b.split(".").map(Number);
  return aMajor !== bMajor ? aMajor > bMajor : aMinor > bMinor;
}

/** From here on an image's inspect lists its platform manifests when asked to. */
export const MANIFESTS_SINCE = "1.48";
