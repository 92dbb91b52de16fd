import { readFile } from "node:fs/promises";
import type { ConnectionOptions } from "node:tls";
import type { Delivery } from "./channel.ts";
import type { SmtpServer, Timeouts } from "./email-settings.ts";
import { failureCode } from "./failure-code.ts";

/** The text of the CA file, null where none is configured. Read for each mail, because certificates are renewed while
 *  the daemon runs. */
export async function authority({
  tls,
}: SmtpServer): Promise<{ readonly pem: string | null } | Delivery> {
  if (tls.ca === null) return { pem: null };
  try {
    return { pem: await readFile(tls.ca, "utf8") };
  } catch (error) {
    return {
      outcome: "retry",
      error: `${tls.ca} cannot be read: ${failureCode(error) ?? "it failed"}`,
      retryAfter: null,
      hint: "notify.email.smtp.tls.ca must name a file in PEM form that the service may read",
    };
  }
}

/** How nodemailer is to reach a server. */
export function transportOptions(server: SmtpServer, ca: string | null, timeouts: Timeouts) {
  const { host, port, login, tls } = server;
  return {
    host,
    port,
    ...encryption(tls.mode, ca === null ? {} : { ca }),
    ...(login !== null && { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.silence,
    logger: false,
    // Nothing that a mail says is ever looked up in a file or on the network.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

interface Encryption {
  readonly secure: boolean;
  readonly requireTLS?: boolean;
  readonly opportunisticTLS?: boolean;
  readonly ignoreTLS?: boolean;
  readonly tls?: ConnectionOptions;
}

function encryption(mode: SmtpServer["tls"]["mode"], checked: ConnectionOptions): Encryption {
  switch (mode) {
    case "implicit":
      return { secure: true, tls: checked };
    case "starttls":
      return { secure: false, requireTLS: true, tls: checked };
    case "opportunistic":
      // Who would take no encryption at all gains nothing from a certificate that is right.
      return { secure: false, opportunisticTLS: true, tls: { rejectUnauthorized: false } };
    case "none":
      return { secure: false, ignoreTLS: true };
  }
}
