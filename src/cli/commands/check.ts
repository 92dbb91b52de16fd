import { StalewatchError } from "../../domain/error.ts";
import type { Judgement } from "../../domain/verdict.ts";
import type { Settings } from "../../config/settings.ts";
import { isWindowOpen } from "../../daemon/heal-window.ts";
import { scan, type Ledger, type Reporting, type Scan } from "../../daemon/scan.ts";
import { volatileLedger } from "../../daemon/volatile-ledger.ts";
import { connectEngine } from "../../engine/connect.ts";
import type { Engine } from "../../engine/engine.ts";
import { ownContainer } from "../../engine/self.ts";
import {
  interruption,
  loadedConfig,
  note,
  outputWidth,
  print,
  printJson,
  type GlobalOptions,
} from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { openStateIfUsable } from "../opened-state.ts";
import { checkDocument } from "../../status/documents/check.ts";
import { checkText } from "../render/check-text.ts";
import { styleFor } from "../render/style.ts";
import { refuseUnknown, selectionOf } from "../select.ts";

export interface CheckOptions extends GlobalOptions {
  readonly names: readonly string[];
  readonly project?: string;
  readonly service?: readonly string[];
  readonly json: boolean;
  readonly strict: boolean;
  readonly notify: boolean;
  readonly watch: boolean;
}

export async function check(options: CheckOptions): Promise<ExitCode> {
  refuseSelection(options);
  const { settings } = await loadedConfig(options);
  if (options.watch) return (await import("../watch.ts")).watch(settings, options);
  const done = options.notify
    ? await (await import("../notified-scan.ts")).notifiedScan(settings, interruption())
    : await look(settings, options, interruption());
  if (options.json) printJson(checkDocument(done.snapshot.engine, done.judgements, done.at));
  else
    print(
      checkText({
        engine: done.snapshot.engine.name,
        judgements: done.judgements,
        at: done.at,
        width: outputWidth(),
        style: styleFor(process.stdout, options.color),
      }),
    );
  return checkExit(done.judgements, options.strict);
}

/** One scan that tells nobody, on the daemon's memory where it can be used. */
async function look(settings: Settings, options: CheckOptions, signal: AbortSignal): Promise<Scan> {
  const { ledger, close } = await openLedger(settings);
  try {
    const done = await scanOnce(settings, ledger, options, null, signal);
    refuseUnknown(options, done.snapshot);
    return done;
  } finally {
    close();
  }
}

/** The daemon's memory, or one of this process's own where that cannot be used. */
export async function openLedger(
  settings: Settings,
): Promise<{ readonly ledger: Ledger; readonly close: () => void }> {
  const opened = await openStateIfUsable(settings.state);
  if (opened.state !== null)
    return {
      ledger: opened.state,
      close: () => {
        opened.state.close();
      },
    };
  note(`judging from the engine alone: ${opened.why}`);
  return { ledger: volatileLedger(), close: () => undefined };
}

type Selected = Pick<CheckOptions, "names" | "project" | "service">;

export async function scanOnce(
  settings: Settings,
  ledger: Ledger,
  selected: Selected,
  reporting: Reporting | null,
  signal: AbortSignal,
): Promise<Scan> {
  const engine = await connectEngine(settings.engine, signal);
  return scanOn(engine, { settings, ledger, selected, reporting }, signal);
}

export interface LookParts {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly selected: Selected;
  readonly reporting: Reporting | null;
}

export async function scanOn(
  engine: Engine,
  { settings, ledger, selected, reporting }: LookParts,
  signal: AbortSignal,
): Promise<Scan> {
  const { heal, timezone, policy } = settings;
  const healWindowOpen = await isWindowOpen(heal.window, timezone, Date.now());
  const now = (): number => Date.now();
  const self = await ownContainer();
  return scan(
    {
      engine,
      ledger,
      policy,
      self,
      healWindowOpen,
      selection: selectionOf(selected),
      reporting,
      now,
      lastScanAt: null,
      clocks: null,
    },
    signal,
  );
}

export function checkExit(judgements: readonly Judgement[], strict: boolean): ExitCode {
  if (judgements.some(({ verdict }) => verdict === "stale")) return EXIT.critical;
  return strict && judgements.some(({ verdict }) => verdict === "pending") ? EXIT.warning : EXIT.ok;
}

/** `--notify` speaks for the whole host: news about a part would resolve incidents of the rest. */
function refuseSelection(options: CheckOptions): void {
  if (!options.notify || selectionOf(options) === null) return;
  throw new StalewatchError(
    "CHECK_NOTIFY_SELECTION",
    "--notify cannot be combined with names, --project or --service",
    {
      hint: "leave them out, or say which containers not to watch with exclude or rules in the configuration",
    },
  );
}
