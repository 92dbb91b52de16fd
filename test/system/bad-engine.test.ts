import { chmodSync } from "node:fs";
import { describe, expect } from "vitest";
import { errorDocument } from "./documents.ts";
import { proxyTo } from "./engine-proxy.ts";
import { httpAnswer, oddEngine } from "./odd-engine.ts";
import { it } from "./scene.ts";

const NOBODY = 65534;

describe.concurrent("a socket that this user may not use", () => {
  it("is said so, with what to do, and the daemon goes on asking", async ({
    scene,
    onTestFinished,
  }) => {
    scene.giveTo(NOBODY);
    const socket = scene.file("engine.sock");
    const proxy = await proxyTo(scene.engine, socket);
    onTestFinished(() => proxy.close());
    chmodSync(socket, 0o600);
    const env = { DOCKER_HOST: proxy.host };
    const nobody = { uid: NOBODY };
    const { code, stdout } = await scene.stalewatch(["check", "--json"], env, nobody);
    expect(code).toBe(3);
    expect(errorDocument(stdout).error).toMatchObject({
      code: "ENGINE_PERMISSION",
      message: expect.stringContaining("this user may not use it") as string,
      hint: expect.stringContaining("sudo usermod -aG docker $USER") as string,
    });

    const daemon = scene.daemon(env, nobody);
    expect(await daemon.logged("engine-unreachable")).toMatchObject({ code: "ENGINE_PERMISSION" });
    expect(await scene.message()).toContain("the engine gives no answer");
    chmodSync(socket, 0o666);
    expect(await scene.message()).toContain("the engine answers again");
  });
});

describe.concurrent("an engine that hangs in the middle of an answer", () => {
  it("is given up after the timeout, and is back when it goes on", async ({
    scene,
    onTestFinished,
  }) => {
    await scene.start("web");
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    proxy.hang();
    const env = { DOCKER_HOST: proxy.host, STALEWATCH_ENGINE_TIMEOUT: "1s" };
    const { code, stderr } = await scene.stalewatch(["check"], env);
    expect(code).toBe(3);
    expect(stderr).toContain("gave no whole answer to GET /version within 1 s");
    expect(stderr).toContain("raise engine.timeout");

    const daemon = scene.daemon(env);
    expect(await daemon.logged("engine-unreachable")).toMatchObject({ code: "ENGINE_TIMEOUT" });
    expect(await scene.message()).toContain("the engine gives no answer");
    proxy.goOn();
    expect(await scene.message()).toContain("the engine answers again");
  });
});

describe.concurrent("a command that waits for an engine that hangs", () => {
  it("ends with 3 on Ctrl-C, and calls it no fault of its own", async ({
    scene,
    onTestFinished,
  }) => {
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    proxy.hang();
    const interrupted = ["timeout", "--foreground", "--preserve-status", "--signal=INT", "3"];
    const { code, stderr } = await scene.stalewatch(
      ["check"],
      { DOCKER_HOST: proxy.host },
      { via: interrupted },
    );
    expect({ code, stderr: stderr.replace(/^.*engine alone.*\n/, "") }).toEqual({
      code: 3,
      stderr: "stalewatch: interrupted by SIGINT\n",
    });
  });
});

describe.concurrent("something that is no engine", () => {
  it.for([
    ["a web page", httpAnswer("<html><body>hello</body></html>")],
    ["an empty answer", httpAnswer("")],
    ["null", httpAnswer("null")],
    ["a list", httpAnswer("[1, 2]")],
    ["a document of something else", httpAnswer('{"ApiVersion": 7, "ID": null}')],
    ["an engine that nobody can be", httpAnswer('{"ApiVersion": "x", "ID": "y"}')],
    ["a version, and then nonsense", httpAnswer('{"ApiVersion": "1.41", "ID": "y"}')],
    ["an error", httpAnswer('{"message": "no \u001b[31mway"}', "500 Internal Server Error")],
    ["a redirect", httpAnswer("", "301 Moved\r\nLocation: http://127.0.0.1:9/")],
    ["no HTTP at all", "SSH-2.0-OpenSSH_9.2p1\r\n"],
    ["a closed connection", ""],
    ["half a header", "HTTP/1.1 200 OK\r\nContent-Le"],
    ["half a body", httpAnswer('{"ApiVersion": "1.41"}').slice(0, -4)],
  ])(
    "such as %s, is told in one sentence with a hint",
    async ([, answer = ""], { scene, onTestFinished }) => {
      const odd = await oddEngine(scene.file("engine.sock"), answer);
      onTestFinished(() => odd.close());
      const { code, stdout, stderr } = await scene.stalewatch(["check", "--json"], {
        DOCKER_HOST: odd.host,
        STALEWATCH_ENGINE_TIMEOUT: "2s",
      });
      expect(code).toBe(3);
      const { error } = errorDocument(stdout);
      expect(error.code).toMatch(/^ENGINE_/);
      expect(error.hint).not.toBeNull();
      expect(stderr).not.toMatch(/\n\s+at |[^\P{C}\n]/u);
    },
  );

  it("does not stop the daemon, which alerts as soon as the engine is there", async ({ scene }) => {
    const web = await scene.startStale("web");
    const socket = scene.file("engine.sock");
    const odd = await oddEngine(socket, httpAnswer("null"));
    const daemon = scene.daemon({ DOCKER_HOST: odd.host });
    expect(await daemon.logged("engine-unreachable")).toMatchObject({ code: "ENGINE_BAD_ANSWER" });
    await odd.close();
    const proxy = await proxyTo(scene.engine, socket);
    await scene.messageWith(`Stale: ${web.name} `);
    await daemon.stop();
    await proxy.close();
  });
});

describe.concurrent("what is gone between two looks", () => {
  it("is left out: a container, after the list of all", async ({ scene, onTestFinished }) => {
    const [web, api] = [await scene.startStale("web"), await scene.startStale("api")];
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const { Id: id } = await scene.engine.docker.getContainer(web.name).inspect();
    const asked: string[] = [];
    proxy.before(async (path) => {
      if (!path.includes(`/containers/${id}/`)) return;
      asked.push(path);
      await scene.engine.docker.getContainer(id).remove({ force: true });
    });
    const { code, stdout } = await scene.stalewatch(
      ["check", "--json", "--project", scene.project],
      { DOCKER_HOST: proxy.host },
    );
    expect(asked).toHaveLength(1);
    expect(code).toBe(2);
    const { containers } = JSON.parse(stdout) as { containers: { name: string }[] };
    expect(containers.map(({ name }) => name)).toEqual([api.name]);
  });

  it("is no fault: an image, after the list of all", async ({ scene, onTestFinished }) => {
    const web = await scene.startStale("web");
    const { Id: newest } = await scene.engine.docker.getImage(web.image).inspect();
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const asked: string[] = [];
    proxy.before(async (path) => {
      if (!path.includes(`/images/${newest}/`) && !path.includes(encodeURIComponent(newest)))
        return;
      asked.push(path);
      await scene.engine.docker.getImage(newest).remove({ force: true });
    });
    const { code } = await scene.stalewatch(["check", "--project", scene.project], {
      DOCKER_HOST: proxy.host,
    });
    expect(asked).toHaveLength(1);
    expect(code).toBe(2);
  });
});
