import { cleanUpAtExit } from "./at-exit.ts";
import { type Daemon, daemonIn } from "./daemon.ts";
import { connect, newRunId, type OpenOptions, type PrivateEngine } from "./engine.ts";
import { chosenEngine, type EngineName } from "./engine-name.ts";
import { type EnginePrograms, enginePrograms } from "./engine-programs.ts";
import { type EngineFolder, makeEngineFolder } from "./folder.ts";
import { requireNamespaceTools } from "./machine.ts";
import { type EngineNamespace, openNamespace } from "./namespace.ts";
import { removeEngine, removeEngineSync, sweep } from "./sweep.ts";

/**
 * Starts an engine that shares nothing with the machine's own: network, mounts, processes,
 * data and sockets are its own, and gone after `close()`, or when this process has ended.
 */
export async function startPrivateEngine(options: OpenOptions = {}): Promise<PrivateEngine> {
  const { signal } = options;
  const report = reporter(options);
  requireNamespaceTools();
  await sweep(signal);
  const engine = options.engine ?? ownChoice();
  const programs = await enginePrograms({ engine, onProgress: report, signal });
  const folder = makeEngineFolder();
  const takeBack = cleanUpAtExit(() => {
    removeEngineSync(folder);
  });
  let namespace: EngineNamespace | undefined;
  const close = async (): Promise<void> => {
    await removeEngine(folder);
    namespace?.release();
    takeBack();
  };
  try {
    report("starting");
    namespace = await openNamespace(folder, programs, signal);
    const started = await startIn(namespace, folder, programs, options);
    let closing: Promise<void> | undefined;
    return { ...started, close: () => (closing ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}

function ownChoice(): EngineName | undefined {
  const choice = chosenEngine();
  return choice.kind === "own" ? choice.engine : undefined;
}

async function startIn(
  namespace: EngineNamespace,
  folder: EngineFolder,
  programs: EnginePrograms,
  options: OpenOptions,
): Promise<Omit<PrivateEngine, "close">> {
  await programs.prepare?.(namespace, folder);
  const daemon = daemonIn(namespace, folder, programs, options.daemonArgs ?? []);
  await daemon.start(options.signal);
  const connection = await connect(folder.socketPath, newRunId());
  return { ...connection, ...controlsOf(folder, namespace, daemon) };
}

type Controls = Omit<PrivateEngine, keyof Awaited<ReturnType<typeof connect>> | "close">;

function controlsOf(folder: EngineFolder, namespace: EngineNamespace, daemon: Daemon): Controls {
  return {
    dataDir: folder.dataDir,
    logPath: folder.logPath,
    stopDaemon: (signal) => daemon.end("SIGTERM", signal),
    killDaemon: (signal) => daemon.end("SIGKILL", signal),
    startDaemon: (signal) => daemon.start(signal),
    run: (command, args, signal) => namespace.run(command, args, signal),
  };
}

function reporter({ name, onProgress }: OpenOptions): (text: string) => void {
  return (text) => onProgress?.(name === undefined ? text : `${name}: ${text}`);
}
