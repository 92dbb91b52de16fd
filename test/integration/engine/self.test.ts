import { describe, expect, it } from "vitest";
import { containerInMounts } from "../../../src/engine/self.ts";
import { containerNamed } from "../../unit/domain/builders.ts";

const ID = containerNamed("stalewatch");

/** One line of /proc/self/mountinfo. */
function mounted(root: string, at: string): string {
  return `716 700 8:1 ${root} ${at} rw,relatime - ext4 /dev/sda1 rw,discard,errors=remount-ro`;
}

describe("the container that this process runs in", () => {
  it.each([
    ["Docker", mounted(`/var/lib/docker/containers/${ID}/hostname`, "/etc/hostname")],
    ["Docker, hosts only", mounted(`/var/lib/docker/containers/${ID}/hosts`, "/etc/hosts")],
    ["a disk of its own", mounted(`/containers/${ID}/resolv.conf`, "/etc/resolv.conf")],
    ["another data root", mounted(`/srv/docker data/containers/${ID}/hosts`, "/etc/hosts")],
    [
      "Podman",
      mounted(
        `/var/lib/containers/storage/overlay-containers/${ID}/userdata/hostname`,
        "/etc/hostname",
      ),
    ],
    [
      "rootless Podman",
      mounted(`/1000/containers/overlay-containers/${ID}/userdata/hosts`, "/etc/hosts"),
    ],
    [
      "other mounts around it",
      [
        mounted("/", "/"),
        mounted(`/var/lib/docker/containers/${ID}/hostname`, "/etc/hostname"),
        mounted("/data", "/data"),
      ].join("\n"),
    ],
  ])("is told by its mounts: %s", (_, mountinfo) => {
    expect(containerInMounts(mountinfo)).toBe(ID);
  });

  it.each([
    ["a host", mounted("/", "/")],
    ["nothing", ""],
    ["Kubernetes", mounted("/var/lib/kubelet/pods/5f0c/etc-hosts", "/etc/hosts")],
    [
      "a host on which somebody mounted a container's folder",
      mounted(`/var/lib/docker/containers/${ID}`, "/mnt"),
    ],
    [
      "a short ID",
      mounted(`/var/lib/docker/containers/${ID.slice(0, 12)}/hostname`, "/etc/hostname"),
    ],
    [
      "the file of another container, bound elsewhere",
      mounted(`/var/lib/docker/containers/${ID}/hostname`, "/watched/etc/hostname"),
    ],
  ])("is none, as far as can be told: %s", (_, mountinfo) => {
    expect(containerInMounts(mountinfo)).toBeNull();
  });
});
