/** The engine's log answers: frames of an 8-byte header (stream, three zeros, length) and text, or, for a container with
 *  a terminal, plain text. The client library hands over what is no JSON as a buffer. */
export function demultiplexed(answer: unknown): string {
  const bytes = Buffer.isBuffer(answer) ? answer : Buffer.from(JSON.stringify(answer ?? ""));
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (!isHeader(bytes, at)) return bytes.toString("utf8");
    const length = bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
}

function isHeader(bytes: Buffer, at: number): boolean {
  if (at + 8 > bytes.length) return false;
  const zeros = bytes[at + 1] === 0 && bytes[at + 2] === 0 && bytes[at + 3] === 0;
  return (bytes[at] ?? 3) <= 2 && zeros;
}
