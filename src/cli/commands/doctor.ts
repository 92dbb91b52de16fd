import { terminal } from "../../notify/encode/terminal.ts";
import {
  interruption,
  loadedConfig,
  outputWidth,
  print,
  printJson,
  type GlobalOptions,
} from "../context.ts";
import { channelFindings } from "../channel-findings.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import {
  configFindings,
  engineFindings,
  failure,
  isConfigError,
  stateFindings,
  type Finding,
} from "../findings.ts";
import { wrap } from "../render/table.ts";
import { readyFindings, statusFindings } from "../status-findings.ts";

export interface DoctorOptions extends GlobalOptions {
  readonly json: boolean;
  /** Finish or undo what heals left. Without it nothing is changed. */
  readonly repair: boolean;
  /** Nothing but what the running daemon says of itself: for a container's HEALTHCHECK. */
  readonly ready: boolean;
}

/** Examines everything that the daemon depends on and says what to do about each weakness. */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  const findings = await examine(options);
  if (options.json) printJson({ schemaVersion: 1, findings });
  else print(findings.flatMap(lines).join("\n"));
  return findings.some(({ result }) => result === "fail") ? EXIT.warning : EXIT.ok;
}

async function examine(options: DoctorOptions): Promise<Finding[]> {
  try {
    const loaded = await loadedConfig(options);
    const { settings } = loaded;
    if (options.ready) return await readyFindings(settings);
    const signal = interruption();
    const repaired = options.repair
      ? await (await import("../repair.ts")).repairFindings(settings, signal)
      : [];
    return [
      ...configFindings(loaded),
      ...repaired,
      ...(await engineFindings(settings, signal)),
      ...(await stateFindings(settings)),
      ...channelFindings(settings, process.env),
      ...(await statusFindings(settings)),
    ];
  } catch (error) {
    if (isConfigError(error)) return [failure("config", error)];
    throw error;
  }
}

function lines({ about, result, message, hint }: Finding): string[] {
  const width = outputWidth();
  const indent = " ".repeat(16);
  const head = `${result.padEnd(4)}  ${about.padEnd(8)}  `;
  const body = message.split("\n").flatMap((line) => wrap(terminal(line), width - indent.length));
  const advice = hint === null ? [] : wrap(`→ ${terminal(hint)}`, width - indent.length);
  return [...body, ...advice].map((line, i) => (i === 0 ? head : indent) + line);
}
