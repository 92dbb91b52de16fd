import type { EpochMs } from "../../domain/ids.ts";
import { ASSETS } from "../assets.ts";
import { countsOf } from "../../domain/summary.ts";
import type { Facts } from "../facts.ts";
import { markup, shown, type Html } from "./html.ts";
import { ago } from "./parts.ts";
import { containersSection, type Filter } from "./containers.ts";
import { pastSections } from "./past.ts";
import { notices, watchingSection } from "./watching.ts";

export interface PageInput {
  readonly facts: Facts;
  /** Of the facts: pages that are open ask whether it is still this one. */
  readonly version: string;
  readonly now: EpochMs;
}

/** The page that everybody opens first. */
export function overviewPage(input: PageInput, filter: Filter): string {
  const { facts, now } = input;
  return frame(
    input,
    ".",
    markup`${containersSection(facts, filter, now)}${watchingSection(facts, now)}`,
  );
}

export function historyPage(input: PageInput): string {
  return frame(input, "history", pastSections(input.facts, input.now));
}

const PAGES = [
  { href: ".", name: "Containers" },
  { href: "history", name: "History" },
] as const;

function frame(
  { facts, version, now }: PageInput,
  here: (typeof PAGES)[number]["href"],
  main: Html,
): string {
  const engine = shown(facts.sight.scan?.engine.name ?? facts.sight.engineName, 80);
  const counts = countWords(facts);
  const links = PAGES.map(
    ({ href, name }) =>
      markup`<a href="${href}" ${href === here ? markup` aria-current="page"` : null}>${name}</a>`,
  );
  const scan = facts.sight.scan;
  const { style, script, icon } = ASSETS;
  return markup`<!doctype html>
    <html lang="en" data-version="${version}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${counts} – ${engine} – stalewatch</title>
        <link rel="icon" href="${icon.path}" />
        <link rel="stylesheet" href="${style.path}" />
        <script src="${script.path}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <h1>${engine}</h1>
          <p role="status" id="counts">${counts}</p>
          <p class="scan">
            ${scan === null ? "not scanned yet" : markup`scanned ${ago(scan.at, now)}`}
            <span id="live" hidden></span>
          </p>
          <nav aria-label="Pages">${links}</nav>
        </header>
        <main id="main" tabindex="-1">${notices(facts, now)}${main}</main>
        <footer>
          <p>
            stalewatch ${facts.sight.version}: read only. JSON: <a href="api/v1">api/v1</a>,
            metrics: <a href="metrics">metrics</a>.
          </p>
        </footer>
      </body>
    </html> `.toString();
}

/** `2 stale, 1 pending, 9 fresh`. */
function countWords({ sight }: Facts): string {
  if (sight.scan === null) return "nothing known yet";
  const words = countsOf(sight.scan.judgements).map(({ kind, count }) => `${count} ${kind}`);
  return words.length === 0 ? "no containers" : words.join(", ");
}
