import type { Kind } from "../domain/kinds.ts";
import type { Mention } from "../domain/mention.ts";
import type { Milliseconds } from "../domain/ids.ts";
import type { PolicyConfig } from "../domain/policy.ts";
import { DEFAULT_SOCKET, type EngineSettings } from "./engine-address.ts";
import { engineAddress, parseEngineHost } from "./engine-host.ts";
import type { MailAddress } from "./mail-types.ts";
import type { WebhookFormat } from "./notify-types.ts";
import type { Values } from "./schema.ts";
import { smtpSettings, type SmtpSettings } from "./smtp-settings.ts";

/** What every channel can be told to leave out. */
export interface ChannelFilter {
  /** Null: all kinds. */
  readonly only: readonly Kind[] | null;
  /** Globs; null: all projects. */
  readonly projects: readonly string[] | null;
}

export interface SlackSettings extends ChannelFilter {
  readonly webhookUrl: string;
  readonly mention: { readonly whom: Mention; readonly on: readonly Kind[] } | null;
}

export interface EmailSettings extends ChannelFilter {
  readonly smtp: SmtpSettings;
  readonly from: MailAddress;
  /** At least one, none twice. */
  readonly to: readonly MailAddress[];
}

export interface WebhookSettings extends ChannelFilter {
  readonly format: WebhookFormat;
  readonly url: string;
  readonly secret: string | null;
}

export interface NotifySettings {
  /** Null: never. */
  readonly reminder: Milliseconds | null;
  /** Null: no such channel. */
  readonly slack: SlackSettings | null;
  /** Null: no such channel. */
  readonly email: EmailSettings | null;
  readonly webhook: WebhookSettings | null;
}

/** The configuration as the program uses it: durations in milliseconds, what belongs together in one place. What
 *  is not changed by that has the shape of the file. */
export interface Settings extends Pick<
  Values,
  "schedule" | "timezone" | "report" | "heartbeat" | "status" | "history" | "state" | "log"
> {
  readonly engine: EngineSettings;
  readonly policy: PolicyConfig;
  readonly heal: Omit<Values["heal"], "breaker">;
  readonly notify: NotifySettings;
}

/** The values must be sound and free of contradictions. */
export function settingsOf(values: Values): Settings {
  const { schedule, timezone, report, heartbeat, status, history, state, log } = values;
  const { breaker, ...heal } = values.heal;
  return {
    engine: engineSettings(values),
    schedule,
    timezone,
    policy: policyConfig(values, breaker),
    heal,
    notify: notifySettings(values),
    report,
    heartbeat,
    status,
    history,
    state,
    log,
  };
}

function engineSettings({ engine }: Values): EngineSettings {
  const host = parseEngineHost(engine.host ?? `unix://${DEFAULT_SOCKET}`);
  if (host.kind === "refused") throw new Error(`engine.host ${host.fault}`);
  return { address: engineAddress(host, engine.tls), name: engine.name, timeout: engine.timeout };
}

function policyConfig(values: Values, breaker: number): PolicyConfig {
  const { mode, grace, strategy, tags, rules, exclude } = values;
  const { method } = values.heal;
  return { mode, grace, strategy, tags, rules, exclude, breaker, method };
}

function notifySettings({ notify }: Values): NotifySettings {
  return {
    reminder: notify.reminder === 0 ? null : notify.reminder,
    slack: slackSettings(notify.slack),
    email: emailSettings(notify.email),
    webhook: webhookSettings(notify.webhook),
  };
}

function emailSettings({
  smtp,
  from,
  to,
  ...filter
}: Values["notify"]["email"]): EmailSettings | null {
  const server = smtpSettings(smtp);
  if (server === null || from === null || to === null) return null;
  return { smtp: server, from, to, ...filter };
}

/** What wakes somebody: news that something is wrong. */
const CALLING: readonly Kind[] = ["stale", "heal-failed", "breaker", "engine-unreachable"];

function slackSettings(slack: Values["notify"]["slack"]): SlackSettings | null {
  const { webhookUrl, mention, ...filter } = slack;
  const { text: whom, on } = mention;
  if (webhookUrl === null) return null;
  return { webhookUrl, mention: whom === null ? null : { whom, on: on ?? CALLING }, ...filter };
}

function webhookSettings(webhook: Values["notify"]["webhook"]): WebhookSettings | null {
  const { url, ...rest } = webhook;
  return url === null ? null : { url, ...rest };
}
