import { randomBytes } from "node:crypto";

/** Without vowels and look-alikes: it is read aloud and typed, and must not spell anything. */
const ALPHABET = "23456789bcdfghjkmnpqrstvwxz";

/** Eight characters, about 38 bits: what an incident or a hold is called. */
export function newId(): string {
  return Array.from(randomBytes(8), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
