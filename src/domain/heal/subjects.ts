import type { SubjectKey } from "../ids.ts";
import { healSubjectOf } from "../subject.ts";
import type { DependentSeed, HealCase } from "./record.ts";

/** All that a heal acts on: no two heals act on the same at the same time. */
export function subjectsOf(
  heal: HealCase & { readonly dependents?: readonly Pick<DependentSeed, "subject">[] },
): readonly SubjectKey[] {
  const dependents = (heal.dependents ?? []).map(({ subject }) => subject);
  return [heal.subject, ...(heal.siblings ?? []), ...dependents].map(healSubjectOf);
}
