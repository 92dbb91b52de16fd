import type { Settings } from "../config/settings.ts";
import type { Channel } from "../notify/channel.ts";
import { emailChannels } from "../notify/email.ts";
import { slackChannel } from "../notify/slack.ts";

/** The channels that the settings configure, in the order in which people see them. */
export function channelsOf({ notify }: Settings): readonly Channel[] {
  return [
    ...(notify.slack === null ? [] : [slackChannel(notify.slack)]),
    ...(notify.email === null ? [] : emailChannels(notify.email)),
  ];
}
