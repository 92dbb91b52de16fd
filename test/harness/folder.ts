import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { HarnessError } from "./harness-error.ts";
import { identityOf, type ProcessIdentity, type ProcessTable } from "./process-identity.ts";
import { processTable } from "./process-identity.ts";

const PREFIX = "stalewatch-engine-";
const CGROUPS = "/sys/fs/cgroup";
/** The longest path of a Unix socket, without its closing zero. */
const SOCKET_PATH_LIMIT = 107;
/** The socket with the longest path that an engine makes below its folder. */
const LONGEST_SOCKET = "exec/containerd/containerd-debug.sock";

/** Who made a folder: decides whether it may be swept. */
export interface FolderOwner extends ProcessIdentity {
  readonly table: ProcessTable;
}

/** Everything of one private engine lies in this folder, or is named after it. */
export interface EngineFolder {
  readonly path: string;
  readonly socketPath: string;
  readonly dataDir: string;
  readonly execDir: string;
  readonly logPath: string;
  /** As the engine takes it: below each cgroup hierarchy. */
  readonly cgroupParent: string;
}

export function folderAt(path: string): EngineFolder {
  return {
    path,
    socketPath: join(path, "docker.sock"),
    dataDir: join(path, "data"),
    execDir: join(path, "exec"),
    logPath: join(path, "dockerd.log"),
    cgroupParent: `/${basename(path)}`,
  };
}

export function makeEngineFolder(): EngineFolder {
  const root = realpathSync(tmpdir());
  const name = `${PREFIX}${String(process.pid)}-${randomBytes(3).toString("hex")}`;
  const folder = folderAt(join(root, name));
  refuseUnusableRoot(root, folder);
  mkdirSync(folder.path, { mode: 0o700 });
  const self = identityOf(process.pid);
  if (self === undefined) throw new HarnessError("/proc is not readable on this machine");
  const owner: FolderOwner = { ...self, table: processTable() };
  writeFileSync(join(folder.path, "owner.json"), JSON.stringify(owner));
  return folder;
}

function refuseUnusableRoot(root: string, folder: EngineFolder): void {
  if (join(folder.path, LONGEST_SOCKET).length > SOCKET_PATH_LIMIT) {
    throw new HarnessError(`${root} is too long a path for the sockets of an engine`, {
      hint: "set TMPDIR to a folder with a short path, such as /tmp",
    });
  }
  // The engine gets a /run, /etc and /opt of its own, over the machine's.
  if (["/run", "/etc", "/opt"].some((hidden) => `${root}/`.startsWith(`${hidden}/`))) {
    throw new HarnessError(`an engine's folder cannot lie below ${root}`, {
      hint: "set TMPDIR to another folder, such as /tmp",
    });
  }
}

/** Our own folders only: in /tmp anybody can make one that says "kill process 1". */
export function engineFolders(): EngineFolder[] {
  const root = realpathSync(tmpdir());
  return readdirSync(root)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(root, name))
    .filter(isOurFolder)
    .map(folderAt);
}

function isOurFolder(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}

/** The owner by the folder's file, or undefined where it was never (or only half) written. */
export function ownerOf(folder: EngineFolder): FolderOwner | undefined {
  return readRecord(join(folder.path, "owner.json")) as FolderOwner | undefined;
}

/** The process number in the folder's name, which is there from the first moment on. */
export function ownerPidOf(folder: EngineFolder): number {
  return Number(basename(folder.path).slice(PREFIX.length).split("-")[0]);
}

export function recordNamespaceInit(folder: EngineFolder, init: ProcessIdentity): void {
  writeFileSync(join(folder.path, "init.json"), JSON.stringify(init));
}

export function namespaceInitOf(folder: EngineFolder): ProcessIdentity | undefined {
  return readRecord(join(folder.path, "init.json")) as ProcessIdentity | undefined;
}

/** Our own file, read back: only its being whole is in doubt, after a crash. */
function readRecord(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Removes the folder; throws while something in it is still in use. */
export function removeFolder(folder: EngineFolder): void {
  removeCgroups(folder);
  rmSync(folder.path, { recursive: true, force: true });
}

/** A cgroup goes by rmdir alone, the innermost first, once no process is left in it. */
function removeCgroups(folder: EngineFolder): void {
  if (!existsSync(CGROUPS)) return;
  const hierarchies = [CGROUPS, ...readdirSync(CGROUPS).map((name) => join(CGROUPS, name))];
  for (const hierarchy of hierarchies) {
    const parent = join(hierarchy, folder.cgroupParent);
    if (existsSync(parent)) removeCgroup(parent);
  }
}

function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  }
  rmdirSync(path);
}
