import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hiddenLoss } from "../../../../src/heal/compose/hidden-loss.ts";
import { folderForTest } from "./folder.ts";

const YAML = `
x-base: &base { image: app, ports: !reset [] }
services: { web: { <<: *base, configs: [nginx] }, db: { <<: *base } }
configs: { nginx: { content: "server {}" } }
`;

function lossOf(files: string, service = "web"): Promise<string | null> {
  const labels = {
    "com.docker.compose.service": service,
    "com.docker.compose.project.working_dir": "/srv",
    "com.docker.compose.project.config_files": files,
  };
  return hiddenLoss(labels);
}

describe("what a clone of a container would lack", () => {
  it("is found in files with tags and merges that only Compose knows", async () => {
    const file = folderForTest().write("compose.yaml", YAML);
    expect(await lossOf(file)).toMatch(/configs written inline \(nginx\)/);
    expect(await lossOf(`/nowhere.yaml,${file}`)).toMatch(/nginx/);
    expect(await lossOf(file, "db")).toBeNull();
  });

  it("is not known where the files cannot be read, and nothing waits for them", async () => {
    const folder = folderForTest();
    const pipe = join(folder.path, "pipe");
    execFileSync("mkfifo", [pipe]);
    const broken = folder.write("broken.yaml", "a: [");
    const huge = folder.write("huge.yaml", `${YAML}${"#".repeat(1_000_000)}`);
    for (const file of [pipe, "/dev/zero", folder.path, broken, huge, "/nowhere.yaml", "-", ""])
      expect(await lossOf(file)).toBeNull();
  });

  it("is nothing for a container that is not Compose's", async () => {
    expect(await hiddenLoss({})).toBeNull();
  });
});
