import type { Milliseconds } from "../domain/ids.ts";
import { nextTurn } from "../domain/next-turn.ts";
import type { Settings } from "../config/settings.ts";
import { SYSTEM_CLOCK } from "../daemon/clock.ts";
import { engineLink, type EngineLink } from "../daemon/engine-link.ts";
import { Lookout, NOBODY } from "../daemon/lookout.ts";
import type { Ledger, Scan } from "../daemon/scan.ts";
import { bell } from "../notify/bell.ts";
import {
  checkExit,
  openLedger,
  scanOn,
  type CheckOptions,
  type LookParts,
} from "./commands/check.ts";
import { interruption } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { refuseUnknown } from "./select.ts";
import { watchView, type WatchView } from "./watch-view.ts";

/** There is a look at least this often, also where the engine tells of nothing. */
const BEAT: Milliseconds = 10_000;

/** Looks whenever something may have changed, and shows it, until Ctrl-C; then ends as `check` would. */
export async function watch(settings: Settings, options: CheckOptions): Promise<ExitCode> {
  const { ledger, close } = await openLedger(settings);
  try {
    return await new Watch(settings, options, ledger).run();
  } finally {
    close();
  }
}

class Watch {
  readonly #options: CheckOptions;
  readonly #parts: LookParts;
  readonly #link: EngineLink;
  readonly #end = new AbortController();
  readonly #wake = bell((length, signal) => SYSTEM_CLOCK.sleep(length, signal));

  constructor(settings: Settings, options: CheckOptions, ledger: Ledger) {
    this.#options = options;
    this.#parts = { settings, ledger, selected: options, reporting: null };
    this.#link = engineLink(settings.engine);
    const end = (): void => {
      this.#end.abort();
    };
    interruption().addEventListener("abort", end);
    // Whoever read it has seen enough.
    process.stdout.once("error", end);
  }

  async run(): Promise<ExitCode> {
    const began = Date.now();
    // What it fails of, `check` fails of.
    const first = await this.#look();
    const view = watchView(this.#options.color, () => {
      this.#end.abort();
    });
    const lookout = this.#lookout(view);
    lookout.follow(this.#link, began);
    try {
      return await this.#goOn(first, view, lookout);
    } finally {
      await lookout.stop();
      view.close();
    }
  }

  async #look(): Promise<Scan> {
    const { signal } = this.#end;
    const done = await scanOn(await this.#link.engine(signal), this.#parts, signal);
    refuseUnknown(this.#options, done.snapshot);
    return done;
  }

  #lookout(view: WatchView): Lookout {
    return new Lookout({
      look: () => {
        this.#wake.ring();
      },
      healing: () => NOBODY,
      clock: SYSTEM_CLOCK,
      log: ({ event }) => {
        view.follows(event === "events-followed");
      },
    });
  }

  async #goOn(first: Scan, view: WatchView, lookout: Lookout): Promise<ExitCode> {
    for (let last: Scan | null = first; ;) {
      if (last !== null) {
        view.show(last);
        lookout.expect(nextTurn(last.judgements, last.at));
      }
      await this.#wake.wait(BEAT, this.#end.signal);
      lookout.begins();
      const next: Scan | Failure = await this.#look().catch((error: unknown) => ({ error }));
      lookout.ends();
      if (this.#end.signal.aborted)
        return last === null ? EXIT.unknown : checkExit(last.judgements, this.#options.strict);
      last = "error" in next ? null : next;
      if (!("error" in next)) continue;
      this.#link.drop();
      view.failed(next.error);
    }
  }
}

interface Failure {
  readonly error: unknown;
}
