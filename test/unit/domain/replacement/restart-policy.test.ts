import { describe, expect, it } from "vitest";
import { imageId } from "../../../../src/domain/ids.ts";
import {
  type Replacement,
  replacementFor,
} from "../../../../src/domain/replacement/replacement.ts";

const ALWAYS = { Name: "always", MaximumRetryCount: 0 };

function replacementOf(policy: object, env: readonly string[] = []): Replacement {
  const answer = replacementFor({
    old: {
      Id: "a".repeat(64),
      Name: "/web",
      Config: { Image: "web", Env: env },
      HostConfig: { NetworkMode: "host", RestartPolicy: { ...policy } },
    },
    oldImage: {},
    newImage: { id: imageId(`sha256:${"b".repeat(64)}`), reference: "web", config: {} },
    apiVersion: "1.41",
    temporaryName: "web.stalewatch-x-new",
    replaced: new Map(),
  });
  if (answer.kind !== "replacement") throw new Error(answer.reason);
  return answer.replacement;
}

describe("the restart policy of a replacement", () => {
  it("waits for the commit where it would bring up two at the next start of the engine", () => {
    expect(replacementOf(ALWAYS)).toMatchObject({
      create: { HostConfig: { RestartPolicy: { Name: "no" } } },
      restartPolicy: ALWAYS,
    });
  });

  it("is there from the first where it brings up nothing that was stopped", () => {
    const policy = { Name: "unless-stopped", MaximumRetryCount: 0 };
    expect(replacementOf(policy)).toMatchObject({
      create: { HostConfig: { RestartPolicy: policy } },
      restartPolicy: null,
    });
  });

  it("is there from the first on Podman, which cannot change one", () => {
    expect(replacementOf(ALWAYS, ["container=podman"])).toMatchObject({
      create: { HostConfig: { RestartPolicy: ALWAYS } },
      restartPolicy: null,
    });
  });
});
