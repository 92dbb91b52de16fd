import { closeSync, openSync, readSync } from "node:fs";
import { findOnPath, tryCommand } from "./command.ts";
import { BUSYBOX, ENGINE, programIn } from "./package-sets.ts";
import { type FetchOptions, unpackedBefore, unpackedPackages } from "./packages.ts";

/** What the images of the tests and the first process of a namespace use. */
export const APPLETS = [
  ..."sh cat cp date echo env false find grep head hostname httpd id ip kill ls mkdir mount mv nc".split(
    " ",
  ),
  ..."nslookup ping printf ps pwd rm sed seq sleep stat tail test touch true wc wget".split(" "),
] as const;

let found: Promise<string> | undefined;

/** A busybox that runs in an image with nothing else in it: the machine's, or Debian's. */
export function staticBusybox(options: FetchOptions = {}): Promise<string> {
  found ??= findBusybox(options).catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function findBusybox(options: FetchOptions): Promise<string> {
  const own = findOnPath("busybox");
  if (own !== undefined && isStatic(own) && (await hasApplets(own))) return own;
  const folder = unpackedBefore(ENGINE) ?? (await unpackedPackages(BUSYBOX, options));
  return programIn(folder, "busybox");
}

async function hasApplets(busybox: string): Promise<boolean> {
  const { stdout } = await tryCommand(busybox, ["--list"]);
  const offered = new Set(stdout.split("\n"));
  return APPLETS.every((applet) => offered.has(applet));
}

/** A 64-bit little-endian ELF file without a PT_INTERP header, which would name a loader. */
function isStatic(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(4096);
    readSync(file, bytes, 0, bytes.length, 0);
    if (bytes.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") return false;
    const start = Number(bytes.readBigUInt64LE(32));
    const size = bytes.readUInt16LE(54);
    const count = bytes.readUInt16LE(56);
    const types = Array.from({ length: count }, (_, i) => bytes.readUInt32LE(start + i * size));
    return !types.includes(3);
  } finally {
    closeSync(file);
  }
}
