import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWebPages } from "../../test/harness/web-pages.ts";
import { withPalette } from "./png.ts";
import { SAMPLES } from "./samples.ts";
import { VIEWS } from "./views.ts";

const FOLDER = join(import.meta.dirname, "../../docs/pictures");

/** docs/pictures: what mails and the status page look like, in the browser. */
mkdirSync(FOLDER, { recursive: true });
const pages = await openWebPages({ onProgress: (text) => process.stderr.write(`${text}\n`) });
try {
  for (const sample of SAMPLES)
    for (const { name, width, colorScheme } of VIEWS) {
      const viewport = { width: name === "phone" ? width : (sample.width ?? width), height: 200 };
      const page = await pages.show(sample.html(), { viewport, colorScheme });
      const picture = withPalette(await page.screenshot({ fullPage: true }));
      const file = `${sample.name}-${name}.png`;
      writeFileSync(join(FOLDER, file), picture);
      process.stdout.write(`docs/pictures/${file}: ${(picture.length / 1000).toFixed(1)} kB\n`);
      await page.context().close();
    }
} finally {
  await pages.close();
}
