import { describe, expect, it } from "vitest";
import type { ComposeProject } from "../../../../src/domain/compose-project.ts";
import {
  definitionCommand,
  hashCommand,
  printedHashCommand,
  upCommand,
  type ComposeCommand,
  type ComposeProgram,
} from "../../../../src/domain/heal/compose-command.ts";

const OLD: ComposeProgram = { words: ["docker-compose"], version: "1.29.2" };
const NEW: ComposeProgram = { words: ["docker", "compose"], version: "2.40.3" };

const PROJECT: ComposeProject = {
  generation: 2,
  version: "2.40.3",
  project: "shop",
  service: "web",
  directory: "/srv/shop",
  files: ["/srv/shop/compose.yaml"],
  envFiles: [],
  separator: "-",
};
const OLD_PROJECT: ComposeProject = { ...PROJECT, generation: 1, separator: "_" };
const SELF = "-f /srv/shop/compose.yaml --project-directory /srv/shop";

function line({ words, directory }: ComposeCommand): string {
  expect(directory).toBe("/srv/shop");
  return words.join(" ");
}

describe("what Compose is told", () => {
  it.each<[string, ComposeProgram, ComposeProject, { scale: number; force: boolean }, string]>([
    [
      "2.x, one container",
      NEW,
      PROJECT,
      { scale: 1, force: true },
      `docker compose --ansi never ${SELF} -p shop up -d --no-deps --no-build --pull never --remove-orphans=false --force-recreate --scale web=1 web`,
    ],
    [
      "2.x, some of three stale",
      NEW,
      PROJECT,
      { scale: 3, force: false },
      `docker compose --ansi never ${SELF} -p shop up -d --no-deps --no-build --pull never --remove-orphans=false --scale web=3 web`,
    ],
    [
      "1.29, which knows no --pull",
      OLD,
      OLD_PROJECT,
      { scale: 1, force: true },
      `docker-compose --ansi never ${SELF} -p shop up -d --no-deps --no-build --force-recreate --scale web=1 web`,
    ],
    [
      "2.x whose containers have underscores",
      NEW,
      { ...PROJECT, separator: "_" },
      { scale: 1, force: true },
      `docker compose --ansi never --compatibility ${SELF} -p shop up -d --no-deps --no-build --pull never --remove-orphans=false --force-recreate --scale web=1 web`,
    ],
    [
      "several files and an environment file",
      NEW,
      { ...PROJECT, files: ["/srv/shop/a.yml", "/srv/shop/b.yml"], envFiles: ["/srv/shop/e"] },
      { scale: 1, force: true },
      "docker compose --ansi never -f /srv/shop/a.yml -f /srv/shop/b.yml --project-directory /srv/shop --env-file /srv/shop/e -p shop up -d --no-deps --no-build --pull never --remove-orphans=false --force-recreate --scale web=1 web",
    ],
  ])("%s", (_, program, project, options, expected) => {
    expect(line(upCommand(program, project, options))).toBe(expected);
  });

  it("is asked for the service's hash and definition in whatever profile it is", () => {
    const start = `docker compose --ansi never ${SELF} -p shop --profile * config`;
    expect(line(hashCommand(NEW, PROJECT))).toBe(`${start} --hash web`);
    expect(line(printedHashCommand(NEW, { ...PROJECT, envFiles: ["/srv/shop/e"] }))).toBe(
      "docker compose --ansi never -f - --project-directory /srv/shop -p shop --profile * config --hash web",
    );
    expect(line(definitionCommand(NEW, PROJECT))).toBe(`${start} --format json web`);
    expect(line(definitionCommand(OLD, OLD_PROJECT))).toBe(
      `docker-compose --ansi never ${SELF} -p shop config`,
    );
  });

  it("takes a path with blanks and quotes as one word, because no shell is between", () => {
    const project = { ...PROJECT, files: ["/srv/my shop/'x'.yml"] };
    expect(hashCommand(NEW, project).words).toContain("/srv/my shop/'x'.yml");
  });
});
