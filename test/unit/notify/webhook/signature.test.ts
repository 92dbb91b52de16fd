import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signedHeaders } from "../../../../src/notify/webhook/signature.ts";

const AT = 1_614_265_330_000;

describe("the headers of a webhook", () => {
  it("sign as the specification's own example does", () => {
    const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    expect(signedHeaders(id, '{"test": 2432232314}', secret, AT)).toEqual({
      "webhook-id": id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("take any other secret as the key itself, in UTF-8", () => {
    const headers = signedHeaders("id", "bödy", "schlüssel", AT);
    const mac = createHmac("sha256", "schlüssel").update("id.1614265330.bödy").digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
  });

  it("bear the ID and the time without a secret, too", () => {
    expect(Object.keys(signedHeaders("id", "", null, AT))).toEqual([
      "webhook-id",
      "webhook-timestamp",
    ]);
  });
});
