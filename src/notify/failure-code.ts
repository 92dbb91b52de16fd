/** The code of a failed request, such as `ECONNREFUSED`: the only part of such an error that can never hold the
 *  address, which may be a secret. null where there is none. */
export function failureCode(error: unknown): string | null {
  const seen = new Set<unknown>();
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) {
    seen.add(one);
    const code = "code" in one ? one.code : null;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code;
  }
  return null;
}
