/**
 * A process that opens an engine, runs a container there, says so in one line and then waits to be
 * ended: what the harness leaves behind in every kind of end is tested on it. Argument: a name.
 */
import { buildImage } from "./images.ts";
import { runContainer } from "./containers.ts";
import { openTestEngine } from "./open-test-engine.ts";

const name = process.argv[2] ?? "left-behind";
const engine = await openTestEngine();
await buildImage(engine, { tag: `${name}:1`, marker: name });
await runContainer(engine, { name, image: `${name}:1`, binds: [`${name}:/data`] });
process.stdout.write(`${engine.socketPath}\n`);
// Only a signal ends this, or the end of its input, after which it exits without closing.
process.stdin.resume().on("end", () => process.exit(0));
