import type { Path } from "./path.ts";
import { isMapping, type RawMapping, type Written } from "./raw.ts";
import { faultAt, right, unknownKey, wrong, type Fault, type ValueType } from "./value-type.ts";

type Fields = Readonly<Record<string, ValueType<unknown>>>;
type ValueOf<V> = V extends ValueType<infer T> ? T : never;
/** An optional field that nobody set is null. */
export type RecordOf<R extends Fields, O extends Fields> = {
  readonly [K in keyof R]: ValueOf<R[K]>;
} & { readonly [K in keyof O]: ValueOf<O[K]> | null };

export interface RecordShape<R extends Fields, O extends Fields> {
  /** With its article: `a rule`. */
  readonly words: string;
  readonly required: R;
  readonly optional: O;
  /** At least one of the optional fields must be set. */
  readonly notEmpty?: boolean;
}

/** A mapping with known fields. */
export function record<R extends Fields, O extends Fields>(
  shape: RecordShape<R, O>,
): ValueType<RecordOf<R, O>> {
  const fields: Fields = { ...shape.required, ...shape.optional };
  const names = Object.keys(fields);
  const allowed = `write a mapping of ${names.join(", ")}`;
  return {
    words: shape.words,
    inEnvironment: "yaml",
    read: async (raw, at) => {
      if (!isMapping(raw)) return wrong(at, raw, `is not ${shape.words}`, { allowed });
      const read = await readFields(fields, raw, at);
      const faults = [...strangers(names, raw, at), ...missing(shape, raw, at), ...read.faults];
      if (faults.length > 0) return { ok: false, faults };
      if (shape.notEmpty === true && Object.values(read.values).every((value) => value === null))
        return { ok: false, faults: [nothingSaid(names, at)] };
      return right(read.values as RecordOf<R, O>);
    },
    write: (value) => writeFields(fields, value),
  };
}

function nothingSaid(names: readonly string[], at: Path): Fault {
  const allowed = `write at least one of ${names.join(", ")}`;
  return faultAt(at, undefined, "says nothing", { allowed });
}

interface FieldsRead {
  readonly values: Record<string, unknown>;
  readonly faults: readonly Fault[];
}

async function readFields(fields: Fields, raw: RawMapping, at: Path): Promise<FieldsRead> {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const [name, type] of Object.entries(fields)) {
    const own = Object.hasOwn(raw, name) ? (raw[name] ?? null) : null;
    const reading = own === null ? right(null) : await type.read(own, [...at, name]);
    if (reading.ok) values[name] = reading.value;
    else faults.push(...reading.faults);
  }
  return { values, faults };
}

function strangers(names: readonly string[], raw: RawMapping, at: Path): readonly Fault[] {
  const unknown = Object.keys(raw).filter((name) => !names.includes(name));
  return unknown.map((name) => unknownKey([...at, name], names));
}

function missing<R extends Fields, O extends Fields>(
  shape: RecordShape<R, O>,
  raw: RawMapping,
  at: Path,
): readonly Fault[] {
  const absent = Object.keys(shape.required).filter((name) => (raw[name] ?? null) === null);
  return absent.map((name) => faultAt(at, undefined, `${name} is missing`));
}

function writeFields(fields: Fields, value: Readonly<Record<string, unknown>>): Written {
  const entries = Object.entries(fields)
    .filter(([name]) => (value[name] ?? null) !== null)
    .map(([name, type]) => [name, type.write(value[name])] as const);
  return Object.fromEntries(entries);
}
