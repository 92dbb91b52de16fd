import type { ServerResponse } from "node:http";
import type { Milliseconds } from "../../domain/ids.ts";
import { openStream } from "./reply.ts";

/** More at once are turned away. */
export const VIEWERS_AT_MOST = 100;
/** How often a connection without news is used, so that one that is dead is noticed and proxies keep the others. */
const PING_EVERY: Milliseconds = 20_000;
/** How long a viewer may leave what was sent unread. */
const READ_WITHIN: Milliseconds = 60_000;

interface Viewer {
  /** Since when the system has not taken what was sent last, because the viewer does not read; null while it has. */
  unreadSince: number | null;
  /** The latest of what it was not sent for that. */
  missed: string | null;
}

/** Who has the page open. Whatever happens, each costs one connection and one event in it: who does not keep up gets only
 *  the latest, and who does not read at all is dropped. */
export class Viewers {
  readonly #viewers = new Map<ServerResponse, Viewer>();
  /** The version that all of them know. */
  #told = "";
  #timer: NodeJS.Timeout | null = null;

  get count(): number {
    return this.#viewers.size;
  }

  /** False: there are too many. */
  add(response: ServerResponse, version: string): boolean {
    if (this.#viewers.size >= VIEWERS_AT_MOST) return false;
    this.tell(version);
    openStream(response);
    const viewer: Viewer = { unreadSince: null, missed: null };
    this.#viewers.set(response, viewer);
    response.on("close", () => {
      this.#drop(response);
    });
    this.#write(response, viewer, `retry: 2000\n${eventOf(version)}`);
    this.#timer ??= setInterval(() => {
      this.#ping();
    }, PING_EVERY).unref();
    return true;
  }

  /** Tells all of them which version is the latest. */
  tell(version: string): void {
    if (version === this.#told) return;
    this.#told = version;
    const text = eventOf(version);
    for (const [response, viewer] of this.#viewers) {
      if (viewer.unreadSince === null) this.#write(response, viewer, text);
      else viewer.missed = text;
    }
  }

  close(): void {
    for (const response of [...this.#viewers.keys()]) response.destroy();
    this.#viewers.clear();
    this.#stopPinging();
  }

  #ping(): void {
    const late = performance.now() - READ_WITHIN;
    for (const [response, viewer] of this.#viewers) {
      if (viewer.unreadSince === null) this.#write(response, viewer, ": still here\n\n");
      else if (viewer.unreadSince < late) response.destroy();
    }
  }

  #write(response: ServerResponse, viewer: Viewer, text: string): void {
    viewer.unreadSince = performance.now();
    response.write(text, () => {
      const { missed } = viewer;
      viewer.unreadSince = viewer.missed = null;
      if (missed !== null && !response.destroyed) this.#write(response, viewer, missed);
    });
  }

  #drop(response: ServerResponse): void {
    this.#viewers.delete(response);
    if (this.#viewers.size === 0) this.#stopPinging();
  }

  #stopPinging(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

function eventOf(version: string): string {
  return `event: version\ndata: ${version}\n\n`;
}
