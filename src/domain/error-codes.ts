/** What a code stands for, in one sentence each. */
export interface ErrorCodeEntry {
  readonly means: string;
  readonly remedy: string;
}

/** Every code that a `StalewatchError` can have; docs/errors.md is made from it. Codes are stable: people match by them. */
export const ERROR_CODES = {
  BAD_PERIOD: {
    means: "The status page was asked for a past that is no duration, or longer than 31 days.",
    remedy: "Write `since=7d`; `stalewatch history --since` looks back further.",
  },
  CHECK_NOTIFY_SELECTION: {
    means:
      "`check --notify` was given names, `--project` or `--service`: messages are about the whole host.",
    remedy: "Leave them out, or say what not to watch with `exclude` or `rules`.",
  },
  COMPOSE_NOT_RUN: {
    means: "`docker compose` or `docker-compose` could not be started.",
    remedy:
      "See whether the program and the project's folder are there for the user that stalewatch runs as.",
  },
  COMPOSE_TLS: {
    means:
      "`heal.method: compose` cannot hand the engine's TLS files to Compose under their names.",
    remedy: "Name the files as the message says, or use `heal.method: engine`.",
  },
  CONFIG_INVALID: {
    means: "The configuration has mistakes; the message lists all of them with their places.",
    remedy:
      "Mend them, then `stalewatch config` shows what is in force. The daemon ends with exit code 78, or keeps the old configuration on SIGHUP.",
  },
  ENGINE_BAD_ANSWER: {
    means: "What answers at the engine's address does not speak as an engine does.",
    remedy: "See whether it is a Docker engine that listens there, or a proxy in between.",
  },
  ENGINE_CONNECTION: {
    means: "The connection to the engine broke.",
    remedy: "See whether it is restarting: `journalctl -u docker`. The next scan tries again.",
  },
  ENGINE_HTTP: {
    means: "The engine, or a proxy before it, refused a request; its own words are in the message.",
    remedy: "See the engine's log. Behind a socket proxy: is the endpoint allowed?",
  },
  ENGINE_NO_HOST: {
    means: "There is no host of that name.",
    remedy: "Correct `--host`, `DOCKER_HOST` or `engine.host`, and see whether names are resolved.",
  },
  ENGINE_NO_SOCKET: {
    means: "There is no socket at that path.",
    remedy: "See whether Docker is installed and runs: `systemctl status docker`.",
  },
  ENGINE_PERMISSION: {
    means: "The user may not use the engine's socket.",
    remedy: "Run as root or as a member of the group that owns the socket, usually `docker`.",
  },
  ENGINE_REFUSED: {
    means: "Nobody listens at the engine's address.",
    remedy: "Start the engine, or correct `engine.host`.",
  },
  ENGINE_TIMEOUT: {
    means: "The engine gave no whole answer within `engine.timeout`.",
    remedy: "See whether `docker ps` answers; if the host is only slow, raise `engine.timeout`.",
  },
  ENGINE_TLS: {
    means: "TLS to the engine failed.",
    remedy:
      "Check `engine.tls.ca`, `cert` and `key`, and for which names the certificate is valid.",
  },
  ENGINE_TLS_FILE: {
    means: "A file that `engine.tls` names cannot be read.",
    remedy: "Correct the path, or let the user that stalewatch runs as read it.",
  },
  HEALING_OFF: {
    means: "A damaged state was set aside: what heals may have left has to be looked for first.",
    remedy: "`stalewatch doctor --repair` does, and turns healing on again.",
  },
  HEAL_INTERRUPTED: {
    means: "The engine went away in the middle of a heal.",
    remedy:
      "The heal is finished or undone as soon as the engine answers; `stalewatch doctor --repair` does it now.",
  },
  HEAL_STEP: {
    means: "A step of a heal could not be taken; what came of it is in `stalewatch history`.",
    remedy: "See the engine's log: `journalctl -u docker`.",
  },
  HEAL_UNDER_WAY: {
    means: "A heal of the container is open already.",
    remedy: "Wait for its end, or let `stalewatch doctor --repair` settle one that was cut off.",
  },
  HOLD_TARGET: {
    means: "`hold` was given neither or both of a container and `--project`.",
    remedy: "`stalewatch hold infra2-web-1`, or `stalewatch hold --project infra2`.",
  },
  HOLD_TOO_LONG: {
    means: "A hold lasts 24 h at most: one that is forgotten must end by itself.",
    remedy: "Give a shorter `--for`; what should never be watched belongs into `exclude`.",
  },
  INTERRUPTED: {
    means: "The command was ended by SIGINT or SIGTERM.",
    remedy: "A heal that was under way went back; run the command again.",
  },
  NOTHING_SELECTED: {
    means: "No container has the name, project or service that was given.",
    remedy: "`stalewatch check` lists all of them.",
  },
  NO_CHANNEL: {
    means: "No channel is configured that could send this.",
    remedy: "Configure one under `notify`; `stalewatch test-notify` tries it.",
  },
  NO_INCIDENT: {
    means: "The container has no open incident: there is nothing to acknowledge.",
    remedy: "`stalewatch check` shows what is stale.",
  },
  NO_SCAN_YET: {
    means: "The status page was asked before the daemon's first scan had succeeded.",
    remedy: "Ask again; `/readyz` says why none does.",
  },
  PROXY_UNUSABLE: {
    means: "A proxy variable holds no http or https URL.",
    remedy: "Correct `HTTPS_PROXY` or `HTTP_PROXY`, or name the host in `NO_PROXY`.",
  },
  STATE_CORRUPT: {
    means: "The state file is damaged.",
    remedy:
      "Restart the daemon: it sets the file aside and starts a new one. Then `stalewatch doctor --repair`.",
  },
  STATE_LOCKED: {
    means: "Another daemon, or another heal, has this state directory.",
    remedy:
      "The message says who. Wait for its end, or give this one a state directory of its own.",
  },
  STATE_MISSING: {
    means: "There is no state directory.",
    remedy: "Start the daemon once, or create the directory that `state` names.",
  },
  STATE_NEWER: {
    means: "The state was written by a newer stalewatch.",
    remedy: "Install that version or a newer one again; nothing in the state was changed.",
  },
  STATE_UNUSABLE: {
    means: "The state directory cannot be read or written: rights, or a full disk.",
    remedy:
      "Mend what the message names. Until then watching and alerting go on, healing does not.",
  },
  UNKNOWN_CONTAINER: {
    means: "No container has that name.",
    remedy: "`stalewatch check` lists all of them; the message names the nearest.",
  },
  UNKNOWN_HOLD: {
    means: "There is no hold with that ID, or it has ended.",
    remedy: "`stalewatch hold --list`.",
  },
  USAGE: {
    means: "The command line was not understood.",
    remedy: "`stalewatch --help`, or `stalewatch COMMAND --help`.",
  },
  VERIFY_REPLICAS: {
    means: "`verify --replicas` names a service that is not among those that are verified.",
    remedy: "Name it with `--service` too, or leave it out.",
  },
  VERIFY_SELECTION: {
    means: "`verify` was given neither `--project` nor `--service`.",
    remedy: "Name what was deployed: “all is well” must not be said of whatever happens to run.",
  },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

export type ErrorCode = keyof typeof ERROR_CODES;
