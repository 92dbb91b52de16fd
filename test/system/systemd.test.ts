import { describe, expect, it, vi } from "vitest";
import { eventually } from "../harness/wait.ts";
import { sceneForFile } from "./systemd-scene.ts";

vi.setConfig({ testTimeout: 120_000 });

const scene = sceneForFile();
const DROP_IN = "/etc/systemd/system/stalewatch.service.d";
const CREDENTIALS = "/etc/stalewatch/credentials";
const SECRET = "https://hooks.slack.example/services/T0/B0/verysecret";
const EVERY_SECOND = 'schedule: "* * * * * *"';

/** In the journal of the service's current run, and to be found there by its event. */
const logged = (event: string): string =>
  `journalctl --unit stalewatch --output cat _SYSTEMD_INVOCATION_ID=$(systemctl show --value --property InvocationID stalewatch) | grep -q '"event":"${event}"'`;

/** The tests are one story on one host: each begins where the one before has ended. */
describe("the Debian package", () => {
  it("is installed by dpkg, and starts nothing", async () => {
    const { run, property, debian } = scene();
    await run(`dpkg --install ${debian}`);
    expect(await property("ActiveState")).toBe("inactive");
    expect(await property("UnitFileState")).toBe("disabled");
    expect(await property("UnitFileState", "stalewatch-check.timer")).toBe("disabled");
    expect(await run("stalewatch --version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    const modes = await run(`cd /etc/stalewatch && stat --format '%n %a %U:%G' *`);
    expect(modes).toBe("credentials 700 root:root\nstalewatch.yaml 640 root:docker\n");
  });

  it("runs with no further configuration: in alert mode, and only logs", async () => {
    const { run, property } = scene();
    await run("systemctl enable --now stalewatch");
    // It is back only after READY, which comes after the first scan.
    expect(await property("ActiveState")).toBe("active");
    expect(await property("StatusText")).toMatch(
      /^\S+: 0 stale, 0 pending; next scan \d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/,
    );
    expect(await run("systemctl status stalewatch")).toContain('Status: "');
    expect(await run("journalctl --unit stalewatch --output cat")).toContain('"channels":[]');
    expect(await run("stalewatch config | grep '^mode'")).toMatch(/^mode: alert /);
  });

  it("confines the daemon: an exposure of 1.3 at most", async () => {
    const said = await scene().run("systemd-analyze security --no-pager stalewatch | tail -1");
    const exposure = Number(/exposure level for stalewatch.service: ([\d.]+)/.exec(said)?.[1]);
    expect(exposure).toBeLessThanOrEqual(1.3);
  });

  it("has units that systemd has nothing to say about", async () => {
    const { run } = scene();
    const units = "/usr/lib/systemd/system/stalewatch*";
    // This host has no man to look the manual up with.
    const said = await run(`systemd-analyze verify --man=no ${units}`);
    expect(said).toBe("");
  });

  it("lets whoever may use the engine use the state, while the daemon goes on", async () => {
    const { run, configure, until } = scene();
    await configure(EVERY_SECOND, "log: { level: debug }");
    await run("systemctl reload stalewatch");
    await run("useradd --groups docker dev");
    const asDev = "setpriv --reuid dev --regid dev --init-groups stalewatch";
    const hold = await run(`${asDev} hold --project shop --json 2>/dev/null`);
    await run(`${asDev} check; stalewatch release ${idOf(hold)}; stalewatch check`);
    expect(await run("find /var/lib/stalewatch ! -group docker")).toBe("");
    await until("it scans", logged("scan"));
    expect((await scene().attempt(logged("state-degraded"))).code).not.toBe(0);
  });
});

describe("the service", () => {
  it("gives each line of the journal its priority", async () => {
    const { run, configure, until } = scene();
    await configure("grace: soon");
    await run("systemctl reload stalewatch");
    await until("it is refused", logged("reload-failed"));
    const lines = (await run("journalctl --unit stalewatch --output json"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { PRIORITY: string; MESSAGE: string });
    const priorityOf = (event: string): string | undefined =>
      lines.find(({ MESSAGE }) => MESSAGE.includes(`"event":"${event}"`))?.PRIORITY;
    expect(["reload-failed", "started", "scan"].map(priorityOf)).toEqual(["3", "6", "7"]);
  });

  it("keeps the old configuration while the new one is broken, and says so", async () => {
    const { run, configure, until, property } = scene();
    const broken = "the changed configuration is broken and not in force";
    expect(await property("ActiveState")).toBe("active");
    await until("its status says so", `systemctl status stalewatch | grep -q '${broken}'`);
    await configure(EVERY_SECOND, "log: { level: debug }");
    await run("systemctl kill --signal HUP --kill-who main stalewatch");
    await until("its status is good again", `! systemctl status stalewatch | grep -q '${broken}'`);
    expect((await scene().attempt(logged("reloaded"))).code).toBe(0);
  });

  it("gets its secrets as credentials that nobody else can read", async () => {
    const { run, attempt } = scene();
    const name = "notify.slack.webhookUrl";
    await run(`umask 077; echo '${SECRET}' >${CREDENTIALS}/${name}; systemctl restart stalewatch`);
    expect(await run("journalctl --unit stalewatch --output cat -n 20")).toContain(
      '"channels":["slack"]',
    );
    const file = `/run/credentials/stalewatch.service/${name}`;
    expect(await run(`stat --format '%a %U' ${file}`)).toBe("400 stalewatch\n");
    const others = await attempt(`setpriv --reuid dev --regid dev --init-groups cat ${file}`);
    expect(others.code).not.toBe(0);
    const places = "/proc/$(systemctl show --value --property MainPID stalewatch)";
    const leaks = await attempt(
      `{ tr '\\0' '\\n' <${places}/environ; tr '\\0' ' ' <${places}/cmdline; systemctl show stalewatch; journalctl; } | grep verysecret`,
    );
    expect(leaks).toEqual({ code: 1, output: "" });
    // As root has them for a command that sends.
    const own = await run(`CREDENTIALS_DIRECTORY=${CREDENTIALS} stalewatch config`);
    expect(own).toContain(`webhookUrl: "********"  # credential ${name}`);
    await run(`rm ${CREDENTIALS}/${name}; systemctl restart stalewatch`);
    expect(await run("stalewatch check")).toContain("no running containers");
  });

  it("comes back after kill -9", async () => {
    const { run, until, property } = scene();
    const before = await property("MainPID");
    await run("systemctl kill --signal KILL --kill-who main stalewatch");
    await until("another process is ready", isAnother(before));
  });

  it("is started again by the watchdog when it stands still", async () => {
    const { run, until, property } = scene();
    await dropIn("quick", "[Service]", "WatchdogSec=6s", "RestartSec=100ms");
    await run("systemctl restart stalewatch");
    const before = await property("MainPID");
    await run(`kill -STOP ${before}`);
    await until("another process is ready", isAnother(before));
    expect(await run("journalctl --unit stalewatch --output cat")).toContain("Watchdog timeout");
  });

  it("outlives an engine that is stopped and started, and is not restarted for it", async () => {
    const { run, until, property } = scene();
    const before = await property("MainPID");
    await run("systemctl stop docker.socket docker.service");
    // More seconds than the watchdog's patience: one scan each.
    await until(
      "ten scans have failed",
      "journalctl --unit stalewatch --output cat | grep -q 'scan 10 failed'",
    );
    expect(await property("StatusText")).toMatch(/^no answer from the engine since .*; next scan /);
    await run("systemctl start docker.socket docker.service");
    await until(
      "it scans again",
      "systemctl show --property StatusText stalewatch | grep -q '0 stale'",
    );
    expect(await property("MainPID")).toBe(before);
  });

  it("starts while there is no engine, and waits for it", async () => {
    const { run, property, until } = scene();
    await run("systemctl stop docker.socket docker.service; systemctl restart stalewatch");
    expect(await property("StatusText")).toMatch(/^no answer from the engine since /);
    expect(await property("ActiveState", "docker.service")).toBe("inactive");
    await run("systemctl start docker.socket docker.service");
    await until("it scans", "systemctl show --property StatusText stalewatch | grep -q '0 stale'");
  });

  it("gives up over a broken configuration alone, with 78, and OnFailure= tells of it", async () => {
    const { run, configure, property, until } = scene();
    const examples = "/usr/share/doc/stalewatch/examples";
    await run(`cp ${examples}/on-failure.conf ${DROP_IN}/
      cp ${examples}/stalewatch-failed@.service /etc/systemd/system/
      mkdir -p /etc/systemd/system/stalewatch-failed@.service.d
      printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "echo %%i >/run/told"\\n' >/etc/systemd/system/stalewatch-failed@.service.d/test.conf
      systemctl daemon-reload`);
    await configure("grace: soon", "shedule: x");
    expect((await scene().attempt("systemctl restart stalewatch")).code).not.toBe(0);
    expect(await property("ExecMainStatus")).toBe("78");
    expect(await property("ActiveState")).toBe("failed");
    await until("somebody is told", "grep -q stalewatch.service /run/told");
    const said = await run("journalctl --unit stalewatch --priority err --output cat -n 20");
    expect(said).toContain('grace: "soon" is not a duration (line 1)');
    expect(said).toContain("shedule: unknown key (line 2)");
    await configure(EVERY_SECOND, "log: { level: debug }");
    await run(`rm ${DROP_IN}/on-failure.conf; systemctl daemon-reload; systemctl start stalewatch`);
  });
});

describe("a heal from inside the sandbox", () => {
  const HEAL = [EVERY_SECOND, "mode: heal", "grace: 1s"];

  it("works with method engine", async () => {
    const { run, configure, build, imageOf } = scene();
    await build("web");
    await run("docker run --detach --name web web");
    await configure(...HEAL, "heal: { settle: 1s }");
    await run("systemctl reload stalewatch");
    const newest = await build("web");
    await eventually("web runs it", async () => (await imageOf("web")) === newest, {
      timeoutMs: 60_000,
    });
    await run("docker rm --force web");
  });

  it.each([
    ["as it is, with a project in /srv", "/srv/shop", false],
    ["with the drop-in, with a project under /home", "/home/deploy/shop", true],
  ])("works with method compose, %s", async (_, folder, needsDropIn) => {
    const { run, configure, build, imageOf } = scene();
    await build("shop-web");
    await run(`mkdir -p ${folder}; cd ${folder}
      printf 'services: { web: { image: shop-web, pull_policy: never } }\\n' >compose.yaml
      docker compose up --detach`);
    if (needsDropIn)
      await run(`cp /usr/share/doc/stalewatch/examples/compose-projects.conf ${DROP_IN}/
        systemctl daemon-reload; systemctl restart stalewatch`);
    await configure(...HEAL, `heal: { method: compose, composeRoots: [${folder}], settle: 1s }`);
    await run("systemctl reload stalewatch");
    const newest = await build("shop-web");
    await eventually("web runs it", async () => (await imageOf("shop-web-1")) === newest, {
      timeoutMs: 90_000,
    });
    await eventually("the heal is in the history", healedByCompose, { timeoutMs: 60_000 });
    await run(`cd ${folder} && docker compose down; rm -rf ${folder}`);
  });

  async function healedByCompose(): Promise<boolean> {
    const { heals } = JSON.parse(await scene().run("stalewatch history --json")) as HistoryDocument;
    const [last] = heals;
    return last?.outcome === "healed" && JSON.stringify(last).includes("compose");
  }
});

describe("the one-shot", () => {
  it("refuses to tell what a daemon tells already", async () => {
    const { run, property } = scene();
    await run("systemctl start stalewatch-check.service || true");
    expect(await property("ExecMainStatus", "stalewatch-check")).toBe("3");
    expect(await run("journalctl --unit stalewatch-check --priority err --output cat")).toContain(
      "already uses the state directory",
    );
  });

  it("takes its place: what is stale is a result, and no failure of the unit", async () => {
    const { run, configure, build, property } = scene();
    await run("systemctl disable --now stalewatch");
    await configure("grace: 0s");
    await build("web");
    await run("docker run --detach --name web web");
    await build("web");
    await run("systemctl start stalewatch-check.service");
    expect(await run("journalctl --unit stalewatch-check --output cat")).toContain(": 1 stale");
    await run("systemctl enable --now stalewatch-check.timer");
    expect(await property("NextElapseUSecRealtime", "stalewatch-check.timer")).not.toBe("");
    await run("systemctl disable --now stalewatch-check.timer; docker rm --force web");
  });
});

describe("an upgrade", () => {
  it("keeps the configuration and the state, and restarts what ran", async () => {
    const { run, configure, property, until, debian } = scene();
    await configure("# mine", "grace: 1h");
    await run("systemctl start stalewatch");
    const history = await run("stalewatch history --json");
    const before = await property("MainPID");
    await run(newer(debian, "90.0.0"));
    await until("another process is ready", isAnother(before));
    expect(await run("head -1 /etc/stalewatch/stalewatch.yaml")).toBe("# mine\n");
    expect(await run("stat --format %a:%G /etc/stalewatch/stalewatch.yaml")).toBe("640:docker\n");
    expect(await run("stalewatch history --json")).toBe(history);
  });

  it("is done also where what ran does not start again, and says where to look", async () => {
    const { run, configure, property, debian } = scene();
    await configure("shedule: x");
    expect(await run(`{ ${newer(debian, "90.0.1")}; } 2>&1`)).toContain(
      "stalewatch.service did not start again: see journalctl -u stalewatch\n",
    );
    expect(await property("ActiveState")).toBe("failed");
    expect(await run("dpkg-query -W -f '${db:Status-Status} ${Version}' stalewatch")).toMatch(
      /^installed 90\.0\.1/,
    );
    await configure("# mine", "grace: 1h");
    await run("systemctl start stalewatch");
  });

  it("leaves stopped what was stopped", async () => {
    const { run, property, debian } = scene();
    await run("systemctl stop stalewatch");
    await run(newer(debian, "90.0.2"));
    expect(await property("ActiveState")).toBe("inactive");
    expect(await property("UnitFileState")).toBe("disabled");
  });
});

describe("the end", () => {
  it("of the program by remove keeps configuration and state", async () => {
    const { run, attempt } = scene();
    await run("systemctl enable --now stalewatch; dpkg --remove stalewatch");
    expect((await attempt("systemctl is-active stalewatch")).code).not.toBe(0);
    expect(
      await run("ls /etc/stalewatch/stalewatch.yaml /var/lib/stalewatch/stalewatch.db"),
    ).toMatch(/yaml\n.*db\n$/);
  });

  it("of everything by purge: also state and user", async () => {
    const { run, attempt } = scene();
    await run(`dpkg --purge stalewatch; rm -r ${DROP_IN}`);
    for (const path of ["/var/lib/stalewatch", "/etc/stalewatch", "/usr/bin/stalewatch"])
      expect((await attempt(`ls -d ${path}`)).code, path).not.toBe(0);
    expect((await attempt("getent passwd stalewatch")).code).not.toBe(0);
    expect(await run("find /etc/systemd /usr/lib/systemd -name 'stalewatch.*'")).toBe("");
  });
});

describe("deploy/install.sh", () => {
  const FILES = "find /usr /etc -newer /root/before -type f -not -path '*/etc/resolv.conf'";

  it("with --dry-run prints what it would do, and does nothing", async () => {
    const { run, installScript, root } = scene();
    const said = await run(`touch /root/before; ${installScript} --from ${root} --dry-run`);
    expect(said).toContain("install /usr/bin/stalewatch\n");
    expect(said).toContain("+ systemd-sysusers stalewatch.conf\n");
    expect(await run(FILES)).toBe("");
  });

  it("puts the package's files in place, and starts nothing", async () => {
    const { run, property, installScript, root } = scene();
    await run(`${installScript} --from ${root}`);
    expect(await run(`cd ${root}; find . -type f -exec cmp {} /{} ';'`)).toBe("");
    expect(await property("ActiveState")).toBe("inactive");
    await run("systemctl enable --now stalewatch");
    expect(await property("StatusText")).toContain("0 stale");
  });

  it("changes nothing the second time, not even the process", async () => {
    const { run, property, installScript, root } = scene();
    const before = await property("MainPID");
    await run("touch /root/before");
    expect(await run(`${installScript} --from ${root}`)).toMatch(/^stalewatch \S+ is in place\n$/);
    expect(await property("MainPID")).toBe(before);
    expect(await run(FILES)).toBe("");
  });

  it("upgrades what runs, and keeps the configuration", async () => {
    const { run, configure, property, until, installScript, root } = scene();
    await configure("# mine");
    const before = await property("MainPID");
    await run(`cp -r ${root} /root/newer; echo '# newer' >>/root/newer/usr/lib/systemd/system/stalewatch.service
      ${installScript} --from /root/newer`);
    await until("another process is ready", isAnother(before));
    expect(await run("cat /etc/stalewatch/stalewatch.yaml")).toBe("# mine\n");
  });

  const sum =
    "find /usr/bin/stalewatch /usr/lib/systemd/system/stalewatch* /usr/share/man/man1 -type f | xargs sha256sum";

  it.for(["HUP", "INT", "TERM", "PIPE"])(
    "leaves all as it was when SIG%s cuts it off",
    async (signal) => {
      const { run, attempt, installScript, root } = scene();
      const before = await run(sum);
      // When all files are in place, and before that counts.
      await run(`mkdir -p /root/slow; printf '#!/bin/sh\nkill -${signal} "$PPID"\n' >/root/slow/systemd-sysusers
      chmod +x /root/slow/systemd-sysusers`);
      const { code, output } = await attempt(
        `PATH=/root/slow:$PATH ${installScript} --from ${root}`,
      );
      expect(code).not.toBe(0);
      expect(output).toContain("install /usr/lib/systemd/system/stalewatch.service\n");
      expect(output).toContain("all files are as they were before");
      expect(await run(sum)).toBe(before);
      expect(await run("find / -xdev -name '*.stalewatch-*'")).toBe("");
    },
  );

  it("leaves all as it was when it cannot put everything in place", async () => {
    const { run, attempt, installScript, root } = scene();
    const before = await run(sum);
    await run(
      `rm -rf /usr/share/fish/vendor_completions.d; echo >/usr/share/fish/vendor_completions.d`,
    );
    const { code, output } = await attempt(`${installScript} --from ${root}`);
    expect(code).not.toBe(0);
    expect(output).toContain("all files are as they were before");
    expect(await run(sum)).toBe(before);
    expect(await run("find / -xdev -name '*.stalewatch-*'")).toBe("");
    await run("rm /usr/share/fish/vendor_completions.d");
  });

  it("takes everything away again; configuration and state only when asked", async () => {
    const { run, attempt, installScript, root } = scene();
    await run(`${installScript} --uninstall`);
    expect(
      await run("ls /etc/stalewatch/stalewatch.yaml /var/lib/stalewatch/stalewatch.db"),
    ).toMatch(/yaml\n.*db\n$/);
    expect(await run("find /usr -name '*stalewatch*'")).toBe("");
    expect((await attempt(`${installScript} --uninstall`)).output).toContain("has not installed");

    await run(`${installScript} --from ${root}; systemctl start stalewatch`);
    const said = await run(`${installScript} --uninstall --purge --dry-run`);
    expect(said).toContain("+ rm -rf /etc/stalewatch /var/lib/stalewatch\n");
    expect(await run("systemctl is-active stalewatch")).toBe("active\n");
    await run(`${installScript} --uninstall --purge`);
    // The OnFailure= example is the administrator's.
    const left = "find /usr /etc /var/lib -name '*stalewatch*' -not -name 'stalewatch-failed@*'";
    expect(await run(left)).toBe("");
    expect((await attempt("getent passwd stalewatch")).code).not.toBe(0);
  });

  it("says what is wrong with its arguments", async () => {
    const { attempt, installScript } = scene();
    expect((await attempt(`${installScript} --from /nonexistent`)).output).toContain(
      "/nonexistent holds no stalewatch",
    );
    expect((await attempt(`${installScript} --frm x`)).output).toContain("unknown option --frm");
    expect((await attempt(`${installScript} --purge`)).output).toContain(
      "--purge goes with --uninstall only",
    );
  });
});

interface HistoryDocument {
  readonly heals: readonly { readonly outcome: string | null }[];
}

function idOf(document: string): string {
  return (JSON.parse(document) as { readonly hold: { readonly id: string } }).hold.id;
}

async function dropIn(name: string, ...lines: readonly string[]): Promise<void> {
  await scene().run(
    `mkdir -p ${DROP_IN}; printf '%s\\n' '${lines.join("' '")}' >${DROP_IN}/${name}.conf; systemctl daemon-reload`,
  );
}

function isAnother(pid: string): string {
  return `[ "$(systemctl is-active stalewatch)" = active ] && [ "$(systemctl show --value --property MainPID stalewatch)" != ${pid} ]`;
}

/** Installs the same package as another version. */
function newer(debian: string, version: string): string {
  return `rm -rf /root/next; dpkg-deb --raw-extract ${debian} /root/next
    sed -i 's/^Version: .*/Version: ${version}/' /root/next/DEBIAN/control
    dpkg-deb -Znone --build /root/next /root/next.deb >/dev/null
    dpkg --install /root/next.deb`;
}
