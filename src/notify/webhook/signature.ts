import { createHmac } from "node:crypto";
import type { EpochMs } from "../../domain/ids.ts";

/** The headers of the Standard Webhooks specification, so that receivers find a library that verifies them:
 *  https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function signedHeaders(
  id: string,
  body: string,
  secret: string | null,
  now: EpochMs,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp };
  if (secret === null) return headers;
  const mac = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return { ...headers, "webhook-signature": `v1,${mac.digest("base64")}` };
}

/** `whsec_` stands before a key in Base64; any other text is the key itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret, "utf8");
}
