/** The variables that programs agree on. Lower case wins; set to nothing, it means none. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

export type Proxy =
  | { readonly kind: "none" }
  /** As Node's agents take it: they read the exceptions themselves. */
  | { readonly kind: "proxy"; readonly env: Readonly<Record<string, string>> }
  /** The variable's name. Node would ignore such a value and go past the proxy, which a firewall then drops. */
  | { readonly kind: "unusable"; readonly variable: string };

const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a host is this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** Which proxy a request goes through. None to this machine itself: the proxy would look for it on its own. */
export function proxyFor(url: URL, env: ProxyEnvironment): Proxy {
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const [variable, value] = held(env, name);
  if (value === "" || isLoopback(url)) return { kind: "none" };
  // Many programs take `proxy:3128`, so it is what people write.
  const proxy = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (proxy === null || !["http:", "https:"].includes(proxy.protocol))
    return { kind: "unusable", variable };
  const [, exceptions] = held(env, "no_proxy");
  return { kind: "proxy", env: { [name]: proxy.href, no_proxy: exceptions } };
}

function held(env: ProxyEnvironment, name: string): [variable: string, value: string] {
  const upper = name.toUpperCase();
  return env[name] === undefined ? [upper, env[upper] ?? ""] : [name, env[name]];
}
