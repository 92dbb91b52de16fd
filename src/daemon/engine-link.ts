import { stat } from "node:fs/promises";
import { connectEngine, type ConnectOptions } from "../engine/connect.ts";
import type { Engine } from "../engine/engine.ts";

/** The daemon's way to the engine: connected when first needed, and again after anything that hints at another engine
 *  behind the address, so that the API version and the engine's ID are never those of its predecessor. */
export interface EngineLink {
  engine(signal: AbortSignal): Promise<Engine>;
  /** How many calls it has begun so far; grows for as long as a scan gets on. */
  calls(): number;
  /** Forget the connection: the next use asks anew who answers. */
  drop(): void;
}

export function engineLink(options: ConnectOptions): EngineLink {
  let current: { readonly engine: Engine; readonly socket: string } | null = null;
  /** Over connections that are forgotten. */
  let past = 0;
  const forget = (): void => {
    past += current?.engine.calls ?? 0;
    current = null;
  };
  return {
    async engine(signal) {
      const socket = await socketStamp(options);
      if (current?.socket !== socket) forget();
      current ??= { engine: await connectEngine(options, signal), socket };
      return current.engine;
    },
    calls: () => past + (current?.engine.calls ?? 0),
    drop: forget,
  };
}

/** An engine that restarts makes its socket anew, unless systemd holds it. Looking at it is no engine call. */
async function socketStamp({ address }: ConnectOptions): Promise<string> {
  if (address.kind !== "unix") return "";
  try {
    const { dev, ino, birthtimeMs } = await stat(address.path);
    return `${dev}.${ino}.${birthtimeMs}`;
  } catch {
    return "";
  }
}
