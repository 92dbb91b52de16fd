import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { EngineConnection } from "./engine.ts";

export interface ExecResult {
  readonly code: number | null;
  /** Both streams together. */
  readonly output: string;
}

/** Runs a command inside a container to its end, whatever its exit code. */
export async function tryExecIn(
  engine: EngineConnection,
  idOrName: string,
  command: readonly string[],
): Promise<ExecResult> {
  const exec = await engine.docker.getContainer(idOrName).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const framed = await exec.start({});
  const plain = new PassThrough();
  engine.docker.modem.demuxStream(framed, plain, plain);
  framed.on("end", () => plain.end()).on("error", (error) => plain.destroy(error));
  const output = await text(plain);
  const { ExitCode } = await exec.inspect();
  return { code: ExitCode, output };
}

/** What a command inside a container printed; throws if it fails. */
export async function execIn(
  engine: EngineConnection,
  idOrName: string,
  command: readonly string[],
): Promise<string> {
  const { code, output } = await tryExecIn(engine, idOrName, command);
  if (code === 0) return output;
  throw new Error(`${command.join(" ")} in ${idOrName} exited with ${String(code)}: ${output}`);
}
