/** What was probably meant by a word that is none of the candidates; null when nothing comes near. First the one
 *  that differs least, then one that begins alike (`warning`, `warn`), then the shortest that has all its words
 *  (`slackWebhook`, `notify.slack.webhookUrl`). */
export function nearest(text: string, candidates: readonly string[]): string | null {
  return byDistance(text, candidates) ?? byBeginning(text, candidates) ?? byWords(text, candidates);
}

/** Candidates that have every word of the text, the shortest first. */
export function byWords(text: string, candidates: readonly string[]): string | null {
  const wanted = wordsOf(text);
  if (wanted.length === 0) return null;
  const found = candidates.filter((candidate) => {
    const words = wordsOf(candidate);
    return wanted.every((word) => words.includes(word));
  });
  return found.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

function byDistance(text: string, candidates: readonly string[]): string | null {
  const wanted = plain(text);
  const most = wanted.length <= 5 ? 1 : 2;
  let best: { readonly candidate: string; readonly distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

/** Fewer letters than this begin too many words. */
const SHORTEST_BEGINNING = 3;

function byBeginning(text: string, candidates: readonly string[]): string | null {
  const wanted = plain(text);
  const alike = (candidate: string): boolean =>
    candidate.length >= SHORTEST_BEGINNING &&
    (candidate.startsWith(wanted) || wanted.startsWith(candidate));
  if (wanted.length < SHORTEST_BEGINNING) return null;
  return candidates.find((candidate) => alike(plain(candidate))) ?? null;
}

/** Letters and digits only, in lower case: `webhook-url` and `webhookUrl` are the same to a reader. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[-_]/g, "");
}

function wordsOf(text: string): readonly string[] {
  const spaced = text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.split(/[^a-z0-9]+/).filter((word) => word !== "");
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
