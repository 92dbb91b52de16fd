/** Where a value comes from. */
export type Origin =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "credential"; readonly name: string }
  | { readonly kind: "file"; readonly file: string; readonly line: number | null }
  | { readonly kind: "default" };

/** `file /etc/stalewatch/stalewatch.yaml:12`, `env STALEWATCH_GRACE`, `flag --host`, `default`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "file":
      return `file ${origin.file}${origin.line === null ? "" : `:${origin.line}`}`;
    default:
      return `${origin.kind} ${origin.name}`;
  }
}
