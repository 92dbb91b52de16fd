import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { FILE, load, originOf, problemLines, type Sources } from "./sources.ts";

const URL = "notify.slack.webhookUrl";
const URL_ENV = "STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL";

describe("the strongest source holds", () => {
  const layers: readonly (readonly [string, Sources])[] = [
    ["default", {}],
    [`file ${FILE}:1`, { file: "engine: { host: tcp://file:1 }" }],
    ["env STALEWATCH_ENGINE_HOST", { env: { STALEWATCH_ENGINE_HOST: "tcp://env:1" } }],
    ["flag --host", { flags: { host: "tcp://flag:1" } }],
  ];

  it.each(layers.map(([origin], i) => ({ origin, upTo: i + 1 })))(
    "$origin",
    async ({ origin, upTo }) => {
      const sources = layers.slice(0, upTo).reduce((all, [, one]) => ({ ...all, ...one }), {});
      expect(originOf(await load(sources), "engine.host")).toBe(origin);
    },
  );

  const secretLayers: readonly (readonly [string, string, Sources])[] = [
    [
      `file ${FILE}:1`,
      "https://file/",
      { file: "notify: { slack: { webhookUrl: https://file/ } }" },
    ],
    [
      `credential ${URL}`,
      "https://credential/",
      {
        env: { CREDENTIALS_DIRECTORY: "/creds" },
        files: { [`/creds/${URL}`]: "https://credential/\n" },
      },
    ],
    [
      `env ${URL_ENV}_FILE`,
      "https://named/",
      { env: { [`${URL_ENV}_FILE`]: "/secret" }, files: { "/secret": "https://named/\r\n" } },
    ],
  ];

  it.each(secretLayers.map(([origin, url], i) => ({ origin, url, upTo: i + 1 })))(
    "for a secret: $origin",
    async ({ origin, url, upTo }) => {
      const loaded = await load(
        secretLayers
          .slice(0, upTo)
          .map(([, , one]) => one)
          .reduce(merged),
      );
      expect(originOf(loaded, URL)).toBe(origin);
      expect(loaded.settings.notify.slack?.webhookUrl).toBe(url);
    },
  );

  it("for a secret: the variable itself before a credential", async () => {
    const credential = secretLayers[1]?.[2] ?? {};
    const loaded = await load(merged(credential, { env: { [URL_ENV]: "https://env/" } }));
    expect(originOf(loaded, URL)).toBe(`env ${URL_ENV}`);
  });

  it("and is chosen key by key", async () => {
    const loaded = await load({ file: "mode: heal\ngrace: 5m", env: { STALEWATCH_GRACE: "1m" } });
    expect(loaded.settings.policy).toMatchObject({ mode: "heal", grace: 60_000 });
    expect(originOf(loaded, "mode")).toBe(`file ${FILE}:1`);
    expect(originOf(loaded, "grace")).toBe("env STALEWATCH_GRACE");
  });

  it("--log-level before STALEWATCH_LOG_LEVEL", async () => {
    const loaded = await load({
      flags: { logLevel: "debug" },
      env: { STALEWATCH_LOG_LEVEL: "warn" },
    });
    expect(loaded.settings.log.level).toBe("debug");
    expect(originOf(loaded, "log.level")).toBe("flag --log-level");
  });
});

function merged(a: Sources, b: Sources): Sources {
  return { ...a, ...b, env: { ...a.env, ...b.env }, files: { ...a.files, ...b.files } };
}

describe("a secret's file", () => {
  const named = { [`${URL_ENV}_FILE`]: "/secret" };

  it("with a lone dash means that there is none", async () => {
    const { settings } = await load({ env: named, files: { "/secret": "-\n" } });
    expect(settings.notify.slack).toBeNull();
    const file = "notify: { slack: { webhookUrl: https://file/ } }";
    const env = { CREDENTIALS_DIRECTORY: "/creds" };
    const loaded = await load({ file, env, files: { [`/creds/${URL}`]: "-" } });
    expect(loaded.settings.notify.slack?.webhookUrl).toBe("https://file/");
  });

  it("may be missing among the credentials", async () => {
    const { settings } = await load({ env: { CREDENTIALS_DIRECTORY: "/creds" } });
    expect(settings.notify.slack).toBeNull();
  });

  it.each([
    [undefined, "does not exist"],
    ["EACCES", "may not be read by this user"],
    ["EISDIR", "is a directory"],
    ["", "is empty; write - for none"],
  ])("%j is a problem when a variable names it", async (content, fault) => {
    const files = content === undefined ? {} : { "/secret": content };
    expect(await problemLines({ env: named, files })).toEqual([
      `${URL}: the file /secret ${fault} (env ${URL_ENV}_FILE)`,
    ]);
  });

  it("contradicts the variable beside it", async () => {
    const env = { ...named, [URL_ENV]: "https://env/" };
    expect(await problemLines({ env, files: { "/secret": "https://file/" } })).toEqual([
      `${URL}: both ${URL_ENV} and ${URL_ENV}_FILE are set; only one of them can hold (env ${URL_ENV}_FILE)`,
    ]);
  });
});

describe("the configuration file", () => {
  const files = { "/a.yaml": "grace: 1m", "/b.yaml": "grace: 2m" };

  it("is the one that --config names, before that of STALEWATCH_CONFIG", async () => {
    const env = { STALEWATCH_CONFIG: "/b.yaml" };
    expect((await load({ env, files })).file).toBe("/b.yaml");
    expect((await load({ env, files, flags: { config: "/a.yaml" } })).file).toBe("/a.yaml");
  });

  it("may be missing only where nobody named it", async () => {
    expect((await load()).file).toBeNull();
    const missing = ["/none.yaml: does not exist"];
    expect(await problemLines({ flags: { config: "/none.yaml" } })).toEqual(missing);
    expect(await problemLines({ env: { STALEWATCH_CONFIG: "/none.yaml" } })).toEqual(missing);
  });

  it.each([
    ["EACCES", "may not be read by this user"],
    ["EISDIR", "is a directory"],
    ["EIO", "cannot be read (EIO)"],
    [`# ${"x".repeat(1024 * 1024)}`, "is larger than 1 MB"],
    [new Uint8Array([0x67, 0xff, 0xfe]), "is not UTF-8 text"],
  ])("that cannot be read is a problem (case %#)", async (content, fault) => {
    expect(await problemLines({ files: { [FILE]: content } })).toEqual([`${FILE}: ${fault}`]);
  });

  it("does not hide the problems of the other sources", async () => {
    const lines = await problemLines({ file: "EACCES", env: { STALEWATCH_MODE: "auto" } });
    expect(lines).toEqual([
      `${FILE}: may not be read by this user`,
      'mode: "auto" is not known (env STALEWATCH_MODE); allowed: alert, heal',
    ]);
  });

  describe("on a real disk", () => {
    let folder = "";
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "stalewatch-config-"))));
    afterAll(() => rm(folder, { recursive: true }));

    it("is read", async () => {
      const config = join(folder, "stalewatch.yaml");
      await writeFile(config, "# who\nmode: heal\n");
      const loaded = await loadConfig({ flags: { config }, env: {} });
      expect(originOf(loaded, "mode")).toBe(`file ${config}:2`);
    });

    it("is refused as a whole when it is too large", async () => {
      const config = join(folder, "large.yaml");
      await writeFile(config, "mode: heal\n#".padEnd(5 * 1024 * 1024, "x"));
      const failed = loadConfig({ flags: { config }, env: {} });
      await expect(failed).rejects.toThrow(`${config}: is larger than 1 MB`);
    });

    it("is refused when it is a folder", async () => {
      const failed = loadConfig({ flags: { config: folder }, env: {} });
      await expect(failed).rejects.toThrow(`${folder}: is a directory`);
    });
  });
});
