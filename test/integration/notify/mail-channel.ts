import type { Channel } from "../../../src/notify/channel.ts";
import { emailChannels } from "../../../src/notify/email.ts";
import type { EmailSettings, SmtpServer } from "../../../src/notify/email-settings.ts";

export const LOGIN = { user: "watch", password: "S3cr3t pa55=word" };

/** Mails without encryption or login for one recipient, through a server on the loopback. */
export function mailSettings(
  port: number,
  smtp: Partial<SmtpServer> = {},
  more: Partial<EmailSettings> = {},
): EmailSettings {
  return {
    smtp: { host: "127.0.0.1", port, login: null, tls: { mode: "none", ca: null }, ...smtp },
    from: { name: null, address: "watch@example.org" },
    to: [{ name: null, address: "ops@example.org" }],
    only: null,
    projects: null,
    ...more,
  };
}

/** The channel of the first recipient. */
export function mailChannel(...args: Parameters<typeof mailSettings>): Channel {
  const [first] = emailChannels(mailSettings(...args));
  if (first === undefined) throw new Error("the settings name no recipient");
  return first;
}
