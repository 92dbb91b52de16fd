import { expect } from "vitest";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import type { Sample } from "../sample.ts";

const config = (inspect: JsonObject): JsonObject => inspect["Config"] as JsonObject;

/** What runs, as whom and how. */
export const PROCESS: Readonly<Record<string, Sample>> = {
  plain: {
    covers: "nothing: all from the image",
    create: () => ({}),
    inside: {
      "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve-2 --release 2 ",
      pwd: "/work-2",
      "echo $RELEASE $ONLY_1$ONLY_2 $STAYS $WISHED": "2 yes same by image 2",
      'test -z "$ONLY_1" && echo gone': "gone",
    },
  },
  env: {
    covers: "-e: other than the image's, equal to it, new, empty, with odd characters, taken away",
    create: () => ({
      Env: ["WISHED=by me", "STAYS=same", 'MINE=a=b c"d', "EMPTY=", "RELEASE"],
    }),
    inside: {
      "echo $WISHED/$STAYS/$MINE/$ONLY_2": 'by me/same/a=b c"d/yes',
      "echo ${EMPTY-unset}/${RELEASE-unset}": "/unset",
    },
  },
  cmd: {
    covers: "a command",
    create: () => ({ Cmd: ["--mine", ""] }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve-2 --mine  " },
  },
  "cmd-alone": {
    covers: "a command, on an image without an entrypoint",
    image: "commanded",
    create: () => ({ Cmd: ["/srv/serve", "mine"] }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve mine " },
  },
  "cmd-of-image": {
    covers: "no command, on an image without an entrypoint",
    image: "commanded",
    create: () => ({}),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve-2 --release 2 " },
  },
  entrypoint: {
    covers: "--entrypoint, which drops the image's command",
    create: () => ({ Entrypoint: ["/srv/serve"] }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve " },
  },
  "entrypoint-and-cmd": {
    covers: "--entrypoint and a command",
    create: () => ({ Entrypoint: ["/srv/serve", "a"], Cmd: ["b"] }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve a b " },
  },
  "entrypoint-reset": {
    covers: '--entrypoint "" and a command',
    create: () => ({ Entrypoint: [""], Cmd: ["/srv/serve", "mine"] }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve mine " },
  },
  "entrypoint-emptied": {
    covers: "an empty list as entrypoint, which leaves the image's command",
    create: () => ({ Entrypoint: [], Cmd: ["/srv/serve"] }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": "/bin/sh /srv/serve " },
  },
  user: {
    covers: "--user, --group-add",
    create: () => ({ User: "65534:65534", HostConfig: { GroupAdd: ["1234", "4321"] } }),
    inside: { "id -u": "65534", "grep Groups /proc/self/status": /1234 4321/ },
  },
  workdir: {
    covers: "--workdir",
    create: () => ({ WorkingDir: "/tmp" }),
    inside: { pwd: "/tmp" },
  },
  hostname: {
    covers: "--hostname, --domainname",
    create: () => ({ Hostname: "shop", Domainname: "example.test" }),
    inside: { hostname: "shop", "grep shop /etc/hosts": /shop\.example\.test shop/ },
  },
  "hostname-auto": {
    covers: "the host name that the engine makes of the ID",
    create: () => ({}),
    outside: (inspect) => {
      expect(config(inspect)["Hostname"]).toBe(String(inspect["Id"]).slice(0, 12));
    },
  },
  labels: {
    covers: "--label: other than the image's, equal to it, new, empty",
    create: () => ({ Labels: { wished: "by me", stays: "same", mine: "yes", empty: "" } }),
    outside: (inspect) => {
      expect(config(inspect)["Labels"]).toMatchObject({
        wished: "by me",
        mine: "yes",
        empty: "",
        release: "2",
        "only.2": "yes",
      });
      expect(config(inspect)["Labels"]).not.toHaveProperty(["only.1"]);
    },
  },
  healthcheck: {
    covers: "--health-cmd and all its settings",
    create: () => ({
      Healthcheck: {
        Test: ["CMD-SHELL", "true"],
        Interval: 1.8e12,
        Timeout: 7e9,
        StartPeriod: 9e9,
        Retries: 5,
      },
    }),
  },
  "healthcheck-interval": {
    covers: "--health-interval alone",
    create: () => ({ Healthcheck: { Interval: 1.8e12 } }),
    outside: (inspect) => {
      expect(config(inspect)["Healthcheck"]).toMatchObject({
        Test: ["CMD", "test", "-e", "/srv/serve-2"],
        Interval: 1.8e12,
        Timeout: 20e9,
      });
    },
  },
  "healthcheck-disabled": {
    covers: "--no-healthcheck",
    create: () => ({ Healthcheck: { Test: ["NONE"] } }),
  },
  stopping: {
    covers: "--stop-signal, --stop-timeout",
    create: () => ({ StopSignal: "SIGQUIT", StopTimeout: 3 }),
  },
  terminal: {
    covers: "--tty, --interactive",
    create: () => ({ Tty: true, OpenStdin: true }),
    inside: { "test -t 0 < /proc/1/fd/0 && echo terminal": "terminal" },
  },
  attached: {
    covers: "run in the foreground: --interactive, attached streams",
    create: () => ({
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      OpenStdin: true,
      StdinOnce: true,
    }),
  },
  init: {
    covers: "--init",
    create: () => ({ HostConfig: { Init: true } }),
    inside: { "busybox tr '\\0' ' ' < /proc/1/cmdline": /init.* -- \/srv\/serve-2/ },
  },
  compose: {
    covers: "a container of Compose 2.x",
    create: () => ({
      Labels: {
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "web",
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False",
        "com.docker.compose.config-hash": "0123456789abcdef",
        "com.docker.compose.image": "sha256:0000",
        "com.docker.compose.replace": "an-old-one",
        "com.docker.compose.depends_on": "",
      },
    }),
    outside: (inspect) => {
      const labels = config(inspect)["Labels"] as JsonObject;
      expect(labels).toMatchObject({
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "web",
        "com.docker.compose.config-hash": "0123456789abcdef",
        "com.docker.compose.image": inspect["Image"],
      });
      expect(labels).not.toHaveProperty(["com.docker.compose.replace"]);
    },
  },
  "restart-no": {
    covers: "--restart no",
    create: () => ({ HostConfig: { RestartPolicy: { Name: "no" } } }),
  },
  "restart-always": {
    covers: "--restart always",
    create: () => ({ HostConfig: { RestartPolicy: { Name: "always" } } }),
  },
  "restart-unless-stopped": {
    covers: "--restart unless-stopped",
    create: () => ({ HostConfig: { RestartPolicy: { Name: "unless-stopped" } } }),
  },
  "restart-on-failure": {
    covers: "--restart on-failure:5",
    create: () => ({ HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 5 } } }),
  },
};
