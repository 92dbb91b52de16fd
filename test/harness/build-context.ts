import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { type Pack, pack } from "tar-stream";
import { APPLETS, staticBusybox } from "./busybox.ts";
import type { FetchOptions } from "./packages.ts";

/** Files of an image: path in it → content. */
export type ImageFiles = Readonly<Record<string, string>>;

const ACCOUNTS = {
  "etc/passwd": "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
  "etc/group": "root:x:0:\nnogroup:x:65534:\n",
};

/** What `POST /build` takes: a Dockerfile, a busybox with its names, and the image's files. */
export async function buildContext(
  dockerfile: string,
  files: ImageFiles,
  options: FetchOptions = {},
): Promise<Readable> {
  const busybox = await readFile(await staticBusybox(options));
  const tar = pack();
  add(tar, "Dockerfile", dockerfile);
  add(tar, "base/bin/busybox", busybox, 0o755);
  for (const applet of APPLETS) {
    tar.entry({ ...entry(`base/bin/${applet}`), type: "symlink", linkname: "busybox" });
  }
  for (const [path, content] of Object.entries(ACCOUNTS)) add(tar, `base/${path}`, content);
  tar.entry({ ...entry("base/tmp"), type: "directory", mode: 0o1777 });
  tar.entry({ ...entry("files"), type: "directory", mode: 0o755 });
  for (const [path, content] of Object.entries(files)) {
    add(tar, `files/${path.replace(/^\/+/, "")}`, content, 0o755);
  }
  tar.finalize();
  return Readable.from(tar);
}

function add(tar: Pack, name: string, content: string | Buffer, mode = 0o644): void {
  tar.entry({ ...entry(name), mode }, content);
}

/** The same time always: a layer's identity must come from its content. */
function entry(name: string): { name: string; mtime: Date } {
  return { name, mtime: new Date(0) };
}
