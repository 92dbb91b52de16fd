import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { APPLETS, staticBusybox } from "./busybox.ts";
import type { FetchOptions } from "./packages.ts";

/** Files of an image: path in it → content. */
export type ImageFiles = Readonly<Record<string, string>>;

/** What is in an image besides its base. */
export interface ImageContent {
  readonly files?: ImageFiles | undefined;
}

const ACCOUNTS = {
  "etc/passwd": "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
  "etc/group": "root:x:0:\nnogroup:x:65534:\n",
};

type Entry = { readonly name: string } & (
  | { readonly kind: "file"; readonly content: string; readonly mode: number }
  | { readonly kind: "copy"; readonly of: string; readonly mode: number }
  | { readonly kind: "link"; readonly to: string }
  | { readonly kind: "folder"; readonly mode: number }
);

/** What `POST /build` takes: a Dockerfile, a busybox with its names, and the image's files. */
export async function buildContext(
  dockerfile: string,
  files: ImageFiles,
  options: FetchOptions = {},
): Promise<Readable> {
  const tar = pack();
  // The same time always: a layer's identity must come from its content.
  const mtime = new Date(0);
  for (const entry of await entriesOf(dockerfile, files, options)) {
    const { name } = entry;
    if (entry.kind === "link") tar.entry({ name, mtime, type: "symlink", linkname: entry.to });
    else if (entry.kind === "folder") {
      tar.entry({ name, mtime, type: "directory", mode: entry.mode });
    } else {
      const content = entry.kind === "file" ? entry.content : await readFile(entry.of);
      tar.entry({ name, mtime, mode: entry.mode }, content);
    }
  }
  tar.finalize();
  return Readable.from(tar);
}

/** The same as a folder, anew where there is one. */
export async function writeBuildContext(
  folder: string,
  dockerfile: string,
  files: ImageFiles,
  options: FetchOptions = {},
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const entry of await entriesOf(dockerfile, files, options)) {
    const path = join(folder, entry.name);
    await mkdir(entry.kind === "folder" ? path : dirname(path), { recursive: true });
    if (entry.kind === "link") await symlink(entry.to, path);
    else {
      if (entry.kind === "file") await writeFile(path, entry.content);
      if (entry.kind === "copy") await copyFile(entry.of, path);
      // Whatever the umask is: a layer's identity must come from its content.
      await chmod(path, entry.mode);
    }
  }
}

async function entriesOf(
  dockerfile: string,
  files: ImageFiles,
  options: FetchOptions,
): Promise<Entry[]> {
  const busybox = await staticBusybox(options);
  return [
    text("Dockerfile", dockerfile, 0o644),
    { kind: "folder", name: "base", mode: 0o755 },
    { kind: "folder", name: "base/bin", mode: 0o755 },
    { kind: "copy", name: "base/bin/busybox", of: busybox, mode: 0o755 },
    ...APPLETS.map((name): Entry => ({ kind: "link", name: `base/bin/${name}`, to: "busybox" })),
    { kind: "folder", name: "base/etc", mode: 0o755 },
    ...Object.entries(ACCOUNTS).map(([path, content]) => text(`base/${path}`, content, 0o644)),
    { kind: "folder", name: "base/tmp", mode: 0o1777 },
    { kind: "folder", name: "files", mode: 0o755 },
    ...Object.entries(files).map(([path, content]) =>
      text(`files/${path.replace(/^\/+/, "")}`, content, 0o755),
    ),
  ];
}

function text(name: string, content: string, mode: number): Entry {
  return { kind: "file", name, content, mode };
}
