// node tools/ready.mjs COMMAND ARGUMENTS…
//
// Runs a command of this project on a fresh clone: installs what package-lock.json says, if it is
// not what is installed, and then runs the command with the project's own Node and tools first on
// PATH. This file runs on whatever Node the machine has, from 20 on, with nothing installed; so it
// imports nothing but Node's own modules.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { constants, hostname } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { libraryPathIn, unpackLibatomic } from "./ready/libatomic.mjs";

const NODE_MAJOR = 26;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const bin = join(modules, ".bin");
const ownNode = join(bin, "node");
const installedLock = join(modules, ".package-lock.json");
const stamp = join(modules, ".ready");
const lock = join(root, ".ready.lock");
/** What Node has compiled once: the tests start some thousand processes. */
const compiled = join(modules, ".cache/node-compile");
/** Shared libraries that the machine lacks, unpacked. */
const libraries = join(modules, ".ready-libraries");

/** @param {string} text */
function say(text) {
  process.stderr.write(`ready: ${text}\n`);
}

/**
 * @param {string} problem
 * @param {string} remedy
 * @returns {never}
 */
function fail(problem, remedy) {
  say(`${problem}\n  → ${remedy}`);
  process.exit(1);
}

/**
 * @typedef {string | string[] | undefined} Platforms
 * @typedef {{ version?: string, optional?: boolean, os?: Platforms, cpu?: Platforms, libc?: Platforms }} Entry
 */

/**
 * A package.json or a lock file.
 * @param {string} path
 * @returns {Record<string, unknown> & { packages: Partial<Record<string, Entry>> }}
 */
function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** What an installation is made from, in one word. */
function wanted() {
  const manifest = readJson(join(root, "package.json"));
  const sections = ["dependencies", "devDependencies", "optionalDependencies", "overrides"];
  const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  for (const section of sections) hash.update(JSON.stringify(manifest[section] ?? null));
  return hash.digest("hex");
}

/** `npm install` leaves an old stamp in place but writes its own record anew. */
function installedWhen() {
  return existsSync(installedLock) ? String(statSync(installedLock).mtimeMs) : "never";
}

function stampIsRight() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === `${wanted()} ${installedWhen()}`;
}

function putStamp() {
  writeFileSync(stamp, `${wanted()} ${installedWhen()}`);
}

/** Whether somebody else's `npm ci` or `npm install` has left exactly what the lock says. */
function matchesLock() {
  if (!existsSync(installedLock)) return false;
  const locked = readJson(join(root, "package-lock.json")).packages;
  const installed = readJson(installedLock).packages;
  const paths = new Set([...Object.keys(locked), ...Object.keys(installed)]);
  paths.delete("");
  return [...paths].every((path) => matches(path, locked[path], installed[path]));
}

/**
 * @param {string} path
 * @param {Entry | undefined} locked
 * @param {Entry | undefined} installed
 */
function matches(path, locked, installed) {
  if (locked === undefined) return false;
  if (installed === undefined) return locked.optional === true && !isForHere(locked);
  return locked.version === installed.version && existsSync(join(root, path));
}

/** An optional package that names no platform belongs to one that does, and comes with that. */
function isForHere(/** @type {Entry} */ { os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  return (
    admits(os, process.platform) && admits(cpu, process.arch) && (!libc || admits(libc, libcHere()))
  );
}

/** @param {Platforms} platforms @param {string} value */
function admits(platforms, value) {
  if (platforms === undefined) return true;
  const list = [platforms].flat();
  const refused = list.filter((item) => item.startsWith("!"));
  return refused.length > 0 ? !refused.includes(`!${value}`) : list.includes(value);
}

function libcHere() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  return report.header?.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

async function install() {
  const why = existsSync(modules) ? "other packages are installed than" : "nothing is installed of";
  say(`${why} what package-lock.json says: running npm ci`);
  // Without its warnings: that this Node is older than what is about to be installed is no news.
  const args = ["ci", "--include=dev", "--include=optional", "--loglevel=error"];
  // What it prints goes where progress belongs: the command's own output stays clean.
  const end = await outlive(spawn("npm", args, { cwd: root, stdio: ["inherit", 2, 2] }));
  if (end.error !== undefined) {
    fail(`npm cannot be run (${end.error.message})`, "install npm; it comes with Node");
  }
  if (end.signal !== null) endBy(end.signal);
  if (end.code !== 0) {
    const hint = "see what it says above; is the package registry reachable?";
    fail(`npm ci failed with exit code ${String(end.code)}`, hint);
  }
}

/** Proves that there is a Node to run on: the installed one, or else the machine's. */
function requireNode() {
  if (!existsSync(ownNode)) {
    if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return;
    fail(
      `no Node ${NODE_MAJOR} comes as a package for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}`,
      `install Node ${NODE_MAJOR} or newer on this machine, and run this with it`,
    );
  }
  const reason = whyNodeFails();
  if (reason === null) return;
  if (!reason.includes("libatomic")) {
    const hint = `use a machine with glibc, or Node ${NODE_MAJOR} of its own`;
    fail(`the installed Node does not run here: ${reason}`, hint);
  }
  say("this machine has no libatomic, which Node needs: unpacking Debian's beside the packages");
  const failure = unpackLibatomic(libraries) ?? startWithLibraries() ?? whyNodeFails();
  if (failure !== null) {
    fail(failure, "install libatomic on this machine: apt-get install libatomic1");
  }
}

function whyNodeFails() {
  const trial = spawnSync(ownNode, ["--version"], { encoding: "utf8" });
  if (trial.status === 0) return null;
  return `${trial.stderr}${trial.error?.message ?? ""}`.trim();
}

/** npm's scripts start `node` by that name, this file included: what it needs must come with it. */
function startWithLibraries() {
  const path = libraryPathIn(libraries);
  if (path === null) return "the package with libatomic holds no library";
  const program = realpathSync(ownNode);
  const lines = [
    "#!/bin/sh",
    `export LD_LIBRARY_PATH="${path}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
    `exec "${program}" "$@"`,
  ];
  rmSync(ownNode);
  writeFileSync(ownNode, `${lines.join("\n")}\n`, { mode: 0o755 });
  return null;
}

/** Waits until this process alone may install. @returns {Promise<() => void>} */
async function takeLock() {
  // Put in place by a rename, so that a lock always says whose it is.
  const own = `${lock}.${process.pid}`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  writeFileSync(join(own, "owner"), `${process.pid} ${hostname()}`);
  const release = () => {
    for (const path of [own, ownsLock() ? lock : own])
      rmSync(path, { recursive: true, force: true });
  };
  process.on("exit", release);
  for (let told = false; !movedTo(own, lock); told = true) {
    const owner = lockOwner();
    if (isGone(owner)) dropLock(owner);
    else if (!told) say(`waiting for process ${owner.split(" ")[0]}, which is installing`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return () => {
    process.off("exit", release);
    release();
  };
}

/** @param {string} from @param {string} to */
function movedTo(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function lockOwner(path = lock) {
  try {
    return readFileSync(join(path, "owner"), "utf8");
  } catch {
    return ""; // gone in between
  }
}

function ownsLock() {
  return lockOwner() === `${process.pid} ${hostname()}`;
}

/** Of another host's processes nothing is known here: those are waited for. @param {string} owner */
function isGone(owner) {
  const [pid, host] = owner.split(" ");
  if (host !== hostname()) return false;
  if (Number(pid) === process.pid) return true; // an earlier process with our number
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
  }
}

/** Takes a dead process's lock away, unless somebody has just done so. @param {string} owner */
function dropLock(owner) {
  const aside = `${lock}.${process.pid}.old`;
  if (!movedTo(lock, aside)) return;
  if (lockOwner(aside) === owner || !movedTo(aside, lock)) {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function makeReady() {
  if (stampIsRight()) return;
  const release = await takeLock();
  try {
    if (stampIsRight()) return;
    if (!matchesLock()) await install();
    requireNode();
    putStamp();
  } finally {
    release();
  }
}

/** Whether Ctrl-C in a terminal reaches the command by itself: it is in the same group as this. */
function isInForeground() {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  }
}

/**
 * Waits for the end of a child that may have cleaning up to do: what would end this process is
 * passed on instead.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<{ error?: Error, code: number | null, signal: NodeJS.Signals | null }>}
 */
async function outlive(child) {
  const interrupt = () => {
    // From a terminal it has got its own; a second one would tell it not to clean up.
    if (!isInForeground()) child.kill("SIGINT");
  };
  const terminate = () => child.kill("SIGTERM");
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  try {
    return await new Promise((resolve) => {
      child.on("error", (error) => resolve({ error, code: null, signal: null }));
      child.on("exit", (code, signal) => resolve({ code, signal }));
    });
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", terminate);
  }
}

/** Ends the way the child ended, for a shell that looks. @param {NodeJS.Signals} signal */
function endBy(signal) {
  process.once("exit", () => process.kill(process.pid, signal));
  process.exit(128 + constants.signals[signal]);
}

/** @param {string} command @param {string[]} args */
async function run(command, args) {
  const path = [bin, process.env["PATH"] ?? ""].join(delimiter);
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env, PATH: path };
  const end = await outlive(spawn(command, args, { stdio: "inherit", env }));
  if (end.error !== undefined) {
    fail(`${command} cannot be run (${end.error.message})`, "is it one of this project's tools?");
  }
  if (end.signal !== null) endBy(end.signal);
  process.exit(end.code ?? 1);
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  fail("no command given", "usage: node tools/ready.mjs COMMAND ARGUMENTS…");
}
await makeReady();
await run(command, args);
