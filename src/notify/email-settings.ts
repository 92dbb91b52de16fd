import type { Milliseconds } from "../domain/ids.ts";
import type { Intake } from "./routing.ts";

export interface MailAddress {
  /** null: none that the configuration gives. */
  readonly name: string | null;
  readonly address: string;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** The password is a secret: it gets into no error, hint or answer. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly tls: {
    readonly mode: "starttls" | "implicit" | "opportunistic" | "none";
    /** The path of a file in PEM form; null: the public authorities. */
    readonly ca: string | null;
  };
}

export interface EmailSettings extends Intake {
  readonly smtp: SmtpServer;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  /** Where they differ from `TIMEOUTS`. */
  readonly timeouts?: Partial<Timeouts>;
}

export interface Timeouts {
  readonly connection: Milliseconds;
  readonly greeting: Milliseconds;
  /** Without a word from the server. */
  readonly silence: Milliseconds;
  /** For all of one mail. */
  readonly whole: Milliseconds;
  /** For a mail under way at an abort: cut off behind its last byte it would be sent a second time. */
  readonly lastWord: Milliseconds;
}

/** The library's own are minutes: a server that hangs would hold a channel up for that long. */
export const TIMEOUTS: Timeouts = {
  connection: 15_000,
  greeting: 15_000,
  silence: 30_000,
  whole: 45_000,
  lastWord: 200,
};
