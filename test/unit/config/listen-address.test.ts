import { describe, expect, it } from "vitest";
import { load, problemLines } from "./sources.ts";

async function listen(text: string): Promise<unknown> {
  const { settings } = await load({ file: JSON.stringify({ status: { listen: text } }) });
  return settings.status.listen;
}

describe("status.listen", () => {
  it.each([
    ["127.0.0.1:80", { kind: "tcp", host: "127.0.0.1", port: 80 }],
    ["localhost:9751", { kind: "tcp", host: "127.0.0.1", port: 9751 }],
    ["[::1]:65535", { kind: "tcp", host: "::1", port: 65535 }],
    ["unix:///run/a b.sock", { kind: "unix", path: "/run/a b.sock" }],
    ["off", null],
    ["", null],
  ])("%j is %j", async (text, value) => {
    expect(await listen(text)).toEqual(value);
  });

  it.each([
    ["0.0.0.0:9750", "is open to others than this machine", "127.0.0.1:9750"],
    ["host.example:9750", "is open to others than this machine", "127.0.0.1:9750"],
    ["9750", "is not an address of this machine", "127.0.0.1:9750"],
    [":9750", "is not an address of this machine", "127.0.0.1:9750"],
    ["http://127.0.0.1:9750/", "is not an address of this machine", "write 127.0.0.1:PORT"],
    ["127.0.0.1", "is not an address of this machine", "write 127.0.0.1:PORT"],
    ["127.0.0.1:0", "is not an address of this machine", "write 127.0.0.1:PORT"],
    ["127.0.0.1:70000", "is not an address of this machine", "write 127.0.0.1:PORT"],
    ["/run/status.sock", "is not the path of a socket", "unix:///run/status.sock"],
    ["unix://run/status.sock", "is not the path of a socket", "write 127.0.0.1:PORT"],
    ["unix:///run/", "is not the path of a socket", "write 127.0.0.1:PORT"],
    [`unix:///${"x".repeat(107)}`, "is too long for a socket", "107 bytes"],
    ["no", "is not an address of this machine", "off"],
  ])("%j is refused: it %s", async (text, fault, help) => {
    const lines = await problemLines({ file: JSON.stringify({ status: { listen: text } }) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(fault);
    expect(lines[0]).toContain(help);
  });
});
