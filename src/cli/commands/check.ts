import { StalewatchError } from "../../domain/error.ts";
import type { Judgement } from "../../domain/verdict.ts";
import type { Settings } from "../../config/settings.ts";
import { forgetfulLedger } from "../../daemon/forgetful.ts";
import { isWindowOpen } from "../../daemon/heal-window.ts";
import { scan, type Ledger, type Reporting, type Scan } from "../../daemon/scan.ts";
import { connectEngine } from "../../engine/connect.ts";
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
}

export async function check(options: CheckOptions): Promise<ExitCode> {
  refuseSelection(options);
  const { settings } = await loadedConfig(options);
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
  return exitCode(done.judgements, options.strict);
}

/** One scan that tells nobody, on the daemon's memory where it can be used. */
async function look(settings: Settings, options: CheckOptions, signal: AbortSignal): Promise<Scan> {
  const opened = await openStateIfUsable(settings.state);
  if (opened.state === null) note(`judging from the engine alone: ${opened.why}`);
  try {
    const done = await scanOnce(settings, opened.state ?? forgetfulLedger(), options, null, signal);
    refuseUnknown(options, done.snapshot);
    return done;
  } finally {
    opened.state?.close();
  }
}

export async function scanOnce(
  settings: Settings,
  ledger: Ledger,
  options: Pick<CheckOptions, "names" | "project" | "service">,
  reporting: Reporting | null,
  signal: AbortSignal,
): Promise<Scan> {
  const engine = await connectEngine(settings.engine, signal);
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
      selection: selectionOf(options),
      reporting,
      now,
      lastScanAt: null,
      clocks: null,
    },
    signal,
  );
}

function exitCode(judgements: readonly Judgement[], strict: boolean): ExitCode {
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
