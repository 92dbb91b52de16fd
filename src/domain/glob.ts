/** A test for one glob: `*` any run of characters, `?` any one, all else literal. There are no classes, braces or
 *  regular expressions: a pattern may come from a container's label, and must cost linear time at worst. */
export type GlobTest = (text: string) => boolean;

const LITERAL = /^[^*?]*$/;

export function glob(pattern: string): GlobTest {
  if (LITERAL.test(pattern)) return (text) => text === pattern;
  return (text) => matches(pattern, text);
}

/** True when any of the patterns matches. */
export function anyGlob(patterns: readonly string[]): GlobTest {
  const tests = patterns.map(glob);
  return (text) => tests.some((test) => test(text));
}

/** Greedy match that goes back to the last `*` only: O(pattern × text) at worst, no recursion. */
function matches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
