import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ComposeProject } from "../../../../src/domain/compose-project.ts";
import { projectFiles } from "../../../../src/heal/compose/project-files.ts";
import { folderForTest, type Folder } from "./folder.ts";

const YAML = "services: { web: { image: app } }\n";

function projectIn(folder: Folder, own: Partial<ComposeProject> = {}): ComposeProject {
  return {
    generation: 2,
    version: "2.40.3",
    project: "shop",
    service: "web",
    directory: folder.path,
    files: [folder.write("compose.yaml", YAML)],
    envFiles: [],
    separator: "-",
    ...own,
  };
}

describe("a project's files", () => {
  it("are read where they lie inside a root, with the variables of .env", async () => {
    const folder = folderForTest();
    folder.write(".env", "A=1\nB=2\n");
    expect(await projectFiles(projectIn(folder), ["/nowhere", folder.path])).toEqual({
      kind: "files",
      files: {
        documents: [{ services: { web: { image: "app" } } }],
        variables: new Set(["A", "B"]),
      },
    });
  });

  it("may do without a .env, and do not read it where another one is named", async () => {
    const folder = folderForTest();
    const project = projectIn(folder);
    const none = await projectFiles(project, [folder.path]);
    expect(none).toMatchObject({ files: { variables: new Set() } });
    folder.write(".env", "A=1\n", 0o666);
    const envFiles = [folder.write("prod.env", "B=1\n")];
    expect(await projectFiles({ ...project, envFiles }, [folder.path])).toMatchObject({
      files: { variables: new Set(["B"]) },
    });
  });

  it("lie inside a root that is reached through a link", async () => {
    const [folder, other] = [folderForTest(), folderForTest()];
    const root = join(other.path, "srv");
    symlinkSync(folder.path, root);
    expect(await projectFiles(projectIn(folder), [root])).toMatchObject({ kind: "files" });
  });

  it.each<[string, (folder: Folder, outside: Folder) => Partial<ComposeProject>, RegExp]>([
    [
      "a file lies outside",
      (_, outside) => ({ files: [outside.write("c.yaml", YAML)] }),
      /c\.yaml is not inside heal\.composeRoots$/,
    ],
    [
      "the directory lies outside",
      (_, outside) => ({ directory: outside.path }),
      /is not inside heal\.composeRoots$/,
    ],
    [
      "an environment file lies outside",
      (_, outside) => ({ envFiles: [outside.write("e", "")] }),
      /e is not inside heal\.composeRoots$/,
    ],
    [
      "a link leads outside",
      (folder, outside) => {
        const link = join(folder.path, "link.yaml");
        symlinkSync(outside.write("c.yaml", YAML), link);
        return { files: [link] };
      },
      /link\.yaml is not inside heal\.composeRoots$/,
    ],
    [
      "a file is another one's to change",
      (folder) => ({ files: [folder.write("c.yaml", YAML, 0o666)] }),
      /c\.yaml is writable by/,
    ],
    [
      "a named environment file is not there",
      (folder) => ({ envFiles: [join(folder.path, "prod.env")] }),
      /prod\.env is not there$/,
    ],
    [
      "the .env is another one's to change",
      (folder) => {
        folder.write(".env", "", 0o666);
        return {};
      },
      /\.env is writable by/,
    ],
    [
      "the directory is another one's to change",
      (folder) => {
        chmodSync(folder.path, 0o777);
        return {};
      },
      /is writable by/,
    ],
  ])("are refused when %s", async (_, change, reason) => {
    const [folder, outside] = [folderForTest(), folderForTest()];
    const project = projectIn(folder);
    const answer = await projectFiles({ ...project, ...change(folder, outside) }, [folder.path]);
    expect(answer).toEqual({ kind: "refused", reason: expect.stringMatching(reason) as string });
  });

  it("a root's namesake beside it is another folder", async () => {
    const folder = folderForTest();
    folder.write("srv-old/compose.yaml", YAML);
    const directory = join(folder.path, "srv-old");
    const files = [join(directory, "compose.yaml")];
    const project = projectIn(folder, { directory, files });
    expect(await projectFiles(project, [join(folder.path, "srv")])).toMatchObject({
      kind: "refused",
    });
  });
});

describe("files that 1.x draws in, which no hash vouches for", () => {
  const extending = (file: string): string =>
    `services: { web: { extends: { file: "${file}", service: web } } }\n`;

  it("are read too, each relative to the one that names it", async () => {
    const folder = folderForTest();
    folder.write("base/a.yaml", extending("b.yaml"));
    folder.write("base/b.yaml", 'services: { web: { image: "app:${TAG}", env_file: web.env } }');
    folder.write("base/web.env", "");
    const files = [folder.write("main.yaml", extending("base/a.yaml"))];
    const project = projectIn(folder, { generation: 1, files });
    const answer = await projectFiles(project, [folder.path]);
    expect(answer).toMatchObject({ kind: "files" });
    expect(JSON.stringify(answer)).toContain("app:${TAG}");
  });

  it.each([
    ["../outside.yaml", /outside\.yaml is not (there|inside)/],
    ["open.yaml", /open\.yaml is writable by/],
    ["${DIR}/base.yaml", /^its project names a file by a variable: \$\{DIR\}\/base\.yaml$/],
  ])("are refused: %s", async (file, reason) => {
    const folder = folderForTest();
    folder.write("open.yaml", YAML, 0o666);
    const files = [folder.write("main.yaml", extending(file))];
    const project = projectIn(folder, { generation: 1, files });
    expect(await projectFiles(project, [folder.path])).toEqual({
      kind: "refused",
      reason: expect.stringMatching(reason) as string,
    });
  });

  it("may name each other", async () => {
    const folder = folderForTest();
    folder.write("a.yaml", extending("b.yaml"));
    folder.write("b.yaml", extending("a.yaml"));
    const files = [join(folder.path, "a.yaml")];
    const project = projectIn(folder, { generation: 1, files });
    expect(await projectFiles(project, [folder.path])).toMatchObject({ kind: "files" });
  });
});
