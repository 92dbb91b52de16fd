import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture as pixels of three bytes each, row by row. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const RGB = 2;
const PALETTE = 3;
const COLOURS_AT_MOST = 256;

/** The same picture in at most 256 colours, which is a third of the size. The areas keep theirs; only edges of letters
 *  may get the next best one. For what a browser makes: 8 bits, RGB, not interlaced. */
export function withPalette(png: Buffer): Buffer {
  const pixels = decoded(png);
  const counts = countsOf(pixels);
  const colours = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, COLOURS_AT_MOST)
    .map(([colour]) => colour);
  const indexOf = new Map(
    Array.from(counts.keys(), (colour) => [colour, nearest(colour, colours)]),
  );
  return encoded(pixels, colours, (colour) => indexOf.get(colour) ?? 0);
}

function countsOf({ bytes }: Pixels): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += 3) {
    const colour = bytes.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

function nearest(colour: number, among: readonly number[]): number {
  const distances = among.map((one) => distance(colour, one));
  return distances.indexOf(Math.min(...distances));
}

function distance(a: number, b: number): number {
  const between = (bits: number): number => ((a >> bits) & 255) - ((b >> bits) & 255);
  return between(16) ** 2 + between(8) ** 2 + between(0) ** 2;
}

function encoded(
  { width, height, bytes }: Pixels,
  colours: readonly number[],
  indexOf: (colour: number) => number,
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = PALETTE;
  const palette = Buffer.alloc(colours.length * 3);
  colours.forEach((colour, i) => palette.writeUIntBE(colour, i * 3, 3));
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.from([
      0,
      ...Array.from({ length: width }, (_, x) => indexOf(bytes.readUIntBE((y * width + x) * 3, 3))),
    ]),
  );
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

function decoded(png: Buffer): Pixels {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === "IHDR")?.content ?? Buffer.alloc(13);
  if (header[8] !== 8 || header[9] !== RGB || header[12] !== 0)
    throw new Error("the picture is not of 8 bits, RGB, not interlaced");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const parts = chunks.filter(({ type }) => type === "IDAT").map(({ content }) => content);
  return { width, height, bytes: unfiltered(inflateSync(Buffer.concat(parts)), width, height) };
}

function chunksOf(png: Buffer): { readonly type: string; readonly content: Buffer }[] {
  const found = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    found.push({ type, content: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return found;
}

/** Takes back what was done to each row so that it packs better. */
function unfiltered(rows: Buffer, width: number, height: number): Buffer {
  const stride = width * 3;
  const bytes = Buffer.alloc(stride * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : (bytes[y * stride + x] ?? 0));
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const filter = rows[start] ?? 0;
    for (let x = 0; x < stride; x++) {
      const [left, up, corner] = [at(x - 3, y), at(x, y - 1), at(x - 3, y - 1)];
      const raw = rows[start + 1 + x] ?? 0;
      bytes[y * stride + x] = raw + predicted(filter, left, up, x < 3 ? 0 : corner);
    }
  }
  return bytes;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return Math.floor((left + up) / 2);
    case 4:
      return paeth(left, up, corner);
    default:
      return 0;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((one) => Math.abs(guess - one));
  if (a === undefined || b === undefined || c === undefined) return 0;
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
