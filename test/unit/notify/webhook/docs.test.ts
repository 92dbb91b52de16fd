import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signedHeaders } from "../../../../src/notify/webhook/signature.ts";
import { webhookDocument } from "../../../../src/notify/webhook/document.ts";
import { load } from "../../config/sources.ts";
import { bulletin, NOW, staleNews } from "../news-samples.ts";

const DOCS = readFileSync(join(import.meta.dirname, "../../../../docs/webhook.md"), "utf8");

function blocks(language: string): string[] {
  const fences = DOCS.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return [...fences].map(([, text = ""]) => text);
}

type Verify = (
  headers: Readonly<Record<string, string>>,
  body: string,
  secret: string,
  now: number,
) => boolean;

async function documentedVerification(): Promise<Verify> {
  const [code = ""] = blocks("js");
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  return ((await import(/* @vite-ignore */ url)) as { isFromStalewatch: Verify }).isFromStalewatch;
}

describe("docs/webhook.md", () => {
  it("shows a document as it is posted", () => {
    const [example = ""] = blocks("json");
    expect(JSON.parse(example)).toEqual(webhookDocument(bulletin(staleNews()), null));
  });

  it.each(blocks("yaml"))("shows a configuration that is right: %s", async (yaml) => {
    await expect(load({ file: yaml })).resolves.toBeDefined();
  });

  it("shows a verification that takes what is signed, and nothing else", async () => {
    const verify = await documentedVerification();
    for (const secret of ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "plain schlüssel"]) {
      const headers = signedHeaders("an-id", "the bödy", secret, NOW);
      expect(verify(headers, "the bödy", secret, NOW)).toBe(true);
      expect(verify(headers, "the bödy", secret, NOW + 299_000)).toBe(true);
      expect(verify(headers, "the bödy", secret, NOW + 301_000)).toBe(false);
      expect(verify(headers, "another", secret, NOW)).toBe(false);
      expect(verify(headers, "the bödy", "another", NOW)).toBe(false);
      expect(verify({ ...headers, "webhook-id": "x" }, "the bödy", secret, NOW)).toBe(false);
    }
    expect(verify({}, "the bödy", "secret", NOW)).toBe(false);
  });
});
