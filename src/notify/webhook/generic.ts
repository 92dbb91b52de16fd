import { webhookDocument } from "./document.ts";
import { jsonRequest, type Format } from "./format.ts";
import { signedHeaders } from "./signature.ts";

/** Our own document, signed. */
export const GENERIC: Format = {
  peer: "the webhook",
  requests: (bulletin, { url, secret, statusUrl, now }) => {
    const document = webhookDocument(bulletin, statusUrl);
    const body = JSON.stringify(document);
    return [jsonRequest(url, body, signedHeaders(document.id, body, secret, now))];
  },
  hints: {
    401: "the receiver does not accept the signature: compare its key with notify.webhook.secret, and its clock with this host's",
    403: "the receiver does not accept it: compare its key with notify.webhook.secret, and its clock with this host's",
  },
};
