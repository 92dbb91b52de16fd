import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import {
  faultTexts,
  isHopeless,
  isVerified,
  type ProvenService,
  type VerifyRequest,
} from "../../domain/verify/services.ts";
import { StalewatchError } from "../../domain/error.ts";
import { SYSTEM_CLOCK } from "../../daemon/clock.ts";
import { terminal } from "../../notify/encode/terminal.ts";
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
import { styleFor } from "../render/style.ts";
import { verifyDocument } from "../render/verify-json.ts";
import { verifyText } from "../render/verify-text.ts";
import { connectVerifier, type Verifier } from "../verification.ts";

export interface VerifyOptions extends GlobalOptions {
  readonly project?: string;
  readonly service?: readonly string[];
  /** By service. */
  readonly replicas?: ReadonlyMap<string, number>;
  readonly since?: EpochMs;
  /** Counts from the start of this command, where there is no `since`. */
  readonly maxAge: Milliseconds;
  readonly timeout: Milliseconds;
  /** Default: `heal.settle`. */
  readonly settle?: Milliseconds;
  readonly json: boolean;
}

/** Between two looks. Each costs what a scan costs, and an inspect for every container that was asked for. */
const LOOK_EVERY: Milliseconds = 1000;

/** Waits until a deploy has become what it was meant to be, and says what is missing if it does not. */
export async function verify(options: VerifyOptions): Promise<ExitCode> {
  const startedAt = Date.now();
  refuseNothing(options);
  const { settings } = await loadedConfig(options);
  const signal = interruption();
  const request: VerifyRequest = {
    project: options.project ?? null,
    services: options.service ?? [],
    replicas: options.replicas ?? new Map(),
    since: options.since ?? startedAt - options.maxAge,
    settle: options.settle ?? settings.heal.settle,
  };
  const verifier = await connectVerifier(settings, request, signal);
  const services = await waitFor(verifier, startedAt + options.timeout, signal);
  const { engine } = verifier;
  const at = Date.now();
  if (options.json) printJson(verifyDocument({ engine, request, services, at }));
  else
    print(
      verifyText({
        engine: engine.name,
        request,
        services,
        waited: at - startedAt,
        width: outputWidth(),
        style: styleFor(process.stdout, options.color),
      }),
    );
  return isVerified(services) ? EXIT.ok : EXIT.warning;
}

/** "All is well" must not be said of whatever happens to run on a host. */
function refuseNothing({ project, service = [], replicas = new Map() }: VerifyOptions): void {
  if (project === undefined && service.length === 0)
    throw new StalewatchError("VERIFY_SELECTION", "verify needs --project or --service", {
      hint: "stalewatch verify --project shop --service web",
    });
  for (const name of replicas.keys())
    if (service.length > 0 && !service.includes(name))
      throw new StalewatchError(
        "VERIFY_REPLICAS",
        `--replicas names ${name}, which is not among the services that are verified`,
        { hint: `add --service ${name}, or leave it out of --replicas` },
      );
}

/** Looks until nothing is missing, nothing can be hoped for, or the time is over. What is waited for is said once. */
async function waitFor(
  verifier: Verifier,
  deadline: EpochMs,
  signal: AbortSignal,
): Promise<readonly ProvenService[]> {
  let told = "";
  for (;;) {
    const services = await verifier.look(signal);
    const left = deadline - Date.now();
    if (isVerified(services) || isHopeless(services) || left <= 0) return services;
    const missing = faultTexts(services).join("; ") || "nothing that was asked for is there";
    if (missing !== told) note(`waiting: ${terminal(missing)}`);
    told = missing;
    await SYSTEM_CLOCK.sleep(Math.min(LOOK_EVERY, left), signal);
  }
}
