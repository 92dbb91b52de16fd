/** Whether a version such as `1.41` is at least another. Of both only the part after the dot has ever counted. */
export function isAtLeast(version: string, minimum: string): boolean {
  return minor(version) >= minor(minimum);
}

function minor(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}
