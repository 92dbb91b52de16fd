import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TlsFiles } from "../../../src/engine/address.ts";
import { redirectsTo, type FakeEngine } from "../../harness/fake-engine.ts";
import { asUser, STRANGER } from "../state/as-user.ts";
import { certificateAuthority, signedBy, written, type Identity } from "./certificates.ts";
import { connectTo, fakeEngines, never } from "./connecting.ts";

const fakeEngine = fakeEngines();
const folder = mkdtempSync(join(tmpdir(), "stalewatch-tls-"));
const pem = (name: string): string => join(folder, `${name}.pem`);

/** What the client of an engine is usually given. */
const CLIENT: TlsFiles = { ca: pem("ca"), cert: pem("clientCert"), key: pem("clientKey") };

interface Certificates {
  readonly ca: Identity;
  readonly server: Identity;
  readonly expired: Identity;
  readonly elsewhere: Identity;
}
let certificates: Certificates;

beforeAll(async () => {
  const [ca, otherCa] = await Promise.all([
    certificateAuthority("the engine's CA"),
    certificateAuthority("another CA"),
  ]);
  const [server, expired, elsewhere, client, expiredClient, stranger] = await Promise.all([
    signedBy(ca, "engine"),
    signedBy(ca, "engine", { expiresIn: -1000 }),
    signedBy(ca, "engine", { ip: "192.0.2.1" }),
    signedBy(ca, "client"),
    signedBy(ca, "client", { expiresIn: -1000 }),
    signedBy(otherCa, "client"),
  ]);
  certificates = { ca, server, expired, elsewhere };
  written(folder, {
    ca: ca.cert,
    otherCa: otherCa.cert,
    clientCert: client.cert,
    clientKey: client.key,
    expiredCert: expiredClient.cert,
    expiredKey: expiredClient.key,
    strangerCert: stranger.cert,
    strangerKey: stranger.key,
    garbage: "-----BEGIN CERTIFICATE-----\nnot base64 at all\n-----END CERTIFICATE-----\n",
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** An engine that lets only those in whom its own CA knows. */
function guarded(server: Identity = certificates.server): Promise<FakeEngine> {
  return fakeEngine({}, { listen: "tcp", tls: { ...server, ca: certificates.ca.cert } });
}

/** What comes of a client that shows these files, or none where null. */
async function connectWith(fake: FakeEngine, tls: TlsFiles | null): Promise<unknown> {
  const address = tls === null ? fake.address : fake.addressWith(tls);
  return connectTo(fake, { address }).then(
    () => "connected",
    (error: unknown) => error,
  );
}

const TLS_FAILED = {
  code: "ENGINE_TLS",
  message: expect.stringMatching(
    /^cannot reach the engine at tcp:\/\/127\.0\.0\.1:\d+ for GET [^\n]+$/,
  ) as string,
  hint: expect.stringContaining("engine.tls.ca, cert and key") as string,
};

describe("an engine behind TLS", () => {
  it("is watched by a client that it knows", async () => {
    const fake = await guarded();
    const engine = await connectTo(fake, { address: fake.addressWith(CLIENT) });
    expect(await engine.observe(never)).toMatchObject({ containers: [], images: [] });
    await expect.poll(() => fake.connections).toBe(0);
  });

  it("may do without a client's certificate", async () => {
    const open = await fakeEngine({}, { listen: "tcp", tls: certificates.server });
    expect(await connectWith(open, { ca: pem("ca"), cert: null, key: null })).toBe("connected");
  });

  it.each<[string, TlsFiles]>([
    ["a CA that did not sign it", { ...CLIENT, ca: pem("otherCa") }],
    ["no CA, and it is none that everybody trusts", { ...CLIENT, ca: null }],
    ["a CA file that is none", { ...CLIENT, ca: pem("garbage") }],
    ["a client's certificate that is none", { ...CLIENT, cert: pem("garbage") }],
    ["a key that belongs to another certificate", { ...CLIENT, key: pem("strangerKey") }],
    ["no client's certificate", { ca: pem("ca"), cert: null, key: null }],
  ])("cannot be talked to with %s", async (_, tls) => {
    const fake = await guarded();
    expect(await connectWith(fake, tls)).toMatchObject(TLS_FAILED);
    expect(fake.requests).toEqual([]);
    await expect.poll(() => fake.connections).toBe(0);
  });

  it.each<[string, TlsFiles]>([
    [
      "a stranger's certificate",
      { ca: pem("ca"), cert: pem("strangerCert"), key: pem("strangerKey") },
    ],
    [
      "an expired client's certificate",
      { ca: pem("ca"), cert: pem("expiredCert"), key: pem("expiredKey") },
    ],
  ])("lets nobody in with %s", async (_, tls) => {
    const fake = await guarded();
    expect(await connectWith(fake, tls)).toMatchObject({
      // An engine says why in a TLS alert; the server of this test just hangs up.
      code: expect.stringMatching(/^ENGINE_(?:TLS|CONNECTION)$/) as string,
    });
    expect(fake.requests).toEqual([]);
  });

  it.each([
    ["has expired", () => certificates.expired],
    ["is another host's", () => certificates.elsewhere],
  ])("is not believed when its own certificate %s", async (_, identity) => {
    const fake = await guarded(identity());
    expect(await connectWith(fake, CLIENT)).toMatchObject(TLS_FAILED);
    expect(fake.requests).toEqual([]);
  });

  it.each(["ca", "cert", "key"] as const)("has files: %s is missing", async (file) => {
    const fake = await guarded();
    const path = join(folder, "missing.pem");
    expect(await connectWith(fake, { ...CLIENT, [file]: path })).toMatchObject({
      code: "ENGINE_TLS_FILE",
      message: expect.stringContaining(path) as string,
      hint: expect.stringContaining("that this user can read") as string,
    });
    expect(fake.requests).toEqual([]);
  });

  it("has files: one that this user may not read", async () => {
    const fake = await guarded();
    chmodSync(folder, 0o755);
    const refused = await asUser(STRANGER, () => connectWith(fake, CLIENT));
    expect(refused).toMatchObject({
      code: "ENGINE_TLS_FILE",
      message: expect.stringMatching(/\.pem: EACCES/) as string,
    });
  });

  it("is not asked in the clear, and one in the clear not with TLS", async () => {
    const fake = await guarded();
    expect(await connectWith(fake, null)).toMatchObject({
      code: expect.stringMatching(/^ENGINE_(?:CONNECTION|BAD_ANSWER)$/) as string,
    });
    const clear = await fakeEngine({}, { listen: "tcp" });
    expect(await connectWith(clear, CLIENT)).toMatchObject(TLS_FAILED);
    expect([...fake.requests, ...clear.requests]).toEqual([]);
  });

  it("cannot send its client elsewhere", async () => {
    const fake = await guarded();
    const elsewhere = await fakeEngine({}, { listen: "tcp" });
    const port = elsewhere.address.kind === "tcp" ? elsewhere.address.port : 0;
    fake.on("/version", redirectsTo(`http://127.0.0.1:${port}/version`));
    expect(await connectWith(fake, CLIENT)).toMatchObject({ code: "ENGINE_HTTP" });
    expect(elsewhere.requests).toEqual([]);
  });
});
