import { StalewatchError } from "../../domain/error.ts";
import type { Bulletin } from "../../domain/news.ts";
import { channelsOf } from "../../daemon/channels.ts";
import type { Settings } from "../../config/settings.ts";
import { connectEngine } from "../../engine/connect.ts";
import { describeAddress } from "../../engine/address.ts";
import type { Channel, Delivery } from "../../notify/channel.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import { ping } from "../../notify/heartbeat.ts";
import { testBulletin } from "../../notify/test-bulletin.ts";
import { interruption, loadedConfig, print, printJson, type GlobalOptions } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";

interface Tried {
  readonly channel: string;
  readonly delivery: Delivery;
}

/** A marked test through every channel, past the outbox and the routing: what came back is shown at once. */
export async function testNotify(options: GlobalOptions & { json: boolean }): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  const channels = channelsOf(settings);
  if (channels.length === 0 && settings.heartbeat.url === null)
    throw new StalewatchError("NO_CHANNEL", "no channel is configured: alerts only reach the log", {
      hint: "set notify.slack.webhookUrl, notify.email or notify.webhook.url",
    });
  const signal = interruption();
  const bulletin = testBulletin(await engineName(settings, signal), Date.now());
  const results = await Promise.all([
    ...channels.map((channel) => tryChannel(channel, bulletin, signal)),
    ...tryHeartbeat(settings.heartbeat.url, bulletin.engine, signal),
  ]);
  if (options.json) printJson({ schemaVersion: 1, channels: results.map(document) });
  else for (const result of results) print(line(result));
  return results.every(({ delivery }) => delivery.outcome === "delivered") ? EXIT.ok : EXIT.warning;
}

async function tryChannel(
  channel: Channel,
  bulletin: Bulletin,
  signal: AbortSignal,
): Promise<Tried> {
  return { channel: channel.name, delivery: await channel.send(bulletin, signal) };
}

/** As a note, which leaves the check as it is: no test may say that scans go well. */
function tryHeartbeat(url: string | null, engine: string, signal: AbortSignal): Promise<Tried>[] {
  if (url === null) return [];
  const text = `${engine}: somebody tried whether pings of stalewatch arrive here`;
  const delivery = ping({ url }, { kind: "log", text }, signal);
  return [delivery.then((one) => ({ channel: "heartbeat", delivery: one }))];
}

/** A test of the channels must not fail because the engine is down. */
async function engineName({ engine }: Settings, signal: AbortSignal): Promise<string> {
  try {
    return (await connectEngine(engine, signal)).identity.name;
  } catch {
    return engine.name ?? describeAddress(engine.address);
  }
}

function line({ channel, delivery }: Tried): string {
  switch (delivery.outcome) {
    case "delivered":
      return `ok    ${channel}: delivered (${terminal(delivery.answer)})`;
    case "retry":
      return [
        `FAIL  ${channel}: ${terminal(delivery.error)}`,
        ...(delivery.hint === undefined ? [] : [terminal(delivery.hint)]),
        "the daemon would try again",
      ].join("\n      ");
    case "refused":
      return `FAIL  ${channel}: ${terminal(delivery.error)}\n      ${terminal(delivery.hint)}`;
  }
}

function document({ channel, delivery }: Tried) {
  return {
    channel,
    delivered: delivery.outcome === "delivered",
    answer: delivery.outcome === "delivered" ? delivery.answer : null,
    error: delivery.outcome === "delivered" ? null : delivery.error,
    hint: delivery.outcome === "delivered" ? null : (delivery.hint ?? null),
  };
}
