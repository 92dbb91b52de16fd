import { KINDS } from "../domain/kinds.ts";
import { DEFAULT_POLICY } from "../domain/policy.ts";
import { absolutePath } from "./absolute-path.ts";
import { cron, cronOrNever } from "./cron.ts";
import { DEFAULT_SOCKET } from "./engine-address.ts";
import { engineHost } from "./engine-host.ts";
import { key, section, type ValuesOf } from "./key.ts";
import { listOf } from "./list-type.ts";
import { listenAddress } from "./listen-address.ts";
import { hostName, mailAddress, password, userName } from "./mail-types.ts";
import { mention, WEBHOOK_FORMATS } from "./notify-types.ts";
import { grace, mode, nameGlob, rule, strategy, tagGlobs } from "./policy-types.ts";
import { record } from "./record-type.ts";
import {
  choice,
  duration,
  durationOrAuto,
  line,
  trueOrFalse,
  wholeNumber,
} from "./scalar-types.ts";
import { machineTimezone, timezone } from "./timezone.ts";
import { orNull } from "./value-type.ts";
import { anyWebUrl, webUrl } from "./web-url.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a connection to a mail server is encrypted. */
export const SMTP_TLS_MODES = ["starttls", "implicit", "opportunistic", "none"] as const;

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;

/** When a heal may start: from each time that `cron` names, `for` so many milliseconds. */
const healWindow = record({
  words: "a window",
  required: { cron, for: duration({ least: MINUTE, most: DAY }) },
  optional: {},
});

/** What every channel can be told to leave out. */
const kinds = listOf(choice(KINDS), { words: "a list of message kinds", least: 1 });
const channelFilter = {
  only: key(
    orNull(kinds),
    null,
    `The kinds of message that this channel gets: ${KINDS.join(", ")}.`,
    { defaultInWords: "all kinds" },
  ),
  projects: key(
    orNull(listOf(nameGlob, { words: "a list of project globs", least: 1 })),
    null,
    "The Compose projects that this channel hears of, as globs. Messages about the engine as a whole reach every channel.",
    { defaultInWords: "all projects" },
  ),
};

/** Every key of the configuration. To add one, add it here. */
export const SCHEMA = section("What stalewatch does.", {
  engine: section("The Docker engine that is watched.", {
    host: key(
      orNull(engineHost),
      null,
      "Where the engine listens: unix:///path or tcp://host:port.",
      { defaultInWords: `DOCKER_HOST, else unix://${DEFAULT_SOCKET}`, flag: "host" },
    ),
    name: key(orNull(line("a name")), null, "What messages call this engine.", {
      defaultInWords: "what the engine calls itself",
    }),
    tls: section("Files in PEM form for an engine on tcp. Any of them turns TLS on.", {
      ca: key(orNull(absolutePath), null, "Who may have signed the engine's certificate.", {
        defaultInWords: "the public authorities",
      }),
      cert: key(orNull(absolutePath), null, "The certificate that this client shows.", {
        defaultInWords: "none",
      }),
      key: key(orNull(absolutePath), null, "The private key of that certificate.", {
        defaultInWords: "none",
      }),
    }),
    timeout: key(
      duration({ least: SECOND, most: HOUR }),
      15 * SECOND,
      "How long the engine may take for one answer. A busy engine answers within seconds; one that takes longer hangs.",
    ),
  }),
  schedule: key(
    cron,
    "*/5 * * * *",
    "When to scan: a cron expression of five fields, or six with seconds first.",
  ),
  timezone: key(timezone, machineTimezone(), "The zone that cron expressions are read in.", {
    defaultInWords: "the machine's",
  }),
  mode: key(
    mode,
    DEFAULT_POLICY.mode,
    "alert: tell. heal: recreate the stale container on its newest image, and tell.",
  ),
  grace: key(
    grace,
    DEFAULT_POLICY.grace,
    "How long a container may run an old image before it counts. `compose build && compose up` retags the image minutes before it recreates the container.",
  ),
  strategy: key(
    strategy,
    DEFAULT_POLICY.strategy,
    "same-tag: the newest image is what the container's own tag points to. newest-tag: it is the most recently built tag of the same repository that matches tags, for hosts that build app:BUILD_ID.",
  ),
  tags: key(
    orNull(tagGlobs),
    DEFAULT_POLICY.tags,
    "Globs over tags, for the strategy newest-tag.",
    {
      defaultInWords: "none",
    },
  ),
  rules: key(
    listOf(rule, { words: "a list of rules" }),
    DEFAULT_POLICY.rules,
    "Exceptions from the four keys above. The first rule that matches a container holds: all of project, service, name (globs) and label (key or key=glob) that its match names must fit. It may set mode, grace, strategy, tags, and enable: false leaves the container out, true watches it although it would be left out by default.",
    { defaultInWords: "none" },
  ),
  exclude: key(
    listOf(nameGlob, { words: "a list of container globs" }),
    DEFAULT_POLICY.exclude,
    "Globs over the names of containers to leave out.",
    { defaultInWords: "none" },
  ),
  heal: section("Recreating stale containers.", {
    method: key(
      choice(["engine", "compose"]),
      "engine",
      "engine: clone the container over the Engine API, and remove the old one only when the new one has proven itself. compose: let Compose recreate the service from its files, for what a clone would lack, such as inline configs and secrets. Compose removes the old container first; if the new one fails, the old one is made anew on its old image.",
    ),
    composeRoots: key(
      listOf(absolutePath, { words: "a list of absolute paths" }),
      [],
      "The folders that Compose projects may lie in, for the method compose. Who can write there decides what runs as root, so neither the projects' files nor any folder above them may be writable by a group or by others.",
      { defaultInWords: "none" },
    ),
    healthTimeout: key(
      durationOrAuto({ least: SECOND, most: DAY }),
      "auto",
      "How long a recreated container may take to become healthy. auto: the start period, and as many rounds of interval and timeout as its health check allows, and 30 s; at least 90 s.",
    ),
    settle: key(
      duration({ most: DAY }),
      30 * SECOND,
      "How long a recreated container must run, or be healthy, without a change before the old one is removed.",
    ),
    window: key(
      orNull(healWindow),
      null,
      "When a heal may start: cron says from when, for says how long, at most a day.",
      { defaultInWords: "any time" },
    ),
    breaker: key(
      wholeNumber({ least: 1 }),
      DEFAULT_POLICY.breaker,
      "If more services than this are due for a heal at once, none is healed and one alert says so.",
    ),
    cleanup: key(
      trueOrFalse,
      false,
      "Remove the replaced image after a heal, if no container uses it and no tag names it.",
    ),
  }),
  notify: section("Who is told.", {
    reminder: key(
      duration(),
      6 * HOUR,
      "How long after a message the incidents that are still open are told again. 0: never.",
    ),
    slack: section("A Slack channel, through an incoming webhook.", {
      webhookUrl: key(
        orNull(webUrl),
        null,
        "The webhook's URL. Who knows it can write to the channel.",
        {
          secret: true,
          defaultInWords: "none: nothing is sent to Slack",
        },
      ),
      mention: section("Whom messages call.", {
        text: key(
          orNull(mention),
          null,
          "Who is called: @here, @channel, @everyone, the ID of a user (U…) or of a user group (S…).",
          { defaultInWords: "nobody" },
        ),
        on: key(
          orNull(kinds),
          null,
          "The kinds of message that call. A message that has any of them does.",
          { defaultInWords: "stale, heal-failed, breaker, engine-unreachable" },
        ),
      }),
      ...channelFilter,
    }),
    email: section("Mails. They need smtp.host, from and to.", {
      smtp: section("The mail server that takes them.", {
        host: key(orNull(hostName), null, "The mail server.", {
          defaultInWords: "none: no mail is sent",
        }),
        port: key(orNull(wholeNumber({ least: 1, most: 65_535 })), null, "Its port.", {
          defaultInWords:
            "465 if tls.mode is implicit, 587 if it is starttls or not set, otherwise 25",
        }),
        user: key(orNull(userName), null, "Who logs in. Without it nobody does.", {
          defaultInWords: "none",
        }),
        password: key(orNull(password), null, "The password of that user.", {
          secret: true,
          defaultInWords: "none",
        }),
        tls: section("Encryption.", {
          mode: key(
            orNull(choice(SMTP_TLS_MODES)),
            null,
            "starttls: the connection must turn to TLS before anything is said. implicit: it is TLS from the start. In both the server's certificate must be right. opportunistic: STARTTLS if it is offered, with any certificate, else no encryption: for a server on this machine. none: no encryption. A password needs starttls or implicit, unless the server is this machine itself.",
            { defaultInWords: "implicit on port 465, otherwise starttls" },
          ),
          ca: key(orNull(absolutePath), null, "Who may have signed the server's certificate.", {
            defaultInWords: "the public authorities",
          }),
        }),
      }),
      from: key(orNull(mailAddress), null, "Whose address the mails bear.", {
        defaultInWords: "none: no mail is sent",
      }),
      to: key(
        orNull(listOf(mailAddress, { words: "a list of mail addresses", least: 1 })),
        null,
        "Who gets them. Each address is a channel of its own: it gets every mail once, whatever becomes of the others'.",
        { defaultInWords: "nobody: no mail is sent" },
      ),
      ...channelFilter,
    }),
    webhook: section("Any other receiver, over HTTP: see docs/webhook.md.", {
      format: key(
        choice(WEBHOOK_FORMATS),
        "generic",
        "What is posted: generic is stalewatch's own JSON document; the others are what ntfy, Alertmanager (API v2) and PagerDuty (Events API v2) take.",
      ),
      url: key(
        orNull(anyWebUrl),
        null,
        "Where to post. ntfy: the topic's URL. alertmanager: its address. pagerduty: https://events.pagerduty.com/v2/enqueue. Plain http shows messages to the network.",
        { secret: true, defaultInWords: "none: no webhook" },
      ),
      secret: key(
        orNull(line("a secret")),
        null,
        "generic: the key of the signature. ntfy: an access token. alertmanager: a bearer token, or user:password. pagerduty: the integration key, which it needs.",
        { secret: true, defaultInWords: "none" },
      ),
      ...channelFilter,
    }),
  }),
  report: section("The report by mail: how things are, and what happened in a period.", {
    schedule: key(
      cronOrNever,
      "0 8 * * 1",
      "When to send it: a cron expression, or never. Without notify.email there is none.",
    ),
    period: key(duration({ least: HOUR, most: 366 * DAY }), 7 * DAY, "What it looks back on."),
    jitter: key(
      duration({ most: DAY }),
      10 * MINUTE,
      "It is sent up to so much later, so that many hosts do not send at once.",
    ),
  }),
  heartbeat: section("A dead man's switch that is told of every scan.", {
    url: key(
      orNull(anyWebUrl),
      null,
      "The check's URL, in the convention of healthchecks.io: every scan pings URL/start, then URL when it finished, or URL/fail when it did not, or when a message has waited for an hour or was given up.",
      { secret: true, defaultInWords: "none" },
    ),
  }),
  status: section("The status page, its JSON and its metrics: see docs/status.md.", {
    listen: key(
      listenAddress,
      { kind: "tcp", host: "127.0.0.1", port: 9750 },
      "Where they are served, for this machine only: 127.0.0.1:PORT, [::1]:PORT, unix:///PATH, or off. Everybody who reaches it may read it.",
      { defaultInWords: "127.0.0.1:9750" },
    ),
    publicUrl: key(
      orNull(anyWebUrl),
      null,
      "Where people open the status page; messages link to it. Behind a reverse proxy, the name that it is asked for.",
      { defaultInWords: "none" },
    ),
  }),
  history: section("What is remembered of the past.", {
    retention: key(
      duration({ least: DAY }),
      90 * DAY,
      "How long closed incidents, heals and messages are kept.",
    ),
  }),
  state: key(absolutePath, "/var/lib/stalewatch", "The folder of the state."),
  log: section("The log, on stderr.", {
    level: key(choice(LOG_LEVELS), "info", "How much is logged.", { flag: "logLevel" }),
  }),
});

export type Values = ValuesOf<typeof SCHEMA>;
