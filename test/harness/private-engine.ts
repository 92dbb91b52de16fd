import { cleanUpAtExit } from "./at-exit.ts";
import { type Daemon, daemonIn } from "./daemon.ts";
import { connect, newRunId, type OpenOptions, type PrivateEngine } from "./engine.ts";
import { type EnginePrograms, enginePrograms } from "./engine-programs.ts";
import { type EngineFolder, makeEngineFolder } from "./folder.ts";
import { requireNamespaceTools } from "./machine.ts";
import { type EngineNamespace, openNamespace } from "./namespace.ts";
import { removeEngine, removeEngineSync, sweep } from "./sweep.ts";

/**
 * Starts a Docker Engine that shares nothing with the machine's own: network, mounts, processes,
 * data and sockets are its own, and gone after `close()`, or when this process has ended.
 */
export async function startPrivateEngine(options: OpenOptions = {}): Promise<PrivateEngine> {
  const { signal } = options;
  const report = reporter(options);
  requireNamespaceTools();
  await sweep(signal);
  const programs = await enginePrograms({ ...options, onProgress: report });
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
    const engine = await startIn(namespace, folder, programs, options);
    let closing: Promise<void> | undefined;
    return { ...engine, close: () => (closing ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startIn(
  namespace: EngineNamespace,
  folder: EngineFolder,
  programs: EnginePrograms,
  options: OpenOptions,
): Promise<Omit<PrivateEngine, "close">> {
  const settings = { containerd: options.store === "containerd", args: options.dockerdArgs ?? [] };
  const daemon = daemonIn(namespace, folder, programs, settings);
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
