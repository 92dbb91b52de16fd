import type { Settings } from "../config/settings.ts";
import type { Channel } from "../notify/channel.ts";
import { emailChannels } from "../notify/email.ts";
import { slackChannel } from "../notify/slack.ts";
import { webhookChannel } from "../notify/webhook.ts";

/** The channels that the settings configure, in the order in which people see them. */
export function channelsOf({ notify, status }: Settings): readonly Channel[] {
  const { slack, email, webhook } = notify;
  const statusUrl = status.publicUrl;
  return [
    ...(slack === null ? [] : [slackChannel({ ...slack, statusUrl })]),
    ...(email === null ? [] : emailChannels(email)),
    ...(webhook === null ? [] : [webhookChannel({ ...webhook, statusUrl })]),
  ];
}
