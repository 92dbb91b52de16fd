/** The variables that the user gave, raw and in their order. A variable whose every entry is also the image's is the
 *  image's. An entry without `=` (the user took the variable away) is no image's, so it stays. */
export function ownEnvironment(
  env: readonly string[],
  imageEnv: readonly string[],
): readonly string[] {
  const fromImage = new Set(imageEnv);
  const given = new Set(env.filter((entry) => !fromImage.has(entry)).map(variableOf));
  return env.filter((entry) => given.has(variableOf(entry)));
}

/** The variable's name in `NAME=value` or `NAME`. */
export function variableOf(entry: string): string {
  const end = entry.indexOf("=");
  return end < 0 ? entry : entry.slice(0, end);
}
