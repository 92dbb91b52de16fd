import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { StalewatchError } from "../../domain/error.ts";
import { proxyFor, type ProxyEnvironment } from "./proxy.ts";

/** An agent for one request. Connections are not kept: minutes or days pass between two requests. */
export function agentFor(url: URL, env: ProxyEnvironment): HttpAgent | TunnelAgent {
  const proxy = proxyFor(url, env);
  if (proxy.kind === "unusable")
    throw new StalewatchError("PROXY_UNUSABLE", `${proxy.variable} is no http or https URL`);
  const options = { keepAlive: false, proxyEnv: proxy.kind === "none" ? {} : proxy.env };
  return url.protocol === "https:" ? new TunnelAgent(options) : new HttpAgent(options);
}

/** Node ends no request while its proxy has not answered the CONNECT, not even at an abort: this one can. */
export class TunnelAgent extends HttpsAgent {
  #connection: ReturnType<HttpsAgent["createConnection"]> = null;

  override createConnection(
    ...args: Parameters<HttpsAgent["createConnection"]>
  ): ReturnType<HttpsAgent["createConnection"]> {
    this.#connection = super.createConnection(...args);
    return this.#connection;
  }

  cutOff(reason: Error): void {
    this.#connection?.destroy(reason);
  }
}
