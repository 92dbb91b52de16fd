import type { Rule, RuleMatch } from "../domain/policy.ts";
import { DEFAULT_SOCKET, isTlsSet } from "./engine-address.ts";
import { parseEngineHost } from "./engine-host.ts";
import { EMAIL_CONTRADICTIONS } from "./email-contradictions.ts";
import type { Held } from "./held.ts";
import { pathText } from "./path.ts";
import { problemOf, type ConfigProblem } from "./problem.ts";
import type { Values } from "./schema.ts";
import { faultAt, type Fault } from "./value-type.ts";
import { WEBHOOK_CONTRADICTIONS } from "./webhook-contradictions.ts";

/** Values that are right alone and wrong together. */
export interface Contradiction {
  /** The keys that are looked at: nothing is said while one of them cannot be read. */
  readonly among: readonly string[];
  readonly find: (values: Values) => readonly Fault[];
}

const TLS_KEYS = ["engine.tls.ca", "engine.tls.cert", "engine.tls.key"] as const;

const CONTRADICTIONS: readonly Contradiction[] = [
  { among: ["engine.host", ...TLS_KEYS], find: tlsWithoutTcp },
  { among: TLS_KEYS, find: halfAClientCertificate },
  { among: ["strategy", "tags"], find: newestTagWithoutTags },
  { among: ["tags", "rules"], find: ruleWithoutTags },
  { among: ["rules"], find: rulesNeverReached },
  { among: ["heal.method", "heal.composeRoots"], find: composeWithoutRoots },
  ...EMAIL_CONTRADICTIONS,
  ...WEBHOOK_CONTRADICTIONS,
];

export function contradictions(values: Values, held: readonly Held[]): readonly ConfigProblem[] {
  const unsound = held.filter(({ sound }) => !sound).map(({ named }) => named.path);
  const judged = CONTRADICTIONS.filter(
    ({ among }) => !among.some((path) => unsound.includes(path)),
  );
  return judged.flatMap(({ find }) => find(values)).map((fault) => located(fault, held));
}

/** A contradiction is reported where the value that it names was said. */
function located(fault: Fault, held: readonly Held[]): ConfigProblem {
  const path = pathText(fault.at);
  const said = held.find(({ named }) => path === named.path || path.startsWith(`${named.path}[`));
  return problemOf(fault, said?.originAt(fault.at) ?? { kind: "default" });
}

function tlsWithoutTcp({ engine }: Values): readonly Fault[] {
  const host = engine.host ?? `unix://${DEFAULT_SOCKET}`;
  if (!isTlsSet(engine.tls) || parseEngineHost(host).kind !== "unix") return [];
  const first = (["ca", "cert", "key"] as const).find((name) => engine.tls[name] !== null);
  const fault = `TLS needs a tcp address, and the engine's is ${host}`;
  return [faultAt(["engine", "tls", first ?? "ca"], undefined, fault)];
}

function halfAClientCertificate({ engine: { tls } }: Values): readonly Fault[] {
  if ((tls.cert === null) === (tls.key === null)) return [];
  const [set, unset] = tls.cert === null ? ["key", "cert"] : ["cert", "key"];
  return [faultAt(["engine", "tls", set], undefined, `needs engine.tls.${unset} too`)];
}

function newestTagWithoutTags({ strategy, tags }: Values): readonly Fault[] {
  return strategy === "newest-tag" && tags === null ? [withoutTags(["strategy"])] : [];
}

function ruleWithoutTags({ tags, rules }: Values): readonly Fault[] {
  return rules.flatMap((rule, index) =>
    rule.strategy === "newest-tag" && (rule.tags ?? tags) === null
      ? [withoutTags(["rules", index, "strategy"])]
      : [],
  );
}

function withoutTags(at: Fault["at"]): Fault {
  const where = at.length > 1 ? `${pathText(at.slice(0, -1))}.tags or tags` : "tags";
  return faultAt(at, "newest-tag", "says nothing without tags", { allowed: `set ${where}` });
}

function rulesNeverReached({ rules }: Values): readonly Fault[] {
  return rules.flatMap((rule, index) => {
    const first = rules.findIndex((other) => sameMatch(other, rule));
    if (first === index) return [];
    const fault = `never reached: rules[${first}] matches the same`;
    return [faultAt(["rules", index, "match"], undefined, fault)];
  });
}

function composeWithoutRoots({ heal }: Values): readonly Fault[] {
  if (heal.method !== "compose" || heal.composeRoots.length > 0) return [];
  const help = { allowed: "set heal.composeRoots" };
  return [faultAt(["heal", "method"], "compose", "finds nothing without composeRoots", help)];
}

const MATCH_FIELDS: readonly (keyof RuleMatch)[] = ["project", "service", "name", "label"];

function sameMatch(a: Rule, b: Rule): boolean {
  return MATCH_FIELDS.every((field) => (a.match[field] ?? null) === (b.match[field] ?? null));
}
