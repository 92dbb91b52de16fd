// node poll.mjs PORT STOPFILE: asks a published port every 5 ms until the file is there, and prints the longest time
// between two answers, in milliseconds.
import { existsSync } from "node:fs";
import { connect } from "node:net";

const [port, stopFile] = process.argv.slice(2);
const EVERY = 5;
let last = performance.now();
let longest = 0;

function ask() {
  const socket = connect({ host: "127.0.0.1", port: Number(port) });
  socket.setTimeout(1000, () => socket.destroy());
  socket.on("error", () => undefined);
  socket.once("connect", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
  // The engine's proxy accepts a connection that nobody behind it answers: only data counts.
  socket.once("data", () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    socket.destroy();
  });
}

const timer = setInterval(() => {
  ask();
  if (!existsSync(stopFile)) return;
  clearInterval(timer);
  longest = Math.max(longest, performance.now() - last);
  process.stdout.write(String(longest), () => process.exit(0));
}, EVERY);
process.stdout.on("error", () => process.exit(1));
