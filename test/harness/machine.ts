import { findOnPath } from "./command.ts";
import { HarnessError, NAME_AN_ENGINE } from "./harness-error.ts";

/** The programs of the machine that hold a private engine's namespaces. */
export interface NamespaceTools {
  readonly unshare: string;
  readonly nsenter: string;
  readonly setpriv: string;
}

/** Proves, before anything is made, that this machine can hold a private engine. */
export function requireNamespaceTools(): NamespaceTools {
  if (process.platform !== "linux") {
    throw new HarnessError(`a private engine needs Linux; this is ${process.platform}`, {
      hint: `run the tests on Linux, ${NAME_AN_ENGINE}`,
    });
  }
  if (process.getuid?.() !== 0) {
    throw new HarnessError("a private engine needs root, for its network and mounts", {
      hint: `run the tests as root, ${NAME_AN_ENGINE}`,
    });
  }
  return {
    unshare: requireTool("unshare"),
    nsenter: requireTool("nsenter"),
    setpriv: requireTool("setpriv"),
  };
}

function requireTool(name: string): string {
  const path = findOnPath(name);
  if (path !== undefined) return path;
  throw new HarnessError(`a private engine needs ${name}, which is not on this machine`, {
    hint: `install util-linux, ${NAME_AN_ENGINE}`,
  });
}
