import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import type { Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { ListenAddress } from "../../config/listen-address.ts";

/** Whoever may use the state may read the page: its owner and their group. */
const SOCKET_MODE = 0o660;

/** Resolves with where it listens (a port 0 becomes a free one); rejects with the system's error. */
export async function listen(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === "unix") await removeLeftover(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const where =
      address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
  if (address.kind === "tcp") return { ...address, port: (server.address() as AddressInfo).port };
  chmodSync(address.path, SOCKET_MODE);
  return address;
}

/** A process that was killed leaves its socket behind. Never anything else, and never one that somebody listens on. */
async function removeLeftover(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket() === true && !(await isAnswered(path))) unlinkSync(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code !== "ECONNREFUSED");
    });
  });
}
