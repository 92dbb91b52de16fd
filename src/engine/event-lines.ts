/** Lines longer than this are not kept, in bytes. An event carries all labels of its container: a few kB at most. */
const LONGEST_LINE = 64 * 1024;
const NEWLINE = 0x0a;

/** The lines of an answer that goes on and on, cut anywhere; null in place of one that is too long, as soon as it is.
 *  Keeps no more than the longest line and what came last, whatever the other side sends. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  longest = LONGEST_LINE,
): AsyncGenerator<string | null> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks)
    for (let from = 0; from < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, from);
      const part = chunk.subarray(from, newline < 0 ? chunk.length : newline);
      from += part.length + 1;
      const wasTooLong = length > longest;
      length += part.length;
      if (length > longest) {
        parts = [];
        if (!wasTooLong) yield null;
      } else parts.push(part);
      if (newline < 0) continue;
      if (length > 0 && length <= longest) yield Buffer.concat(parts).toString("utf8");
      parts = [];
      length = 0;
    }
}
