import type { HealthCheck } from "../health.ts";

/** The document of `/livez` and `/readyz`. */
export function healthDocument(checks: readonly HealthCheck[]) {
  return {
    schemaVersion: 1,
    ok: checks.every(({ ok }) => ok),
    checks: checks.map(({ name, ok, reason }) => ({ name, ok, reason })),
  };
}
