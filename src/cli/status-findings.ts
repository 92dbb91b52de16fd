import { request } from "node:http";
import { listenText, type ListenAddress } from "../config/listen-address.ts";
import type { Settings } from "../config/settings.ts";
import { isStalewatchError } from "../domain/error.ts";
import { lockHolder } from "../state/lock.ts";
import { fail, ok, warn, type Finding } from "./findings.ts";

const ABOUT = "status";
/** Milliseconds: it is on this machine. */
const PATIENCE = 3000;

/** Whether the status page is served where the configuration says. */
export async function statusFindings({ status, state }: Settings): Promise<Finding[]> {
  if (status.listen === null) return [ok(ABOUT, "off")];
  const address = listenText(status.listen);
  switch (await whoAnswers(status.listen)) {
    case "stalewatch":
      return [ok(ABOUT, `served at ${address}`)];
    case "nobody":
      return [notServed(address, state)];
    case "another":
      return [
        warn(
          ABOUT,
          `another program answers at ${address}`,
          "set status.listen to another port, or to off",
        ),
      ];
  }
}

function notServed(address: string, state: string): Finding {
  return isRunning(state)
    ? warn(ABOUT, `the daemon does not serve it at ${address}`, "its log says why (status-off)")
    : ok(ABOUT, "not served: the daemon is not running");
}

function isRunning(state: string): boolean {
  try {
    return lockHolder(state) !== null;
  } catch (error) {
    if (isStalewatchError(error, "STATE_UNUSABLE")) return false;
    throw error;
  }
}

/** What the running daemon says of itself: whether its last scan succeeded, and why not. */
export async function readyFindings({ status }: Settings): Promise<Finding[]> {
  if (status.listen === null)
    return [fail(ABOUT, "nobody can be asked: status.listen is off", "set it to 127.0.0.1:9750")];
  const address = listenText(status.listen);
  const answer = await ask(status.listen, "/readyz");
  const checks = answer.kind === "answer" ? checksIn(answer.text) : null;
  if (checks === null)
    return [fail(ABOUT, `no daemon answers at ${address}`, "its log says why (status-off)")];
  return checks.map(({ name, ok: isOk, reason }) => ({
    about: name,
    result: isOk ? "ok" : "fail",
    message: reason,
    hint: null,
  }));
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string;
}

function checksIn(text: string): readonly Check[] | null {
  try {
    return (JSON.parse(text) as { checks?: Check[] }).checks ?? null;
  } catch {
    return null;
  }
}

async function whoAnswers(address: ListenAddress): Promise<"stalewatch" | "nobody" | "another"> {
  const answer = await ask(address, "/api/v1");
  if (answer.kind !== "answer") return answer.kind;
  return answer.text.includes('"check.schema.json"') ? "stalewatch" : "another";
}

/** What the status page's server answers. `another`: somebody listens, and gives no answer. */
function ask(
  address: ListenAddress,
  path: string,
): Promise<{ kind: "answer"; text: string } | { kind: "nobody" | "another" }> {
  const where =
    address.kind === "unix"
      ? { socketPath: address.path }
      : { host: address.host, port: address.port };
  return new Promise((resolve) => {
    const headers = { host: "localhost" };
    const sent = request({ ...where, path, headers, agent: false, timeout: PATIENCE });
    sent.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        text += part;
        if (text.length > 10_000) sent.destroy();
      });
      answer.once("close", () => {
        resolve({ kind: "answer", text });
      });
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer")));
    sent.once("error", (error: NodeJS.ErrnoException) => {
      const isFree = error.code === "ECONNREFUSED" || error.code === "ENOENT";
      resolve({ kind: isFree ? "nobody" : "another" });
    });
    sent.end();
  });
}
