import { expect } from "vitest";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import type { Sample } from "../sample.ts";

const FROM_IMAGE = { "cat /data/from-image": "1" };

/** What is mounted. Every sample also has the anonymous volumes that its image declares, with the old image's files. */
export const STORAGE: Readonly<Record<string, Sample>> = {
  "binds-of-paths": {
    covers: "-v /path:/path, :ro, :z, :rprivate, :private",
    create: ({ folder }) => ({
      HostConfig: {
        Binds: [
          `${folder}:/rw`,
          `${folder}:/ro:ro`,
          `${folder}:/z:z`,
          `${folder}:/rp:ro,rprivate`,
          `${folder}:/p:private`,
          // No slave or shared one: a private engine's mounts are private, from the root on.
          `${folder}/file:/one-file:ro`,
        ],
      },
    }),
    inside: { ...FROM_IMAGE, "cat /one-file /ro/other": "filed\nothers" },
  },
  "mounts-of-paths": {
    covers: "--mount type=bind, readonly, bind-propagation, bind-nonrecursive",
    create: ({ folder }) => ({
      HostConfig: {
        Mounts: [
          { Type: "bind", Source: folder, Target: "/m", BindOptions: { Propagation: "private" } },
          {
            Type: "bind",
            Source: folder,
            Target: "/n",
            ReadOnly: true,
            BindOptions: { NonRecursive: true },
          },
        ],
      },
    }),
    inside: { "cat /n/other": "others" },
  },
  "volumes-named": {
    covers: "-v name:/path, :ro, :nocopy",
    create: ({ volume }) => ({
      HostConfig: {
        Binds: [
          `${volume("a")}:/named`,
          `${volume("b")}:/read-only:ro`,
          `${volume("c")}:/srv2:nocopy`,
        ],
      },
    }),
    before: ["echo kept > /named/note"],
    inside: { "cat /named/note": "kept" },
  },
  "volume-over-image": {
    covers: "-v name:/path at a place where the image declares a volume",
    create: ({ volume }) => ({ HostConfig: { Binds: [`${volume("d")}:/data`] } }),
    before: ["echo kept > /data/note"],
    inside: { "cat /data/note": "kept", ...FROM_IMAGE },
  },
  "volumes-named-mounts": {
    covers: "--mount type=volume with options",
    create: ({ volume, marks }) => ({
      HostConfig: {
        Mounts: [
          {
            Type: "volume",
            Source: volume("e"),
            Target: "/named",
            VolumeOptions: { NoCopy: true, Labels: marks },
          },
          {
            Type: "volume",
            Source: volume("f"),
            Target: "/in-memory",
            VolumeOptions: {
              Labels: marks,
              DriverConfig: {
                Name: "local",
                Options: { type: "tmpfs", device: "tmpfs", o: "size=1m" },
              },
            },
          },
        ],
      },
    }),
    volatile: ["/in-memory"],
    before: ["echo kept > /named/note"],
    inside: { "cat /named/note": "kept", "grep /in-memory /proc/mounts": /tmpfs/ },
  },
  "volumes-anonymous": {
    covers: "-v /path, also with a slash at its end",
    create: () => ({ Volumes: { "/mine": {}, "/slashed/": {} } }),
    before: ["echo kept > /mine/note", "echo kept > /slashed/note", "echo kept > /data/note"],
    inside: { "cat /mine/note /slashed/note /data/note": "kept\nkept\nkept", ...FROM_IMAGE },
  },
  "volumes-of-image": {
    covers: "VOLUME of the image",
    create: () => ({}),
    before: ["echo kept > /data/note", "echo kept > /cache-1/note"],
    inside: { "cat /data/note /cache-1/note": "kept\nkept", "ls /cache-2 | wc -l": "0" },
  },
  "volumes-anonymous-mounts": {
    covers: "--mount type=volume without a source",
    create: () => ({
      HostConfig: {
        Mounts: [
          { Type: "volume", Target: "/mine", VolumeOptions: { Labels: { made: "here" } } },
          { Type: "volume", Target: "/data" },
        ],
      },
    }),
    before: ["echo kept > /mine/note", "echo kept > /data/note"],
    inside: { "cat /mine/note /data/note": "kept\nkept" },
  },
  "volumes-anonymous-binds": {
    covers: "a bind that is a place alone",
    create: () => ({ HostConfig: { Binds: ["/mine"] } }),
    before: ["echo kept > /mine/note"],
    inside: { "cat /mine/note": "kept" },
  },
  tmpfs: {
    covers: "--tmpfs, --mount type=tmpfs",
    create: () => ({
      HostConfig: {
        Tmpfs: { "/run": "", "/scratch": "rw,noexec,size=1048576", "/cache-1": "size=65536" },
        Mounts: [
          { Type: "tmpfs", Target: "/tmp2", TmpfsOptions: { SizeBytes: 65536, Mode: 0o1770 } },
        ],
      },
    }),
    inside: { "grep -c -e /run -e /scratch -e /cache-1 -e /tmp2 /proc/mounts": "4" },
  },
  "volumes-from": {
    covers: "--volumes-from, whose volume takes the place of the image's own",
    create: ({ peer }) => ({ HostConfig: { VolumesFrom: [peer] } }),
    inside: { "cat /shared/note /data/peer": "shared\nof the peer" },
    outside: (inspect) => {
      const binds = (inspect["HostConfig"] as JsonObject)["Binds"] as string[];
      expect(binds.filter((bind) => bind.includes(":/shared"))).toEqual([]);
    },
  },
  "volumes-from-read-only": {
    covers: "--volumes-from NAME:ro",
    create: ({ peerId }) => ({ HostConfig: { VolumesFrom: [`${peerId}:ro`] } }),
    inside: {
      "cat /shared/note": "shared",
      "touch /shared/x 2>/dev/null || echo refused": "refused",
      "touch /data/x 2>/dev/null || echo refused": "refused",
    },
  },
  "read-only": {
    covers: "--read-only",
    create: () => ({ HostConfig: { ReadonlyRootfs: true, Tmpfs: { "/tmp": "" } } }),
    inside: { "touch /x 2>/dev/null || echo refused": "refused" },
  },
};
