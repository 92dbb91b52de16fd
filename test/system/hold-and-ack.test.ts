import { describe, expect } from "vitest";
import { errorDocument, isoTime, shortId } from "./documents.ts";
import { it } from "./scene.ts";

interface HoldsDocument {
  readonly holds: readonly { readonly id: string; readonly until: string }[];
}

describe.concurrent("hold", () => {
  it("prints its ID, is listed, and is gone when released", async ({ scene }) => {
    const web = await scene.start("web");
    const until = Date.now() + 2 * 3_600_000;
    const made = await scene.stalewatch(["hold", web.name, "--for", "2h", "--reason", "a deploy"]);
    expect(made).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^[2-9b-z]{8}\n$/) as string,
      stderr: "",
    });
    const id = made.stdout.trim();
    const listed = await scene.stalewatch(["hold", "--list"]);
    expect(listed.stdout).toMatch(
      new RegExp(`^ID +ON +ENDS IN +REASON\n${id} +${web.name} +119 min +a deploy\n$`),
    );
    const { stdout } = await scene.stalewatch(["hold", "--list", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      holds: [{ id, project: null, container: web.name, until: isoTime(), reason: "a deploy" }],
    });
    const [hold] = (JSON.parse(stdout) as HoldsDocument).holds;
    expect(Math.abs(Date.parse(hold?.until ?? "") - until)).toBeLessThan(10_000);

    expect(await scene.stalewatch(["release", id])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await scene.stalewatch(["hold", "--list"])).stdout).toBe("no holds\n");
    const again = await scene.stalewatch(["release", id, "--json"]);
    expect(again.code).toBe(3);
    expect(errorDocument(again.stdout).error).toMatchObject({ code: "UNKNOWN_HOLD" });
  });

  it("lasts half an hour unless told otherwise, and tells all of it in JSON", async ({ scene }) => {
    await scene.start("web");
    const made = await scene.stalewatch(["hold", "--project", scene.project, "--json"]);
    expect(JSON.parse(made.stdout)).toEqual({
      schemaVersion: 1,
      hold: {
        id: shortId(),
        project: scene.project,
        container: null,
        until: isoTime(),
        reason: null,
      },
    });
    const listed = await scene.stalewatch(["hold", "--list"]);
    expect(listed.stdout).toMatch(new RegExp(`project ${scene.project} +29 min +-\n$`));
    const { hold } = JSON.parse(made.stdout) as { hold: { id: string } };
    const released = await scene.stalewatch(["release", hold.id, "--json"]);
    expect(JSON.parse(released.stdout)).toEqual({ schemaVersion: 1, released: hold.id });
  });

  it("waits for a container that is not there yet, and says so", async ({ scene }) => {
    const name = `${scene.project}-later-1`;
    const { code, stderr } = await scene.stalewatch(["hold", name]);
    expect(code).toBe(0);
    expect(stderr).toBe(`stalewatch: nothing is called ${name} yet; the hold waits for it\n`);
  });

  it("is shown by check with what is left of it", async ({ scene }) => {
    const web = await scene.startStale("web");
    const { stdout } = await scene.stalewatch(["hold", web.name, "--for", "90m"]);
    const shown = await scene.stalewatch(["check", web.name]);
    expect(shown.stdout.replaceAll(/\s+/g, " ")).toContain(
      `hold ${stdout.trim()} for another 89 min`,
    );
  });

  it.for([
    ["neither a container nor a project", [], "HOLD_TARGET", "either a container or --project"],
    ["both", ["web", "--project", "p"], "HOLD_TARGET", "not both"],
    ["more than a day", ["web", "--for", "25h"], "HOLD_TOO_LONG", "--for 25h is not between"],
    ["no time at all", ["web", "--for", "0"], "HOLD_TOO_LONG", "--for 0s is not between 1s"],
    ["a bad duration", ["web", "--for", "soon"], "USAGE", "'soon' is invalid"],
  ] as const)("of %s is refused", async ([, args, code, message], { scene }) => {
    const refused = await scene.stalewatch(["hold", ...args, "--json"]);
    expect(refused.code).toBe(3);
    const { error } = errorDocument(refused.stdout);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(refused.stderr).toContain(message);
  });

  it("of exactly a day is the longest", async ({ scene }) => {
    const web = await scene.start("web");
    expect((await scene.stalewatch(["hold", web.name, "--for", "24h"])).code).toBe(0);
    expect((await scene.stalewatch(["hold", web.name, "--for", "1d"])).code).toBe(0);
  });

  it("needs a state directory, and says where it comes from", async ({ scene }) => {
    const env = { STALEWATCH_STATE: scene.file("nowhere") };
    const { code, stderr } = await scene.stalewatch(["hold", "web"], env);
    expect(code).toBe(3);
    expect(stderr).toContain(`there is no state directory ${scene.file("nowhere")}`);
    expect(stderr).toContain("start the daemon once");
  });
});

describe.concurrent("ack", () => {
  it("tells until when, and check shows it", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await daemon.logged("delivered");
    const { stdout, code } = await scene.stalewatch(["ack", web.name, "--for", "2h", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      incident: shortId(),
      container: web.name,
      until: isoTime(),
    });
    const shown = await scene.stalewatch(["check", web.name]);
    expect(shown.stdout.replaceAll(/\s+/g, " ")).toContain("acknowledged for another 119 min");
    const history = await scene.stalewatch(["history"]);
    expect(history.stdout.replaceAll(/\s+/g, " ")).toContain("open, acknowledged until 20");
  });

  it("of a container without an incident is refused", async ({ scene }) => {
    const web = await scene.start("web");
    const { code, stdout } = await scene.stalewatch(["ack", web.name, "--json"]);
    expect(code).toBe(3);
    expect(errorDocument(stdout).error).toMatchObject({
      code: "NO_INCIDENT",
      message: `${web.name} has no open incident`,
    });
  });

  it("of no time at all takes one back", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await daemon.logged("delivered");
    await scene.stalewatch(["ack", web.name]);
    expect((await scene.check()).containers[0]?.ack).not.toBeNull();
    expect((await scene.stalewatch(["ack", web.name, "--for", "0"])).code).toBe(0);
    expect((await scene.check()).containers[0]?.ack).toBeNull();
  });
});
