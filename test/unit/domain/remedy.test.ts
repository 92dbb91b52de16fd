import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { quote, remedyFor } from "../../../src/domain/remedy.ts";
import { isDiverged } from "../../../src/domain/verdict.ts";
import { builtFor, container, rebuilt, type ContainerSketch } from "./builders.ts";
import { judged, type Scene } from "./outcome.ts";
import { taskSketch } from "./tasks.ts";

function remedy(labels: Record<string, string>, sketch: ContainerSketch = {}): string | null {
  const judgement = judged({ host: rebuilt({ ...sketch, labels }) });
  if (!isDiverged(judgement)) throw new Error("not diverged");
  return remedyFor(judgement);
}

const files = (list: string, directory = "/srv/shop"): Record<string, string> => ({
  "com.docker.compose.project.working_dir": directory,
  "com.docker.compose.project.config_files": list,
});

describe("the command that ends it", () => {
  const up = "-p shop up -d --no-deps --force-recreate web";
  it.each([
    ["no files known", {}, `docker compose ${up}`],
    [
      "one file, as 2.x says it",
      files("/srv/shop/compose.yml"),
      `docker compose -f /srv/shop/compose.yml ${up}`,
    ],
    [
      "one file, as 1.29 says it",
      files("compose.yml"),
      `docker compose -f /srv/shop/compose.yml ${up}`,
    ],
    [
      "made by 1.29, called above the project's directory",
      { ...files("shop/compose.yml"), "com.docker.compose.version": "1.29.2" },
      `docker-compose -f /srv/shop/compose.yml ${up}`,
    ],
    ["a directory without files", files(""), `docker compose ${up}`],
    [
      "several files",
      files("/srv/shop/a.yml,/srv/shop/b.yml"),
      `docker compose -f /srv/shop/a.yml -f /srv/shop/b.yml ${up}`,
    ],
    [
      "files of another folder than the project's",
      files("/etc/shop/a.yml"),
      `docker compose -f /etc/shop/a.yml --project-directory /srv/shop ${up}`,
    ],
    [
      "an environment file, without which its variables would be blank",
      {
        ...files("/srv/shop/c.yml"),
        "com.docker.compose.project.environment_file": "/srv/shop/prod.env",
      },
      `docker compose -f /srv/shop/c.yml --env-file /srv/shop/prod.env ${up}`,
    ],
    ["a relative file of no directory", files("c.yml", ""), `docker compose -f c.yml ${up}`],
    [
      "a blank in a path",
      files("/my shop/c.yml", "/my shop"),
      `docker compose -f '/my shop/c.yml' ${up}`,
    ],
  ])("%s", (_, labels, command) => {
    expect(remedy(labels)).toBe(command);
  });

  it("keeps the scale of a service, which Compose would take back to what the files say", () => {
    const second = container({ name: "shop-web-2", compose: "shop/web/2" });
    const down = container({ name: "shop-web-3", compose: "shop/web/3", state: "exited" });
    const other = container({ name: "blog-web-1", compose: "blog/web/1" });
    const host = rebuilt({}, { containers: [second, down, other] });
    const judgement = judged({ host });
    if (!isDiverged(judgement)) throw new Error("not diverged");
    expect(remedyFor(judgement)).toBe(
      "docker compose -p shop up -d --no-deps --force-recreate --scale web=2 web",
    );
  });

  it("cannot be named for a project that came through a pipe", () => {
    expect(remedy(files("-"))).toBeNull();
  });

  it("cannot be named for a container that Compose did not create", () => {
    expect(remedy({}, { compose: null })).toBeNull();
  });

  it("cannot be named for one that merely inherited Compose's labels from its image", () => {
    expect(remedy({ "com.docker.compose.container-number": "" })).toBeNull();
  });

  it("cannot be named for a one-off: that would recreate the service instead", () => {
    const oneOff = { "com.docker.compose.oneoff": "True", "stalewatch.enable": "true" };
    expect(remedy(oneOff)).toBeNull();
  });

  it("cannot be named for a service that would be read as an option", () => {
    expect(remedy({ "com.docker.compose.service": "--remove-orphans" })).toBeNull();
  });
});

describe("the command for a Swarm service", () => {
  const ofTask = (sketch: ContainerSketch = {}, scene: Partial<Scene> = {}): string | null => {
    const judgement = judged({ host: rebuilt(taskSketch("shop_web.1.x7f", sketch)), ...scene });
    if (!isDiverged(judgement)) throw new Error("not diverged");
    return remedyFor(judgement);
  };

  it("forces an update of the service: its container is never touched", () => {
    expect(ofTask()).toBe("docker service update --force shop_web");
  });

  it("is Swarm's, too, when Compose built the image", () => {
    const labels = builtFor("shop", "web");
    expect(ofTask({ labels })).toBe("docker service update --force shop_web");
  });

  it("names the newest tag where another one is newest, and asks no registry for it", () => {
    const policy = { strategy: "newest-tag", tags: ["*"] } as const;
    expect(ofTask({}, { policy })).toBe(
      "docker service update --no-resolve-image --image shop-web:latest shop_web",
    );
  });

  it("cannot be named for a service that would be read as an option", () => {
    const labels = {
      "com.docker.swarm.service.name": "--rollback",
      "com.docker.swarm.task.name": "--rollback.1.x7f",
    };
    expect(ofTask({ labels })).toBeNull();
  });

  it("has no room for a second command", () => {
    const labels = {
      "com.docker.swarm.service.name": "web; reboot",
      "com.docker.swarm.task.name": "web; reboot.1.x7f",
    };
    expect(ofTask({ labels })).toBe("docker service update --force 'web; reboot'");
  });
});

const HOSTILE = [
  "; touch /tmp/x",
  "$(touch /tmp/x)",
  "`touch /tmp/x`",
  "a && b || c",
  "it's",
  "'; touch /tmp/x; '",
  `"quoted"`,
  "back\\slash\\",
  "two\nlines",
  "*",
  "~root",
  "$HOME",
  "!!",
  "#no comment",
  "{a,b}",
  "<in >out",
  "tab\there",
  "ünïcödé 🐳",
  "",
  " ",
  "'",
  "\\'",
];

describe("hostile labels cannot become a second command", () => {
  /** What a real shell takes the words of the text for. */
  function shellWords(text: string): string[] {
    const out = execFileSync("sh", ["-c", `printf '%s\\0' ${text}`], { encoding: "utf8" });
    return out.split("\0").slice(0, -1);
  }

  it("quoted, each is one word for a real shell, and the same word", () => {
    expect(shellWords(HOSTILE.map(quote).join(" "))).toEqual(HOSTILE);
  });

  it("in a whole command, each stays where it was put", () => {
    for (const word of HOSTILE.filter((text) => text !== "" && !/[,-]/.test(text))) {
      const command = remedy({
        "com.docker.compose.project": word,
        "com.docker.compose.service": word,
        ...files(`/srv/${word}`, `/srv/${word}`.replace(/\/[^/]*$/, "")),
      });
      expect(shellWords(command ?? "")).toEqual([
        ...["docker", "compose", "-f", `/srv/${word}`, "-p", word],
        ...["up", "-d", "--no-deps", "--force-recreate", word],
      ]);
    }
  });

  it("what needs no quotes gets none", () => {
    const plain = ["web", "/srv/a_b-c.yml", "a@b", "x=1", "50%", "a+b,c:d"];
    expect(plain.map(quote)).toEqual(plain);
  });
});
