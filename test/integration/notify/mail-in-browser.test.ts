import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlPart } from "../../../src/notify/mail/html-part.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { openWebPages, type WebPages } from "../../harness/web-pages.ts";
import { hostileNews, NOW } from "../../unit/notify/news-samples.ts";

const PHONE = { width: 375, height: 700 };
/** Chromium may have to be fetched first. */
const FIRST = 600_000;
let pages: WebPages;

beforeAll(async () => {
  pages = await openWebPages();
}, FIRST);

afterAll(() => pages.close());

describe("in a browser, a mail with hostile texts", () => {
  it.each(Object.entries(HOSTILE_TEXTS))(
    "does nothing but show them, within the width of a phone: %s",
    async (_, text) => {
      const html = htmlPart({ engine: text, at: NOW, items: hostileNews(text) });
      const asked: string[] = [];
      const page = await pages.show("", { viewport: PHONE });
      page.on("request", (request) => asked.push(request.url()));
      page.on("dialog", (dialog) => {
        asked.push(dialog.message());
        void dialog.dismiss();
      });
      await page.setContent(html);
      const found = await page.evaluate<Found>(LOOK);
      await page.context().close();
      expect(asked).toEqual([]);
      expect(found.handlers).toEqual([]);
      expect(found.width).toBeLessThanOrEqual(PHONE.width);
      for (const element of found.elements) expect(KNOWN).toContain(element);
    },
  );
});

const KNOWN = "HTML HEAD META TITLE STYLE BODY DIV TABLE TBODY TR TD B BR CODE NOBR".split(" ");

interface Found {
  readonly elements: readonly string[];
  readonly handlers: readonly string[];
  readonly width: number;
}

/** Runs in the page. */
const LOOK = `(() => {
  const all = [...document.querySelectorAll("*")];
  return {
    elements: [...new Set(all.map((one) => one.tagName))],
    handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
    width: document.documentElement.scrollWidth,
  };
})()`;
