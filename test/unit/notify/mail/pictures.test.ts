import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SAMPLES } from "../../../../tools/pictures/samples.ts";
import { VIEWS } from "../../../../tools/pictures/views.ts";

/** Bytes. A page shows more than a mail. */
const AT_MOST = { mail: 60_000, status: 80_000 };

const FOLDER = join(import.meta.dirname, "../../../../docs/pictures");

it.each(SAMPLES.flatMap(({ name }) => VIEWS.map((view) => `${name}-${view.name}.png`)))(
  "docs/pictures has a small %s (`npm run pictures` makes it anew)",
  (file) => {
    const { size } = statSync(join(FOLDER, file));
    expect(size).toBeGreaterThan(5_000);
    expect(size).toBeLessThan(file.startsWith("status") ? AT_MOST.status : AT_MOST.mail);
  },
);
