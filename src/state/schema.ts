/** One entry a version, only ever added to: a state file is migrated forward by running those it has not seen.
 *  Times are milliseconds since 1970; `body` columns hold JSON of the domain's own types. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE image (
    engine TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (engine, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE container (
    engine TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (engine, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE divergence (
    engine TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (engine, subject)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE incident (
    id TEXT PRIMARY KEY, engine TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
    opened_at INTEGER NOT NULL, resolved_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX incident_open ON incident (engine, subject) WHERE resolved_at IS NULL;
  CREATE INDEX incident_by_time ON incident (opened_at);

  CREATE TABLE hold (
    id TEXT PRIMARY KEY, engine TEXT NOT NULL, project TEXT, container TEXT, until INTEGER NOT NULL, reason TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, bulletin TEXT NOT NULL,
    created_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER NOT NULL,
    error TEXT, dead_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (channel, id) WHERE dead_at IS NULL;
  `,
  // `parent`: the heal that a dependent's belongs to, which is closed with it. `steps`: phases with their times.
  `
  CREATE TABLE heal (
    id TEXT PRIMARY KEY, engine TEXT NOT NULL, subject TEXT NOT NULL, parent TEXT, method TEXT NOT NULL,
    record TEXT NOT NULL, phase TEXT NOT NULL, replacement TEXT, steps TEXT NOT NULL,
    opened_at INTEGER NOT NULL, closed_at INTEGER, outcome TEXT, ending TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX heal_open ON heal (engine, subject) WHERE closed_at IS NULL;
  CREATE INDEX heal_by_time ON heal (opened_at);

  CREATE TABLE quarantine (
    engine TEXT NOT NULL, subject TEXT NOT NULL, image TEXT NOT NULL, since INTEGER NOT NULL, heal TEXT NOT NULL,
    PRIMARY KEY (engine, subject, image)
  ) STRICT, WITHOUT ROWID;
  `,
  // Scans by whole hours since 1970: a quiet scan writes nothing, so they are counted in memory and added up here.
  `
  CREATE TABLE scan_tally (
    hour INTEGER PRIMARY KEY, done INTEGER NOT NULL, failed INTEGER NOT NULL, missed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // `turn`: a subject's standing became another one; `created_at` is its container's. `watch`: stretches of time in which
  // scans succeeded. Both are what the timelines of the status page are drawn from.
  `
  CREATE TABLE turn (
    engine TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, standing TEXT NOT NULL, created_at INTEGER,
    PRIMARY KEY (engine, subject, at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE watch (began INTEGER PRIMARY KEY, seen INTEGER NOT NULL) STRICT;
  `,
];
