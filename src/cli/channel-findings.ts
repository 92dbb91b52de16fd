import type { Settings } from "../config/settings.ts";
import { channelsOf } from "../daemon/channels.ts";
import { isLoopback, proxyFor, type ProxyEnvironment } from "../notify/http/proxy.ts";
import { ok, warn, type Finding } from "./findings.ts";

const ABOUT = "channels";

/** Who is told, and what is weak about the ways there. Nothing is sent. */
export function channelFindings(settings: Settings, env: ProxyEnvironment): Finding[] {
  return [
    ...whoIsTold(settings),
    ...placesOf(settings).flatMap(({ name, url }) => plainHttp(name, url)),
    ...unusableProxies(settings, env),
  ];
}

function whoIsTold(settings: Settings): Finding[] {
  const names = channelsOf(settings).map(({ name }) => name);
  const beats = settings.heartbeat.url === null ? [] : ["heartbeat"];
  const all = [...names, ...beats].join(", ");
  const told = all === "" ? [] : [ok(ABOUT, `${all} (\`stalewatch test-notify\` tries them)`)];
  if (names.length > 0) return told;
  const hint = "set notify.slack.webhookUrl, notify.email or notify.webhook.url";
  return [...told, warn(ABOUT, "none configured: alerts only reach the log", hint)];
}

interface Place {
  readonly name: string;
  readonly url: URL;
}

/** Where requests go over HTTP. The URLs are secrets: only the names may be shown. */
function placesOf({ notify, heartbeat }: Settings): Place[] {
  const urls = {
    slack: notify.slack?.webhookUrl ?? null,
    webhook: notify.webhook?.url ?? null,
    heartbeat: heartbeat.url,
  };
  return Object.entries(urls).flatMap(([name, url]) =>
    url === null ? [] : [{ name, url: new URL(url) }],
  );
}

function plainHttp(name: string, url: URL): Finding[] {
  if (url.protocol === "https:" || isLoopback(url)) return [];
  const hint = "use https, unless everybody on the way there may read and change it";
  return [warn(ABOUT, `${name}: what is sent is not encrypted`, hint)];
}

function unusableProxies(settings: Settings, env: ProxyEnvironment): Finding[] {
  const proxies = placesOf(settings).map(({ url }) => proxyFor(url, env));
  const variables = proxies.flatMap((one) => (one.kind === "unusable" ? [one.variable] : []));
  return [...new Set(variables)].map((variable) =>
    warn(ABOUT, `${variable} names no proxy: nothing is sent`, "write http://proxy.example:3128"),
  );
}
