import { describe, expect, it } from "vitest";
import { composeProjectOf, projectPaths } from "../../../src/domain/compose-project.ts";

const PREFIX = "com.docker.compose.";

/** As Compose 2.x writes them, but for what a test says. */
function labels(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const all = {
    project: "shop",
    service: "web",
    "container-number": "1",
    oneoff: "False",
    version: "2.40.3",
    "project.working_dir": "/srv/shop",
    "project.config_files": "/srv/shop/compose.yaml",
    ...own,
  };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [PREFIX + key, value]));
}

describe("the project of a container", () => {
  it("is named by its labels", () => {
    expect(composeProjectOf(labels(), "shop-web-1")).toEqual({
      kind: "project",
      project: {
        generation: 2,
        version: "2.40.3",
        project: "shop",
        service: "web",
        directory: "/srv/shop",
        files: ["/srv/shop/compose.yaml"],
        envFiles: [],
        separator: "-",
      },
    });
  });

  it.each([
    ["of 1.29", { version: "1.29.2" }, "shop_web_1", { generation: 1, separator: "_" }],
    ["of 5.x", { version: "5.0.1" }, "shop-web-1", { generation: 2, separator: "-" }],
    ["of an unknown version", { version: "" }, "shop-web-1", { generation: 2, separator: "-" }],
    ["of 2.x with --compatibility", {}, "shop_web_1", { generation: 2, separator: "_" }],
    ["with a name of its own", {}, "shop_web", { generation: 2, separator: "-" }],
  ])("%s is made as it was", (_, own, name, project) => {
    expect(composeProjectOf(labels(own), name)).toMatchObject({ kind: "project", project });
  });

  it.each<[string, Record<string, string>, string]>([
    ["not Compose's", { project: "" }, "it is not a container of a Compose service"],
    ["a one-off", { oneoff: "True" }, "it is not a container of a Compose service"],
    [
      "labelled by its image alone",
      { "container-number": "" },
      "it is not a container of a Compose service",
    ],
    [
      "of a service that would be an option",
      { service: "--all" },
      "it is not a container of a Compose service",
    ],
    [
      "of a project that no Compose would name so",
      { project: "../x" },
      "it is not a container of a Compose service",
    ],
    [
      "of a project from standard input",
      { "project.config_files": "-" },
      "its project was read from standard input, which cannot be read again",
    ],
    [
      "of a project of which one part came from standard input",
      { "project.config_files": "/srv/shop/a.yaml,-" },
      "its project was read from standard input, which cannot be read again",
    ],
    [
      "without files",
      { "project.config_files": "" },
      "its labels do not say which files it was made from",
    ],
    [
      "without a directory",
      { "project.working_dir": "" },
      "its labels do not say which files it was made from",
    ],
    [
      "of a registry's project",
      { "project.config_files": "oci://registry/shop" },
      "its project names oci://registry/shop, which is no local path",
    ],
    [
      "in a relative directory",
      { "project.working_dir": "shop" },
      "its project names shop, which is no local path",
    ],
  ])("is refused when it is %s", (_, own, reason) => {
    expect(composeProjectOf(labels(own), "shop-web-1")).toEqual({ kind: "refused", reason });
  });
});

describe("paths in the labels of 1.29, which are relative to where it was called", () => {
  const paths = (directory: string, files: string, env = ""): unknown =>
    projectPaths(
      labels({
        "project.working_dir": directory,
        "project.config_files": files,
        "project.environment_file": env,
      }),
    );

  it.each<[string, string, string, string[], string, string[]]>([
    [
      "in the project's directory",
      "/srv/shop",
      "docker-compose.yml,docker-compose.override.yml",
      ["/srv/shop/docker-compose.yml", "/srv/shop/docker-compose.override.yml"],
      "",
      [],
    ],
    ["above it", "/srv/shop", "shop/x.yml", ["/srv/shop/x.yml"], "e.env", ["/srv/e.env"]],
    [
      "above it, with a file beside",
      "/srv/shop/sub",
      "shop/sub/x.yml,shop/y.yml",
      ["/srv/shop/sub/x.yml", "/srv/shop/y.yml"],
      "",
      [],
    ],
    [
      "below it",
      "/srv/shop",
      "../docker-compose.yml,../docker-compose.override.yml",
      ["/srv/shop/docker-compose.yml", "/srv/shop/docker-compose.override.yml"],
      "",
      [],
    ],
    ["with --project-directory .", "/srv/shop", "sub/x.yml", ["/srv/shop/sub/x.yml"], "", []],
    ["with absolute paths", "/srv/shop", "/etc/x.yml", ["/etc/x.yml"], "/etc/e", ["/etc/e"]],
  ])("called %s", (_, directory, files, expected, env, expectedEnv) => {
    expect(paths(directory, files, env)).toEqual({
      directory,
      files: expected,
      envFiles: expectedEnv,
    });
  });
});
