// Keeps an open page true: asks for it again when the daemon says that something changed, and once a minute because ages
// grow. Everything is on the page without it.
"use strict";

/** Milliseconds. */
const REFRESH = 60_000;
const LISTEN_AGAIN = 5000;

const VERSION = "data-version";
const root = document.documentElement;
const live = document.getElementById("live");
let loading = false;
let asked = false;

/** @param {string} text */
function say(text) {
  if (live === null) return;
  live.hidden = false;
  live.textContent = text;
}

/** One request at a time; one asked for meanwhile follows it. */
async function refresh() {
  asked = true;
  if (loading) return;
  loading = true;
  while (asked) {
    asked = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok) show(await answer.text());
    } catch {
      // The stream's own error says so.
    }
  }
  loading = false;
}

/** @param {string} text */
function show(text) {
  const next = new DOMParser().parseFromString(text, "text/html");
  offerCopying(next);
  document.title = next.title;
  root.setAttribute(VERSION, next.documentElement.getAttribute(VERSION) ?? "");
  for (const part of ["header", "main"]) {
    const [before, after] = [document.querySelector(part), next.querySelector(part)];
    if (before !== null && after !== null) patch(before, after);
  }
}

/**
 * Makes one element like another and leaves alone what is the same: focus, selection and what is unfolded stay.
 * @param {Element} before
 * @param {Element} after
 */
function patch(before, after) {
  if (before.isEqualNode(after) || before.id === "live") return;
  for (const { name, value } of after.attributes)
    if (before.getAttribute(name) !== value) before.setAttribute(name, value);
  for (const { name } of [...before.attributes])
    if (!after.hasAttribute(name) && name !== "open") before.removeAttribute(name);
  patchChildren(before, after);
}

/**
 * @param {Element} before
 * @param {Element} after
 */
function patchChildren(before, after) {
  let place = before.firstChild;
  for (const wanted of [...after.childNodes]) {
    const found = counterpart(before, place, wanted);
    if (found === null) {
      before.insertBefore(document.importNode(wanted, true), place);
      continue;
    }
    if (found === place) place = place.nextSibling;
    else before.insertBefore(found, place);
    if (found instanceof Element && wanted instanceof Element) patch(found, wanted);
    else if (found.nodeValue !== wanted.nodeValue) found.nodeValue = wanted.nodeValue;
  }
  while (place !== null) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

/**
 * What stands for a node so far: the child of its ID, or, where it has none, what stands in its place.
 * @param {Element} parent
 * @param {ChildNode | null} place
 * @param {ChildNode} wanted
 */
function counterpart(parent, place, wanted) {
  if (wanted instanceof Element && wanted.id !== "") {
    const found = document.getElementById(wanted.id);
    return found?.parentNode === parent && found.nodeName === wanted.nodeName ? found : null;
  }
  const isLike = place?.nodeName === wanted.nodeName && !(place instanceof Element && place.id);
  return isLike ? place : null;
}

/**
 * Copying needs scripts: without them there is no button.
 * @param {Document} page
 */
function offerCopying(page) {
  for (const button of page.querySelectorAll(".cmd button")) button.removeAttribute("hidden");
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest(".cmd button") : null;
  const code = button?.previousElementSibling;
  if (button && code) void copy(button, code);
});

/**
 * @param {Element} button
 * @param {Element} code
 */
async function copy(button, code) {
  getSelection()?.selectAllChildren(code);
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    // A page that came over plain HTTP from another machine may not: but it is selected.
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

/** Reconnects by itself after a connection that broke, but not after an answer that was none: a proxy's, while the daemon
 *  restarts, or that too many have the page open. */
function listen() {
  const events = new EventSource("events");
  events.addEventListener("open", () => say("live"));
  events.addEventListener("error", () => {
    say("not live: the connection is lost");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, LISTEN_AGAIN);
  });
  events.addEventListener("version", (event) => {
    if (event.data !== root.getAttribute(VERSION)) void refresh();
  });
}

listen();
setInterval(() => {
  if (document.visibilityState === "visible") void refresh();
}, REFRESH);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void refresh();
});
offerCopying(document);
