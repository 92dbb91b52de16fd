import type { Server } from "node:http";
import { listenText, type ListenAddress } from "../config/listen-address.ts";
import type { Settings } from "../config/settings.ts";
import { messageOf } from "../domain/error.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import type { CourierEvent } from "../notify/courier-event.ts";
import type { PastSource } from "./facts.ts";
import { listen } from "./http/listen.ts";
import { statusServer } from "./http/server.ts";
import { Viewers } from "./http/viewers.ts";
import { route } from "./routes.ts";
import type { Sight } from "./sight.ts";
import { Tallies } from "./tallies.ts";
import { Views } from "./views.ts";

/** What a person may want to know of the page itself, for the log. */
export type StatusEvent =
  | { readonly event: "status-listening"; readonly address: string }
  | {
      readonly event: "status-off";
      readonly address: string;
      readonly error: string;
      readonly hint: string;
    }
  | { readonly event: "status-failed"; readonly error: unknown };

export interface StatusParts {
  readonly past: PastSource & { version(): string };
  readonly now: () => EpochMs;
  readonly version: string;
  readonly report: (event: StatusEvent) => void;
}

/** How often an address that is taken is tried again: who holds it may end. */
const TRY_EVERY: Milliseconds = 60_000;

/** The status page as the daemon knows it: it publishes what it sees, and whatever becomes of the page, it goes on. Costs
 *  nothing while nobody looks. */
export class Status {
  readonly tallies = new Tallies();
  readonly #parts: StatusParts;
  readonly #startedAt: EpochMs;
  readonly #views: Views;
  readonly #viewers = new Viewers();
  #sight: Sight | null = null;
  #settings: Settings["status"] = { listen: null, publicUrl: null };
  #server: Server | null = null;
  #triedAt: EpochMs = 0;
  #isTelling = false;

  constructor(parts: StatusParts) {
    this.#parts = parts;
    this.#startedAt = parts.now();
    this.#views = new Views({
      sight: () => this.#sight,
      past: parts.past,
      deliveries: this.tallies.lastDeliveries,
      now: parts.now,
    });
  }

  /** After every scan. */
  publish(sight: Sight): void {
    this.#sight = sight;
    this.changed();
    const isOff = this.#server === null && this.#settings.listen !== null;
    if (isOff && this.#parts.now() - this.#triedAt >= TRY_EVERY) void this.#open();
  }

  /** After anything else that the page shows. Those who have it open are told, unless it is the same in the end. */
  changed(): void {
    if (this.#viewers.count === 0 || this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      this.#tell();
    });
  }

  /** After every delivery, whatever became of it. */
  delivery(event: CourierEvent): void {
    const end = DELIVERY_ENDS[event.event];
    if (end === null) return;
    const error = "error" in event ? event.error : null;
    this.tallies.message(event.channel, { end, at: this.#parts.now(), error });
    this.changed();
  }

  /** Serves under these settings from now on. An address that cannot be had is reported, and tried again. */
  async listen(settings: Settings["status"]): Promise<void> {
    const before = this.#settings.listen;
    this.#settings = settings;
    if (this.#server !== null && sameAddress(before, settings.listen)) return;
    await this.close();
    await this.#open();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#viewers.close();
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #open(): Promise<void> {
    const address = this.#settings.listen;
    if (address === null) return;
    this.#triedAt = this.#parts.now();
    const server = this.#newServer(address);
    try {
      const where = await listen(server, address);
      server.on("error", (error) => {
        this.#parts.report({ event: "status-failed", error });
      });
      this.#server = server;
      this.#parts.report({ event: "status-listening", address: listenText(where) });
    } catch (error) {
      this.#parts.report({ event: "status-off", ...refusal(address, error) });
    }
  }

  #newServer(address: ListenAddress): Server {
    const { past, now, version, report } = this.#parts;
    const parts = {
      sight: () => this.#sight,
      past,
      views: this.#views,
      tallies: this.tallies,
      viewers: this.#viewers,
      version,
      startedAt: this.#startedAt,
      now,
    };
    return statusServer({
      hosts: () => hostsOf(address, this.#settings.publicUrl),
      handle: (url, response) => route(parts, url, response),
      onError: (error) => {
        report({ event: "status-failed", error });
      },
    });
  }

  #tell(): void {
    try {
      this.#viewers.tell(this.#views.version());
    } catch (error) {
      this.#parts.report({ event: "status-failed", error });
    }
  }
}

const DELIVERY_ENDS = {
  delivered: "delivered",
  "delivery-postponed": "postponed",
  "dead-letter": "given-up",
  "outbox-failed": null,
} as const;

/** By which names the page may be asked for: any other is a stranger's that points here. */
function hostsOf({ kind }: ListenAddress, publicUrl: string | null): readonly string[] | null {
  if (kind === "unix") return null;
  const own = ["localhost", "127.0.0.1", "[::1]"];
  return publicUrl === null ? own : [...own, new URL(publicUrl).hostname.replace(/\.$/, "")];
}

function sameAddress(a: ListenAddress | null, b: ListenAddress | null): boolean {
  return a !== null && b !== null && listenText(a) === listenText(b);
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has it: set status.listen to another port, or to off",
  EACCES: "this user may not: set status.listen to a port above 1023, or to a folder of its own",
  ENOENT: "make the folder, or set status.listen to another path",
  EADDRNOTAVAIL: "this machine has no such address: set status.listen to 127.0.0.1:9750",
};

/** Of a socket's file. */
const SOCKET_HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "something is there already: remove it, or set status.listen to another path",
  EACCES:
    "its folder has to be there, and this user must be able to write to it: see to that, or set status.listen to another path",
};

function refusal(
  address: ListenAddress,
  error: unknown,
): { readonly address: string; readonly error: string; readonly hint: string } {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const hints = address.kind === "unix" ? { ...HINTS, ...SOCKET_HINTS } : HINTS;
  const hint = hints[code] ?? "set status.listen to another address, or to off";
  return { address: listenText(address), error: messageOf(error), hint };
}
