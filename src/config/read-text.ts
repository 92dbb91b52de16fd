import { createReadStream } from "node:fs";

/** A configuration that is larger is a mistake: the wrong file, or a hostile one. */
export const MOST_BYTES = 1024 * 1024;

/** Reads at most `limit` bytes of a file; throws what `node:fs` throws. */
export type ReadFile = (path: string, limit: number) => Promise<Uint8Array>;

export const readFileStart: ReadFile = async (path, limit) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of createReadStream(path, { end: limit - 1 }))
    chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
};

export type TextReading =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly fault: string };

/** A whole small text file, or in words why not. */
export async function readText(path: string, read: ReadFile): Promise<TextReading> {
  try {
    const bytes = await read(path, MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) return { kind: "unreadable", fault: "is larger than 1 MB" };
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return { kind: "absent" };
    return { kind: "unreadable", fault: FAULTS[code] ?? `cannot be read (${code})` };
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  EISDIR: "is a directory",
  ENOTDIR: "lies in something that is no directory",
  ELOOP: "is a link that leads back to itself",
  ERR_ENCODING_INVALID_ENCODED_DATA: "is not UTF-8 text",
};

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return error.code;
  throw error;
}
