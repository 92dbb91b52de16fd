import type { LoadedConfig } from "../config/load.ts";
import { messageOf } from "../domain/error.ts";
import type { HealOutcome } from "../domain/heal/record.ts";
import type { ContainerId, EpochMs, Milliseconds, SubjectKey } from "../domain/ids.ts";
import { describeAddress } from "../engine/address.ts";
import type { OnCall } from "../engine/call.ts";
import { ownContainer } from "../engine/self.ts";
import type { Channel } from "../notify/channel.ts";
import type { CourierEvent } from "../notify/courier-event.ts";
import { courier, type Courier } from "../notify/courier.ts";
import type { HeartbeatEvent } from "../notify/heartbeat.ts";
import { State } from "../state/state.ts";
import { Status } from "../status/status.ts";
import { channelsOf } from "./channels.ts";
import type { Clock } from "./clock.ts";
import { runCycle, type Cause, type CycleMemory } from "./cycle.ts";
import { engineLink, type EngineLink } from "./engine-link.ts";
import { Healing } from "./healing.ts";
import { errorFields, type Log } from "./log.ts";
import { logDelivery, logFollowing, logHeartbeat, logStatus } from "./log-news.ts";
import { Lookout, NOBODY } from "./lookout.ts";
import { postingsFor } from "./postings.ts";
import { pulse, type Pulse } from "./pulse.ts";
import { planReports, type ReportPlan } from "./report-plan.ts";
import type { Scan } from "./scan.ts";
import { ScanCounter } from "./scan-tally.ts";
import { startSchedule, type Schedule } from "./schedule.ts";
import { statusLine } from "./status-line.ts";
import type { Supervisor } from "./supervisor.ts";

export interface DaemonOptions {
  readonly config: LoadedConfig;
  /** Reads the configuration anew: for SIGHUP. */
  readonly reload: () => Promise<LoadedConfig>;
  readonly log: Log;
  readonly clock: Clock;
  /** See `CycleParts`. */
  readonly renewLock: () => void;
  readonly supervisor: Supervisor;
  /** The program's own. */
  readonly version: string;
}

/** The long-running agent. One at a time a state directory: the caller holds its lock. */
export class Daemon {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #reload: () => Promise<LoadedConfig>;
  readonly #renewLock: () => void;
  readonly #supervisor: Supervisor;
  readonly #state: State;
  readonly #memory: CycleMemory;
  readonly #stop = new AbortController();
  #config: LoadedConfig;
  #self: ContainerId | null = null;
  #link: EngineLink;
  #channels: readonly Channel[];
  #courier: Running | null = null;
  #pulse: Pulse;
  #schedule: Schedule | null = null;
  #reports: ReportPlan | null = null;
  #lastScan: Scan | null = null;
  #isConfigBroken = false;
  readonly #healing = new Healing();
  readonly #scans: ScanCounter;
  readonly #lookout: Lookout;
  readonly #status: Status;
  readonly #version: string;
  readonly #startedAt: EpochMs;
  #cycle: { readonly cause: Cause; readonly done: Promise<void> } | null = null;
  /** What asked for a scan while one was under way; null: nothing. */
  #again: Cause | null = null;
  /** The start and every reload, one after the other: two at once would leave a schedule and a courier behind. */
  #turn: Promise<void> = Promise.resolve();
  /** Ticks that came while a scan was still under way. */
  #skipped = 0;

  constructor({ config, reload, log, clock, renewLock, supervisor, version }: DaemonOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#reload = reload;
    this.#renewLock = renewLock;
    this.#supervisor = supervisor;
    this.#config = config;
    this.#state = new State({
      directory: config.settings.state,
      mayReplace: true,
      now: () => new Date(clock.now()),
    });
    this.#scans = new ScanCounter(this.#state);
    this.#version = version;
    this.#startedAt = clock.now();
    this.#status = new Status({
      past: this.#state,
      now: () => clock.now(),
      version,
      report: (event) => {
        logStatus(log, event);
      },
    });
    this.#memory = { clocks: null, lastScanAt: null, outage: this.#state.outage(), failure: null };
    this.#link = this.#linkTo(config);
    this.#channels = channelsOf(config.settings);
    this.#pulse = this.#pulseOf(config);
    this.#lookout = new Lookout({
      look: () => {
        this.#scan("events");
      },
      healing: () => this.#healed(),
      clock,
      log: (event) => {
        logFollowing(log, event);
      },
    });
  }

  get skippedTicks(): number {
    return this.#skipped;
  }

  /** Scans at once and then on schedule, until `stop`. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#begin());
  }

  async #begin(): Promise<void> {
    this.#self = await ownContainer();
    const { settings, file } = this.#config;
    this.#log.info("started", "stalewatch watches", {
      schedule: settings.schedule,
      timezone: settings.timezone,
      config: file,
      channels: this.#channels.map(({ name }) => name),
    });
    this.#deliver();
    await this.#plan();
    this.#scan("schedule");
    await this.#status.listen(settings.status);
  }

  /** Ends at a clean point: what is under way is cut off, and whatever it had not committed is as if it never was. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const told = this.#supervisor.stopping();
    // It may still set up a schedule and a courier.
    await this.#turn;
    this.#schedule?.stop();
    await this.#status.close();
    await Promise.allSettled([this.#cycle?.done, this.#courier?.done]);
    this.#reports?.stop();
    await this.#lookout.stop();
    await this.#healing.ended();
    this.#scans.flush();
    await Promise.all([this.#pulse.settled(), told]);
    this.#state.close();
    this.#log.info("stopped", "stalewatch has ended");
  }

  /** Takes over a changed configuration; a broken one is reported and the old one kept. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reloadOnce());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #reloadOnce(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    try {
      const config = await this.#reload();
      this.#log.hide(config.secrets);
      if (config.settings.state !== this.#config.settings.state)
        this.#log.warn("reload-partial", "another state directory is used only after a restart", {
          state: config.settings.state,
        });
      await this.#adopt(config);
      this.#isConfigBroken = false;
    } catch (error) {
      this.#isConfigBroken = true;
      this.#tellStatus();
      this.#log.error("reload-failed", "the old configuration stays in force", errorFields(error));
    }
  }

  async #adopt(config: LoadedConfig): Promise<void> {
    await this.#courier?.end();
    await this.#lookout.stop();
    this.#config = config;
    this.#memory.lastScanAt = null;
    this.#log.setLevel(config.settings.log.level);
    this.#link = this.#linkTo(config);
    this.#channels = channelsOf(config.settings);
    this.#pulse = this.#pulseOf(config);
    this.#deliver();
    await this.#plan();
    await this.#status.listen(config.settings.status);
    this.#log.info("reloaded", "the new configuration is in force", { config: config.file });
    this.#scan("schedule");
  }

  /** After a scan: a report without one would not even know whose it is. */
  async #planReports(): Promise<void> {
    if (this.#reports !== null) return;
    const config = this.#config;
    const plan = await planReports({
      settings: config.settings,
      channels: this.#channels,
      state: this.#state,
      clock: this.#clock,
      log: this.#log,
      lastScan: () => this.#lastScan,
      posted: () => {
        this.#courier?.wake();
      },
      random: Math.random,
    });
    // Another configuration is in force by now: the scan that follows plans by that.
    if (config === this.#config) this.#reports = plan;
    else plan.stop();
  }

  async #plan(): Promise<void> {
    this.#schedule?.stop();
    this.#reports?.stop();
    this.#reports = null;
    const { schedule: expression, timezone } = this.#config.settings;
    this.#schedule = await startSchedule({
      expression,
      timezone,
      onTick: (missed) => {
        this.#tick(missed);
      },
    });
    const next = this.#schedule.next();
    this.#log.debug("scheduled", "the next scan is planned", { next: next?.toISOString() ?? null });
  }

  #tick(missed: boolean): void {
    const isLate = this.#cycle?.cause === "schedule";
    if (missed || isLate) this.#scans.count("missed", this.#clock.now());
    if (missed) this.#log.warn("tick-missed", "a scan came too late: the host slept or was busy");
    if (!isLate) {
      this.#scan("schedule");
      return;
    }
    this.#skipped++;
    this.#status.tallies.skippedTicks++;
    this.#log.warn("tick-skipped", "a scan was still under way", { skipped: this.#skipped });
  }

  /** At most one scan runs; one asked for meanwhile follows it. */
  #scan(cause: Cause): void {
    if (this.#stop.signal.aborted) return;
    if (this.#cycle !== null) {
      this.#again = this.#again === "schedule" ? "schedule" : cause;
      return;
    }
    this.#again = null;
    this.#lookout.begins();
    const done = this.#runCycle(cause).finally(() => {
      this.#cycle = null;
      this.#lookout.ends();
      if (this.#again !== null) this.#scan(this.#again);
    });
    this.#cycle = { cause, done };
  }

  async #runCycle(cause: Cause): Promise<void> {
    const began = this.#clock.now();
    const parts = {
      cause,
      settings: this.#config.settings,
      link: this.#link,
      state: this.#state,
      self: this.#self,
      clock: this.#clock,
      log: this.#log,
      onCall: this.#countCall,
      healed: (outcome: HealOutcome) => {
        this.#status.tallies.heals.add(outcome);
      },
      stepped: () => {
        this.#status.changed();
      },
      route: postingsFor(this.#channels, this.#log),
      posted: () => {
        this.#courier?.wake();
      },
      renewLock: this.#renewLock,
    };
    // The pulse and the report say whether the schedule is kept. And the breaker counts what is due at one time: heals that
    // began by the second would each be the only one.
    const isPlanned = cause === "schedule";
    const pulse = isPlanned ? this.#pulse : null;
    pulse?.begin();
    this.#supervisor.scanning(() => parts.link.calls(), scanPatience(parts.settings));
    try {
      const done = await runCycle(parts, this.#memory, this.#stop.signal);
      if (isPlanned) this.#scans.count(done === null ? "failed" : "done", this.#clock.now());
      this.#lastScan = done ?? this.#lastScan;
      this.#show(began, done !== null);
      pulse?.end(done !== null);
      if (done !== null && parts.link === this.#link) this.#lookout.follow(parts.link, began);
      if (done !== null && isPlanned)
        this.#healing.consider(done, parts, this.#stop.signal, () => {
          this.#scan("schedule");
        });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#log.error("cycle-failed", "a scan broke off", errorFields(error));
      this.#memory.failure = messageOf(error);
      this.#show(began, false);
      pulse?.end(false);
    }
    this.#tellStatus();
    this.#supervisor.scanned();
    await this.#planReports();
  }

  /** null: the schedule never fires again. */
  #nextScanAt(): EpochMs | null {
    return this.#schedule?.next()?.getTime() ?? null;
  }

  #tellStatus(): void {
    const last = this.#memory.failure === null ? this.#lastScan : null;
    const line = statusLine({
      scan: last && { engine: last.snapshot.engine.name, judgements: last.judgements },
      outage: this.#memory.outage,
      isConfigBroken: this.#isConfigBroken,
      next: this.#nextScanAt(),
    });
    this.#supervisor.status(line);
  }

  /** Subjects of the heal that this process has under way. */
  #healed(): ReadonlySet<SubjectKey> {
    const last = this.#lastScan;
    if (last === null || !this.#healing.isUnderWay) return NOBODY;
    return this.#state.remember(last.snapshot.engine.id).memory.healing;
  }

  /** What the status page has to show after a scan. */
  #show(startedAt: EpochMs, done: boolean): void {
    const endedAt = this.#clock.now();
    const { settings } = this.#config;
    const scan = this.#lastScan;
    this.#status.tallies.scan(done ? "done" : "failed", endedAt - startedAt);
    this.#status.publish({
      version: this.#version,
      startedAt: this.#startedAt,
      engineName: settings.engine.name ?? describeAddress(settings.engine.address),
      scan: scan && { engine: scan.snapshot.engine, judgements: scan.judgements, at: scan.at },
      cycle: { startedAt, endedAt, failure: this.#memory.failure },
      outageSince: this.#memory.outage?.since ?? null,
      nextScanAt: this.#nextScanAt(),
      watching: this.#scans.watching,
      channels: this.#channels.map(({ name }) => name),
      degraded: this.#state.degraded,
    });
  }

  #linkTo({ settings }: LoadedConfig): EngineLink {
    return engineLink({ ...settings.engine, onCall: this.#countCall });
  }

  readonly #countCall: OnCall = (endpoint, end) => {
    this.#status.tallies.calls.add(endpoint, end);
  };

  #pulseOf({ settings }: LoadedConfig): Pulse {
    const log = (event: HeartbeatEvent): void => {
      logHeartbeat(this.#log, event);
    };
    const parts = { url: settings.heartbeat.url, outbox: this.#state, log };
    return pulse({ ...parts, now: () => this.#clock.now() }, this.#stop.signal);
  }

  #deliver(): void {
    const names = this.#channels.map(({ name }) => name);
    for (const channel of this.#state.abandonOthers(names, this.#clock.now()))
      this.#log.error(
        "channel-removed",
        "messages wait for a channel that is not configured: given up",
        { channel },
      );
    this.#courier = startCourier(
      this.#state,
      this.#channels,
      this.#clock,
      (event) => {
        logDelivery(this.#log, event);
        this.#status.delivery(event);
      },
      this.#stop.signal,
    );
  }
}

/** How long a scan may go without an engine call: two answers in their full length, as a connection takes, and a minute for
 *  the disk and a busy machine. */
function scanPatience({ engine }: LoadedConfig["settings"]): Milliseconds {
  return 2 * engine.timeout + 60_000;
}

interface Running {
  readonly done: Promise<void>;
  wake(): void;
  end(): Promise<void>;
}

function startCourier(
  outbox: State,
  channels: readonly Channel[],
  clock: Clock,
  log: (event: CourierEvent) => void,
  stop: AbortSignal,
): Running {
  const end = new AbortController();
  const runner: Courier = courier({
    outbox,
    channels,
    clock,
    log,
    random: Math.random,
  });
  const done = runner.run(AbortSignal.any([stop, end.signal]));
  return {
    done,
    wake: () => {
      runner.wake();
    },
    end: async () => {
      end.abort();
      await done;
    },
  };
}
