/** How many bytes a text takes in a mail, as quoted-printable: three for each that is not plain ASCII, and a little
 *  more than one otherwise, for the breaks of long lines. */
export function encodedSize(text: string): number {
  let bytes = 0;
  for (const byte of Buffer.from(text)) bytes += isPlain(byte) ? 1 : 3;
  return Math.ceil(bytes * 1.05);
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e && byte !== 0x3d;
}
