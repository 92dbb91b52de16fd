import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { EngineConnection } from "./engine.ts";

/** What a command inside a container printed, both streams together; throws if it fails. */
export async function execIn(
  engine: EngineConnection,
  idOrName: string,
  command: readonly string[],
): Promise<string> {
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
  if (ExitCode === 0) return output;
  throw new Error(`${command.join(" ")} in ${idOrName} exited with ${String(ExitCode)}: ${output}`);
}
