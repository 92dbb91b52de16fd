// node viewers.mjs PORT COUNT: so many browsers that have the status page open, each of which fetches it anew whenever
// the stream says that it changed. Prints how many pages each of them fetched, on average, when its input ends.
import { Agent, get } from "node:http";

const [port, count] = process.argv.slice(2).map(Number);
let pages = 0;

function view() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  get({ port, path: "/events" }, (events) => {
    events.setEncoding("utf8").on("data", (text) => {
      if (!text.includes("event: version")) return;
      get({ port, path: "/", agent }, (page) => {
        page.resume();
        page.once("end", () => pages++);
      });
    });
  });
}

for (let i = 0; i < count; i++) view();
process.stdin.once("close", () => {
  process.stdout.write(String(Math.round(pages / count)), () => process.exit(0));
});
process.stdin.resume();
