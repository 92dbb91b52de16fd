import { chromium as driver, type BrowserContextOptions, type Page } from "playwright-core";
import { chromium } from "./chromium.ts";
import type { FetchOptions } from "./packages.ts";

/** A browser in which pages are looked at: headless. */
export interface WebPages {
  /** Opens a page that holds `html`, without the network. */
  show(html: string, how: BrowserContextOptions): Promise<Page>;
  /** Opens what is served there. */
  open(url: string, how: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openWebPages(options: FetchOptions = {}): Promise<WebPages> {
  const { executable, env } = await chromium(options);
  const browser = await driver.launch({
    executablePath: executable,
    env: { ...process.env, ...env },
    // Its own sandbox does not work for root. Letters without hints look the same on every machine.
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
  });
  return {
    async show(html, how) {
      const context = await browser.newContext({ offline: true, ...how });
      const page = await context.newPage();
      await page.setContent(html);
      return page;
    },
    async open(url, how) {
      const context = await browser.newContext(how);
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}
