import type { Delivery } from "./channel.ts";
import type { HttpAnswer } from "./http/exchange.ts";

const REPORT = "this is a mistake of stalewatch: please report it, with its version";
const NEW_WEBHOOK = "create a new incoming webhook and put its URL into notify.slack.webhookUrl";
const ASK_ADMIN = "ask an administrator of the Slack workspace, or choose another channel";

/** Slack's documented errors, each with what to do. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const SLACK_ERRORS: Readonly<Record<string, string>> = {
  invalid_payload: REPORT,
  invalid_blocks: REPORT,
  invalid_blocks_format: REPORT,
  msg_blocks_too_long: REPORT,
  no_text: REPORT,
  missing_text_or_fallback_or_attachments: REPORT,
  too_many_attachments: REPORT,
  user_not_found: `the person it posts to does not exist any more: ${NEW_WEBHOOK}`,
  channel_not_found: `its channel does not exist any more: ${NEW_WEBHOOK}`,
  channel_is_archived: `its channel is archived: unarchive it, or ${NEW_WEBHOOK}`,
  action_prohibited: `the workspace does not let it post there: ${ASK_ADMIN}`,
  posting_to_general_channel_denied: `only some may post to the general channel: ${ASK_ADMIN}`,
  no_service: `the webhook was revoked or is disabled: ${NEW_WEBHOOK}`,
  no_service_id: `the webhook's URL is incomplete: ${NEW_WEBHOOK}`,
  no_active_hooks: `the webhook is disabled: ${NEW_WEBHOOK}`,
  no_team: `the workspace does not exist: ${NEW_WEBHOOK}`,
  team_disabled: `the workspace is disabled: ${ASK_ADMIN}`,
  invalid_token: `the webhook's URL is wrong or was revoked: ${NEW_WEBHOOK}`,
  rollup_error: "Slack itself failed: it is tried again",
  rate_limited: "too many messages: it is tried again",
};

/** Where Slack says no more than the status. All others are tried again: giving up a message for an answer that
 *  nobody foresaw would lose it. */
const PERMANENT: Readonly<Record<number, string>> = {
  400: REPORT,
  403: `the webhook may not post: ${ASK_ADMIN}`,
  404: `the webhook does not exist: ${NEW_WEBHOOK}`,
  410: `the webhook or its channel is gone: ${NEW_WEBHOOK}`,
};

/** What an answer means for the message. Nothing of the answer's own text gets into it. */
export function deliveryOf({ status, retryAfter, body }: HttpAnswer): Delivery {
  if (status >= 200 && status < 300)
    return { outcome: "delivered", answer: body.trim() === "ok" ? `${status} ok` : `${status}` };
  if (status >= 300 && status < 400) return refusedRedirect(status);
  const known = knownError(body);
  const error = `Slack answered ${status}${known === null ? "" : `: ${known}`}`;
  const hint = PERMANENT[status];
  return hint === undefined
    ? { outcome: "retry", error, retryAfter }
    : { outcome: "refused", error, hint: (known === null ? null : SLACK_ERRORS[known]) ?? hint };
}

function refusedRedirect(status: number): Delivery {
  return {
    outcome: "refused",
    error: `the webhook answered ${status}, a redirect, which is not followed`,
    hint: "put the webhook's final URL into notify.slack.webhookUrl, and look for a proxy that redirects",
  };
}

function knownError(body: string): string | null {
  const word = body.trim();
  return Object.hasOwn(SLACK_ERRORS, word) ? word : null;
}
