import { HarnessError } from "./harness-error.ts";

/** The engines that Debian has, in bookworm, trixie and sid; with the images in containerd, where they may be. */
export const ENGINE_NAMES = [
  "docker-20.10",
  "docker-26.1",
  "docker-26.1+containerd",
  "docker-28.5",
  "docker-28.5+containerd",
  "podman-4.3",
] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** What STALEWATCH_TEST_ENGINE says: which engine the tests start, or the address of one that is lent to them. */
export type EngineChoice =
  | { readonly kind: "own"; readonly engine: EngineName | undefined }
  | { readonly kind: "given"; readonly host: string };

export function chosenEngine(): EngineChoice {
  const said = process.env["STALEWATCH_TEST_ENGINE"] ?? "";
  if (said.includes("://")) return { kind: "given", host: said };
  const engine = ENGINE_NAMES.find((name) => name === said);
  if (engine !== undefined || said === "") return { kind: "own", engine };
  throw new HarnessError(`STALEWATCH_TEST_ENGINE=${said} is not known`, {
    hint: `set it to a socket, such as unix:///var/run/docker.sock, or to one of ${ENGINE_NAMES.join(", ")}`,
  });
}
