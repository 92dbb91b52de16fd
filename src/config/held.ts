import { parseEngineHost } from "./engine-host.ts";
import { NAMED_KEYS, type NamedKey } from "./key-list.ts";
import type { Origin } from "./origin.ts";
import { stepsOf, type Path } from "./path.ts";
import type { ReadGiven } from "./read-givens.ts";
import type { Values } from "./schema.ts";

/** The value that holds for a key, after all sources. */
export interface Held {
  readonly named: NamedKey;
  /** The default where the value that was given cannot be read. */
  readonly value: unknown;
  readonly sound: boolean;
  readonly origin: Origin;
  readonly originAt: (at: Path) => Origin;
}

/** `read` comes in the order of precedence, the strongest first. */
export function heldValues(read: readonly ReadGiven[]): readonly Held[] {
  const asked = withoutOverriddenTls(read);
  return NAMED_KEYS.map((named) => {
    const strongest = asked.find(({ given }) => given.key === named);
    return strongest === undefined ? heldByDefault(named) : heldBySource(strongest);
  });
}

function heldByDefault(named: NamedKey): Held {
  const origin: Origin = { kind: "default" };
  return { named, value: named.key.default, sound: true, origin, originAt: () => origin };
}

function heldBySource({ given, reading }: ReadGiven): Held {
  const { key: named, origin, originAt } = given;
  const value = reading.ok ? reading.value : named.key.default;
  return { named, value, sound: reading.ok, origin, originAt };
}

/** `--host unix://…` in front of a file that speaks of tcp with TLS means the socket: it takes the file's TLS with
 *  the file's host. Both from one source contradict each other instead. */
function withoutOverriddenTls(read: readonly ReadGiven[]): readonly ReadGiven[] {
  const position = read.findIndex(({ given }) => given.key.path === "engine.host");
  const host = read[position]?.given;
  if (host === undefined || typeof host.raw !== "string") return read;
  if (parseEngineHost(host.raw).kind !== "unix") return read;
  return read.filter(({ given }, index) => {
    const weaker = index > position && given.origin.kind !== host.origin.kind;
    return !(weaker && given.key.path.startsWith("engine.tls."));
  });
}

/** The held values nested as in the file. */
export function nested(held: readonly Held[]): Values {
  const root: Record<string, unknown> = {};
  for (const { named, value } of held) {
    const steps = stepsOf(named.path);
    const parent = steps.slice(0, -1).reduce(child, root);
    parent[steps.at(-1) ?? ""] = value;
  }
  // The schema names every path once, and each type reads what the schema says that it reads.
  return root as Values;
}

function child(parent: Record<string, unknown>, step: string): Record<string, unknown> {
  const own = (parent[step] ?? {}) as Record<string, unknown>;
  parent[step] = own;
  return own;
}
