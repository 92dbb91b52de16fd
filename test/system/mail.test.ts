import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { startMailSink, type MailSink } from "../harness/mail-sink.ts";
import type { Environment } from "../harness/program.ts";
import { eventually } from "../harness/wait.ts";
import { it as inScene, type Scene } from "./scene.ts";

const LOGIN = { user: "watch", password: "S3CR3T-pa55" };
const [OPS, GONE] = ["ops@example.org", "gone@example.org"];

/** A scene with a mail server on this machine instead of Slack. */
const it = inScene.extend("mails", async ({}, { onCleanup }) => {
  const sink = await startMailSink({ login: LOGIN });
  onCleanup(() => sink.close());
  return sink;
});

function mailing(sink: MailSink, more: Environment = {}): Environment {
  const email = "STALEWATCH_NOTIFY_EMAIL";
  return {
    STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: "",
    [`${email}_SMTP_HOST`]: "127.0.0.1",
    [`${email}_SMTP_PORT`]: String(sink.port),
    [`${email}_SMTP_TLS_MODE`]: "none",
    [`${email}_SMTP_USER`]: LOGIN.user,
    [`${email}_SMTP_PASSWORD`]: LOGIN.password,
    [`${email}_FROM`]: "stalewatch <watch@example.org>",
    [`${email}_TO`]: OPS,
    ...more,
  };
}

/** All that anybody can read of it afterwards. */
async function traces(scene: Scene, env: Environment): Promise<string> {
  const said: string[] = [];
  for (const command of ["config", "doctor", "history", "check"])
    for (const json of [[], ["--json"]]) {
      const { stdout, stderr } = await scene.stalewatch([command, ...json], env);
      said.push(stdout, stderr);
    }
  const files = readdirSync(scene.state).map((name) =>
    readFileSync(join(scene.state, name), "latin1"),
  );
  return [...said, ...files].join("\n");
}

describe.concurrent("mails", () => {
  it("tell of a stale container and of its end, in one thread, to whom the server lets them", async ({
    scene,
    mails,
  }) => {
    mails.refuse(GONE, { code: 550, text: `5.1.1 no such user, ${LOGIN.password}` });
    const env = mailing(mails, { STALEWATCH_NOTIFY_EMAIL_TO: `${OPS}, ${GONE}` });
    const web = await scene.startStale("web");
    const daemon = scene.daemon(env);
    const stale = await mails.next();
    expect(stale.text).toContain(`Stale: ${web.name}`);
    const dead = await daemon.logged("dead-letter");
    expect(dead).toMatchObject({
      channel: `email:${GONE}`,
      error: "the mail server answered 550 5.1.1 to RCPT TO: no such user, …",
      hint: "there is no such mailbox: correct notify.email.to",
    });
    await scene.recreate(web);
    const resolved = await mails.next();
    expect(resolved.text).toContain(`Resolved: ${web.name}`);
    expect([resolved.subject, resolved.inReplyTo]).toEqual([stale.subject, stale.inReplyTo]);
    await eventually(
      "the second is given up too",
      () => daemon.log.filter(({ event }) => event === "dead-letter").length === 2,
    );
    await daemon.stop();
    const { stdout } = await scene.stalewatch(["history"], env);
    expect(stdout).toContain(`email:${GONE}`);
    expect((await traces(scene, env)) + daemon.raw.join("\n")).not.toContain(LOGIN.password);
    expect(mails.received.map(({ recipients }) => recipients)).toEqual([[OPS], [OPS]]);
  });

  it("are tried by test-notify, which shows what the server answers each recipient", async ({
    scene,
    mails,
  }) => {
    mails.refuse(GONE, { code: 550, text: "5.7.1 relaying denied" });
    const env = mailing(mails, { STALEWATCH_NOTIFY_EMAIL_TO: `${OPS}, ${GONE}` });
    const { code, stdout } = await scene.stalewatch(["test-notify"], env);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: [
        `ok    email:${OPS}: delivered (250 queued as 4F2A91C)`,
        `FAIL  email:${GONE}: the mail server answered 550 5.7.1 to RCPT TO: relaying denied`,
        "      relaying is denied: let the server relay for this host, or log in with notify.email.smtp.user and notify.email.smtp.password",
        "",
      ].join("\n"),
    });
    expect((await mails.next()).subject).toBe("host-1: a test message");
  });

  it("say what to do about a wrong password, without it", async ({ scene, mails }) => {
    const env = mailing(mails, { STALEWATCH_NOTIFY_EMAIL_SMTP_PASSWORD: "WR0NG-pa55" });
    const { code, stdout, stderr } = await scene.stalewatch(["test-notify", "--json"], env);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      channels: [
        {
          channel: `email:${OPS}`,
          delivered: false,
          error: "the mail server answered 535 5.7.8 to AUTH PLAIN",
          hint: expect.stringContaining("check notify.email.smtp.user") as string,
        },
      ],
    });
    expect(stdout + stderr).not.toContain("WR0NG-pa55");
  });

  it("say what to do where nobody listens, and that it would be tried again", async ({
    scene,
    mails,
  }) => {
    const env = mailing(mails);
    await mails.close();
    const { code, stdout } = await scene.stalewatch(["test-notify"], env);
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        `FAIL  email:${OPS}: no answer from the mail server: ECONNREFUSED`,
        "      nobody listens there: check notify.email.smtp.host and notify.email.smtp.port",
        "      the daemon would try again",
        "",
      ].join("\n"),
    );
  });

  it("are a channel each for doctor", async ({ scene, mails }) => {
    const { stdout } = await scene.stalewatch(["doctor"], mailing(mails));
    expect(stdout).toContain(`email:${OPS}`);
  });
});

describe.concurrent("the report", () => {
  it("goes out by mail when its schedule says so, also about a time in which nothing happened", async ({
    scene,
    mails,
  }) => {
    await scene.start("web");
    const daemon = scene.daemon(
      mailing(mails, {
        STALEWATCH_REPORT_SCHEDULE: "* * * * * *",
        STALEWATCH_REPORT_JITTER: "0",
        STALEWATCH_REPORT_PERIOD: "1h",
      }),
    );
    await daemon.logged("report");
    const report = await mails.next();
    expect(report.subject).toBe("host-1: stalewatch report");
    expect(report.text).toContain("No incident was opened or resolved in this time.");
    expect(report.html).toContain("Nothing is stale");
  });

  it("is shown, and sent when asked for", async ({ scene, mails }) => {
    const web = await scene.startStale("web");
    const env = mailing(mails);
    const daemon = scene.daemon(env);
    await mails.next();
    await daemon.stop();
    const { stdout, stderr, code } = await scene.stalewatch(
      ["report", "--since", "1h", "--send"],
      env,
    );
    expect(code).toBe(0);
    expect(stdout).toContain("Stale now (1):");
    expect(stdout).toContain(`  ${web.name}, for `);
    expect(stderr).toContain(`sent through email:${OPS}: 250`);
    const mail = await mails.next();
    expect(mail.text).toContain(`  ${web.name}, for `);
    const json = await scene.stalewatch(["report", "--since", "1h", "--json"], env);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schemaVersion: 1,
      staleNow: [{ container: web.name }],
      incidents: { opened: 1, resolved: 0 },
    });
  });
});
