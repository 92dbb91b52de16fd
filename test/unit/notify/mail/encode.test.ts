import { describe, expect, it } from "vitest";
import { escapeHtml, markup } from "../../../../src/notify/encode/html.ts";
import { headerText, hostLabel, mailText } from "../../../../src/notify/encode/mail-text.ts";
import { HOSTILE_TEXTS } from "../../../harness/hostile-texts.ts";
import { UNSEEN } from "../mrkdwn-reader.ts";

const HOSTILE = Object.entries(HOSTILE_TEXTS);

describe("markup", () => {
  it("encodes what is put in, and nothing twice", () => {
    const inner = markup`<b>${"a & <b>"}</b>`;
    expect(markup`<p>${inner}${[inner, inner]}${7}</p>`.toString()).toBe(
      `<p>${"<b>a &amp; &lt;b&gt;</b>".repeat(3)}7</p>`,
    );
  });

  it.each([
    ["<script>", "&lt;script&gt;"],
    [`" onload='x'`, "&quot; onload=&#39;x&#39;"],
    ["&lt;", "&amp;lt;"],
    ["\u001b[31m", "\\u001b[31m"],
    ["a\u202eb", "a\\u202eb"],
    ["a\r\nb", "a\\r\\nb"],
  ])("%j becomes %j", (text, expected) => {
    expect(escapeHtml(text)).toBe(expected);
  });

  it.each(HOSTILE)("leaves of %s neither markup nor anything unseen", (_, text) => {
    expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
    expect(escapeHtml(text)).not.toMatch(UNSEEN);
  });
});

describe("a text in a mail", () => {
  it.each([
    ["web-1", "web-1"],
    ["see http://evil.example", "see http∶//evil.example"],
    ["a\r\n\r\nb", "a b"],
    ["x".repeat(20), "xxxxxxxxx…"],
  ])("%j is shown as %j", (text, shown) => {
    expect(mailText(text, text.length > 15 && !text.includes(" ") ? 10 : 100)).toBe(shown);
  });

  it.each(HOSTILE)("is one visible line of bounded length for %s", (_, text) => {
    for (const shown of [mailText(text, 80), headerText(text, 80)]) {
      expect(shown.length).toBeLessThanOrEqual(80);
      expect(shown).not.toMatch(UNSEEN);
      expect(shown).not.toContain("://");
    }
  });
});

describe("a text in a header", () => {
  it.each(HOSTILE)("is no encoded word for %s", (_, text) => {
    expect(headerText(text, 80)).not.toContain("=?");
  });

  it.each([
    ["Shop Host 1", "shop-host-1"],
    ["db.example.org", "db-example-org"],
    ["--x--", "x"],
    ["ホスト", "engine"],
    ["", "engine"],
    ["a".repeat(100), "a".repeat(40)],
    [`${"a".repeat(39)}-b`, "a".repeat(39)],
  ])("%j as a part of a host name is %j", (text, label) => {
    expect(hostLabel(text)).toBe(label);
  });

  it.each(HOSTILE)("is a part of a host name whatever it is: %s", (_, text) => {
    expect(hostLabel(text)).toMatch(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
  });
});
