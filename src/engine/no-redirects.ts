import type { Agent, ClientRequest, IncomingMessage } from "node:http";

/** What every agent of Node does with a request, though its types do not say so. */
interface Dispatcher {
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
}

/** The library follows redirects, past the deadline and the signal, and on the request that it makes for it nobody
 *  listens for errors: a target that does not answer would end the process. An engine never redirects, so such an
 *  answer is left as it came, without the way to go. */
export function withoutRedirects<A extends Agent>(agent: A): A {
  const dispatcher = agent as unknown as Dispatcher;
  const addRequest = dispatcher.addRequest.bind(agent);
  dispatcher.addRequest = (request, ...rest) => {
    request.prependListener("response", ({ headers }: IncomingMessage) => {
      delete headers.location;
    });
    addRequest(request, ...rest);
  };
  return agent;
}
