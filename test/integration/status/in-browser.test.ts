import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { eventually } from "../../harness/wait.ts";
import { openWebPages, type WebPages } from "../../harness/web-pages.ts";
import { hostileFacts } from "../../unit/status/hostile.ts";
import { diverged, fresh, MINUTE, past, shopHost } from "../../unit/status/samples.ts";
import { serve, type Served } from "./served.ts";

const DESKTOP = { width: 1120, height: 800 };
const PHONE = { width: 375, height: 700 };
/** Chromium may have to be fetched first. */
const FIRST = 600_000;
let pages: WebPages;

beforeAll(async () => {
  pages = await openWebPages();
}, FIRST);

afterAll(() => pages.close());

/** A page, and all that must not happen on it. */
async function open(
  url: string,
  how: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly odd: readonly string[] }> {
  const page = await pages.open("about:blank", { viewport: DESKTOP, ...how });
  onTestFinished(() => page.context().close());
  const odd: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin)) odd.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") odd.push(message.text());
  });
  page.on("pageerror", (error) => odd.push(error.message));
  page.on("dialog", (dialog) => {
    odd.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, odd };
}

/** A host with something of everything, served. */
async function serveShop(): Promise<Served> {
  const facts = shopHost();
  const { incidents, heals } = facts;
  const turns_ = [...facts.turns.values()].flat();
  const served = await serve({ past: past({ incidents, heals, turns_ }) });
  served.publish(facts.sight.scan?.judgements ?? []);
  return served;
}

const names = (page: Page): Promise<string[]> => page.locator(".c b").allTextContents();

describe("the page in a browser", () => {
  it("shows what there is, loads nothing from elsewhere and breaks no rule of its own", async () => {
    const { url } = await serveShop();
    const { page, odd } = await open(url);
    expect(await page.title()).toBe(
      "2 stale, 1 pending, 1 untracked, 6 fresh, 1 excluded – shop-host-1 – stalewatch",
    );
    expect((await names(page)).slice(0, 2)).toEqual(["crm-search-1", "crm-app-1"]);
    expect(await page.locator("#live").textContent()).toBe("live");
    await page.getByRole("link", { name: "2 stale" }).click();
    expect(await names(page)).toEqual(["crm-search-1", "shop-web-1"]);
    await page.getByRole("link", { name: "History" }).click();
    await page.getByText("Steps and logs of heal").first().click();
    await page.getByText("no such table: order_items").waitFor();
    expect(odd).toEqual([]);
  });

  it("draws what many weeks have in common once, in the same colours", async () => {
    const { url } = await serveShop();
    const { page } = await open(url);
    const fill = (selector: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).fill`);
    expect(await page.locator(".t use").count()).toBe(4);
    expect(await fill(".defs path.f")).toBe(await fill(".t path.f"));
    expect(await fill(".t path.f")).not.toBe("rgb(0, 0, 0)");
  });

  it("copies a command", async () => {
    const { url } = await serveShop();
    const { page } = await open(url, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByRole("button", { name: "Copy" }).first().click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      "docker compose -f /srv/crm/compose.yaml -p crm up -d --no-deps --force-recreate search",
    );
  });

  it("can be used with the keyboard alone", async () => {
    const { url } = await serveShop();
    const { page } = await open(url);
    const focused = (): Promise<string> =>
      page.evaluate("document.activeElement.textContent.trim()");
    const order: string[] = [];
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press("Tab");
      order.push(await focused());
    }
    expect(order).toEqual([
      "Skip to the content",
      "Containers",
      "History",
      "11 all",
      "2 stale",
      "1 pending",
    ]);
    await page.keyboard.press("Enter");
    await page.waitForURL(/verdict=pending/);
    expect(await names(page)).toEqual(["shop-worker-1"]);
  });

  it("is whole without scripts", async () => {
    const { url } = await serveShop();
    const { page, odd } = await open(url, { javaScriptEnabled: false });
    expect(await names(page)).toHaveLength(11);
    expect(await page.getByRole("button").count()).toBe(0);
    const text = await page.locator("main").innerText();
    expect(text).toContain("docker compose -f /srv/shop/compose.yaml -p shop up -d");
    expect(text).toContain("15 min, used up 56 min ago");
    expect(odd).toEqual([]);
  });

  it.each([
    ["on a desk", DESKTOP],
    ["on a phone", PHONE],
  ])("is no wider than the screen %s", async (_, viewport) => {
    const { url } = await serveShop();
    for (const path of ["", "history"]) {
      const { page } = await open(url + path, { viewport });
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(width).toBe(viewport.width);
    }
  });
});

describe("an open page", () => {
  it("follows what happens, and keeps what somebody is doing on it", async () => {
    const served = await serve();
    served.publish([diverged("shop-api-1", 20 * MINUTE), fresh("shop-web-1")]);
    const { page, odd } = await open(served.url);
    const button = page.locator(".cmd button");
    await button.focus();
    await page.evaluate("window.before = document.activeElement");
    served.publish([diverged("shop-api-1", 20 * MINUTE), diverged("shop-web-1", 2 * MINUTE)]);
    await page.locator(".c.pending b", { hasText: "shop-web-1" }).waitFor();
    expect(await page.title()).toContain("1 stale, 1 pending");
    expect(await page.locator("#counts").textContent()).toBe("1 stale, 1 pending");
    expect(await page.evaluate("window.before === document.activeElement")).toBe(true);
    expect(await page.locator(".cmd button:visible").count()).toBe(2);
    served.publish([fresh("shop-web-1")]);
    await eventually(
      "the list is shorter",
      async () => (await names(page)).join() === "shop-web-1",
    );
    expect(odd).toEqual([]);
  });

  it("keeps what is unfolded", async () => {
    const served = await serveShop();
    const { page } = await open(`${served.url}history`);
    await page.locator("summary").first().click();
    served.publish([fresh("shop-web-1")]);
    await eventually("it is told", async () => (await page.title()).startsWith("1 fresh"));
    expect(await page.locator("details").first().getAttribute("open")).toBe("");
  });

  it("is live again after an answer that was none, as a proxy gives for a daemon that restarts", async () => {
    const { url } = await serveShop();
    const { page } = await open(url);
    const bad = { status: 502, contentType: "text/html", body: "Bad Gateway" };
    await page.route("**/events", (route) => route.fulfill(bad), { times: 1 });
    await page.reload();
    await page.getByText("not live: the connection is lost").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
  });

  it("says so when the daemon is gone", async () => {
    const served = await serveShop();
    const { page } = await open(served.url);
    await served.status.close();
    await page.getByText("not live: the connection is lost").waitFor();
    expect(await names(page)).toHaveLength(11);
  });
});

describe("accessibility, by axe-core", () => {
  const VIEWS: readonly (readonly [string, BrowserContextOptions])[] = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { colorScheme: "light", viewport: PHONE }],
    ["dark on a phone", { colorScheme: "dark", viewport: PHONE }],
  ];
  it.each(VIEWS)("finds no violation: %s", async (_, how) => {
    const { url } = await serveShop();
    for (const path of ["", "history", "?verdict=stale"]) {
      const { page } = await open(url + path, how);
      await page.evaluate(
        "document.querySelectorAll('details').forEach((one) => (one.open = true))",
      );
      await page.evaluate(axe.source);
      const { violations, passes } = await page.evaluate<axe.AxeResults>("axe.run()");
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(passes.map(({ id }) => id)).toContain("color-contrast");
    }
  });
});

describe("hostile names, labels, tags and logs", () => {
  it.each(Object.entries(HOSTILE_TEXTS))(
    "do nothing but show themselves, within the width of a phone: %s",
    async (_, text) => {
      const facts = hostileFacts(text);
      const { incidents, heals, letters } = facts;
      const { url, publish } = await serve({
        past: past({ incidents, heals, letters, healingOff: text }),
      });
      publish(facts.sight.scan?.judgements ?? [], facts.sight);
      const { page, odd } = await open(url, { viewport: PHONE });
      for (const path of [url, `${url}history`]) {
        if (page.url() !== path) await page.goto(path);
        const { handlers, width } = await page.evaluate<Found>(LOOK);
        expect(handlers).toEqual([]);
        expect(width).toBeLessThanOrEqual(PHONE.width);
      }
      expect(odd).toEqual([]);
    },
  );
});

interface Found {
  readonly handlers: readonly string[];
  readonly width: number;
}

/** Runs in the page. */
const LOOK = `(() => ({
  handlers: [...document.querySelectorAll("*")].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
  width: document.documentElement.scrollWidth,
}))()`;
