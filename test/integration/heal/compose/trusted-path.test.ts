import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trustedPath } from "../../../../src/heal/compose/trusted-path.ts";
import { folderForTest } from "./folder.ts";

describe("a path that decides what runs as root", () => {
  it("is trusted when nobody else may write it, below a sticky /tmp too", async () => {
    const folder = folderForTest();
    const file = folder.write("shop/compose.yaml", "");
    expect(await trustedPath(file, "file")).toEqual({ kind: "trusted", path: file });
    expect(await trustedPath(folder.path, "folder")).toEqual({
      kind: "trusted",
      path: folder.path,
    });
  });

  it("is followed to the real one", async () => {
    const folder = folderForTest();
    const file = folder.write("releases/5/compose.yaml", "");
    symlinkSync("releases/5", join(folder.path, "current"));
    symlinkSync(join(folder.path, "current"), join(folder.path, "again"));
    const link = `${folder.path}/again/../again/./compose.yaml`;
    // As the kernel does it: `..` leaves the folder that the link leads to.
    expect(await trustedPath(link, "file")).toMatchObject({ kind: "absent" });
    expect(await trustedPath(join(folder.path, "again/compose.yaml"), "file")).toEqual({
      kind: "trusted",
      path: file,
    });
  });

  it.each([
    ["its group", 0o664],
    ["others", 0o646],
  ])("is refused when %s may write it", async (_, mode) => {
    const file = folderForTest().write("compose.yaml", "", mode);
    expect(await trustedPath(file, "file")).toEqual({
      kind: "refused",
      reason: `${file} is writable by its group or by others (chmod go-w)`,
    });
  });

  it.each([0o775, 0o757])("is refused when a folder above it has the mode %o", async (mode) => {
    const folder = folderForTest();
    const file = folder.write("srv/shop/compose.yaml", "");
    chmodSync(join(folder.path, "srv"), mode);
    expect(await trustedPath(file, "file")).toEqual({
      kind: "refused",
      reason: `${join(folder.path, "srv")} is writable by its group or by others (chmod go-w)`,
    });
  });

  it("is refused when a folder that only a link on the way lies in is open to others", async () => {
    const folder = folderForTest();
    folder.write("releases/compose.yaml", "");
    mkdirSync(join(folder.path, "open"));
    symlinkSync(join(folder.path, "releases"), join(folder.path, "open/current"));
    chmodSync(join(folder.path, "open"), 0o777);
    const path = join(folder.path, "open/current/compose.yaml");
    expect(await trustedPath(path, "file")).toMatchObject({ kind: "refused" });
  });

  it("a project's own folder may not be open to others even if it is sticky: they could put a .env there", async () => {
    const folder = folderForTest();
    chmodSync(folder.path, 0o1777);
    expect(await trustedPath(folder.path, "folder")).toMatchObject({ kind: "refused" });
  });

  it("is refused when it is no regular file", async () => {
    const { path } = folderForTest();
    expect(await trustedPath(path, "file")).toEqual({
      kind: "refused",
      reason: `${path} is not a regular file`,
    });
    expect(await trustedPath("/dev/null", "file")).toMatchObject({ kind: "refused" });
  });

  it("is refused when its links lead round in a circle", async () => {
    const { path } = folderForTest();
    symlinkSync("b", join(path, "a"));
    symlinkSync("a", join(path, "b"));
    expect(await trustedPath(join(path, "a/x"), "file")).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("circle") as string,
    });
  });

  it("is absent when it is not there", async () => {
    const path = join(folderForTest().path, "no/compose.yaml");
    expect(await trustedPath(path, "file")).toEqual({
      kind: "absent",
      reason: `${path} is not there`,
    });
  });
});
