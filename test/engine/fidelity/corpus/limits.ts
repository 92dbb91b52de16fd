import type { Sample } from "../sample.ts";

/** Rights, namespaces, devices and limits.
 *
 *  Left out, for want of what they need where these tests run: `--privileged`, `--ulimit` above the hard limit and
 *  negative `--oom-score-adj` (CAP_SYS_RESOURCE), `--device-read-bps` and its kin (a block device known by name), `--gpus` (a graphics card), `--storage-opt size=` (XFS with quotas),
 *  `--cpu-rt-…` (a kernel with real-time groups), `--userns` other than host (an engine with remapping),
 *  `--security-opt apparmor=` and `label=` by name (a kernel with these). */
export const LIMITS: Readonly<Record<string, Sample>> = {
  devices: {
    covers: "--device, --device-cgroup-rule",
    create: () => ({
      HostConfig: {
        Devices: [
          { PathOnHost: "/dev/null", PathInContainer: "/dev/nothing", CgroupPermissions: "rw" },
        ],
        DeviceCgroupRules: ["c 42:* rmw"],
      },
    }),
    inside: { "test -c /dev/nothing && echo there": "there" },
  },
  "block-io": {
    covers: "--blkio-weight",
    create: () => ({ HostConfig: { BlkioWeight: 300 } }),
  },
  capabilities: {
    covers: "--cap-add, --cap-drop",
    create: () => ({ HostConfig: { CapAdd: ["NET_ADMIN"], CapDrop: ["MKNOD", "CAP_CHOWN"] } }),
    inside: { "touch /tmp/x && busybox chown 1 /tmp/x 2>/dev/null || echo refused": "refused" },
  },
  "security-options": {
    covers: "--security-opt no-new-privileges, seccomp=unconfined",
    create: () => ({ HostConfig: { SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] } }),
    inside: { "grep -e NoNewPrivs -e Seccomp: /proc/self/status": /NoNewPrivs:\s1\nSeccomp:\s0/ },
  },
  "seccomp-profile": {
    covers: "--security-opt seccomp=FILE",
    create: () => ({
      HostConfig: {
        SecurityOpt: [
          'seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["sethostname"],"action":"SCMP_ACT_ERRNO"}]}',
        ],
      },
    }),
    inside: { "grep Seccomp: /proc/self/status": /2/ },
  },
  "system-paths": {
    covers: "--security-opt systempaths=unconfined",
    create: () => ({ HostConfig: { MaskedPaths: [], ReadonlyPaths: [] } }),
  },
  sysctls: {
    covers: "--sysctl",
    create: () => ({
      HostConfig: {
        Sysctls: { "net.ipv4.ip_unprivileged_port_start": "80", "kernel.msgmax": "4096" },
      },
    }),
    inside: { "cat /proc/sys/kernel/msgmax": "4096" },
  },
  ulimits: {
    covers: "--ulimit",
    create: () => ({
      HostConfig: {
        Ulimits: [
          { Name: "nofile", Soft: 256, Hard: 512 },
          { Name: "core", Soft: 0, Hard: 0 },
        ],
      },
    }),
    inside: { "grep 'open files' /proc/1/limits": /256\s+512/ },
  },
  memory: {
    covers:
      "--memory, --memory-reservation, --memory-swap, --memory-swappiness, --oom-kill-disable",
    create: () => ({
      HostConfig: {
        Memory: 64 * 1024 ** 2,
        MemoryReservation: 32 * 1024 ** 2,
        MemorySwap: 64 * 1024 ** 2,
        MemorySwappiness: 0,
        OomKillDisable: true,
      },
    }),
  },
  "memory-alone": {
    covers: "--memory, for which the engine chooses the swap",
    create: () => ({ HostConfig: { Memory: 64 * 1024 ** 2 } }),
  },
  cpu: {
    covers: "--cpu-shares, --cpu-period, --cpu-quota, --cpuset-cpus, --cpuset-mems",
    create: () => ({
      HostConfig: {
        CpuShares: 512,
        CpuPeriod: 50_000,
        CpuQuota: 25_000,
        CpusetCpus: "0",
        CpusetMems: "0",
      },
    }),
    inside: { "grep Cpus_allowed_list /proc/self/status": /\s0$/ },
  },
  cpus: { covers: "--cpus", create: () => ({ HostConfig: { NanoCpus: 500_000_000 } }) },
  processes: {
    covers: "--pids-limit, --oom-score-adj",
    create: () => ({ HostConfig: { PidsLimit: 100, OomScoreAdj: 500 } }),
    inside: { "cat /proc/1/oom_score_adj": "500" },
  },
  "cgroup-parent": {
    covers: "--cgroup-parent",
    create: () => ({ HostConfig: { CgroupParent: "/fidelity" } }),
  },
  "cgroup-namespace": {
    covers: "--cgroupns private",
    create: () => ({ HostConfig: { CgroupnsMode: "private" } }),
  },
  "shared-memory": {
    covers: "--shm-size",
    create: () => ({ HostConfig: { ShmSize: 1024 ** 2 } }),
    inside: { "grep /dev/shm /proc/mounts": /size=1024k/ },
  },
  "ipc-shareable": {
    covers: "--ipc shareable",
    create: () => ({ HostConfig: { IpcMode: "shareable" } }),
  },
  "ipc-none": { covers: "--ipc none", create: () => ({ HostConfig: { IpcMode: "none" } }) },
  "ipc-host": { covers: "--ipc host", create: () => ({ HostConfig: { IpcMode: "host" } }) },
  "ipc-container": {
    covers: "--ipc container:, --pid container:",
    create: ({ peer }) => ({
      HostConfig: { IpcMode: `container:${peer}`, PidMode: `container:${peer}` },
    }),
  },
  "pid-host": { covers: "--pid host", create: () => ({ HostConfig: { PidMode: "host" } }) },
  "uts-host": { covers: "--uts host", create: () => ({ HostConfig: { UTSMode: "host" } }) },
  "user-namespace-host": {
    covers: "--userns host",
    create: () => ({ HostConfig: { UsernsMode: "host" } }),
  },
  runtime: { covers: "--runtime", create: () => ({ HostConfig: { Runtime: "runc" } }) },
  annotations: {
    covers: "--annotation",
    since: "1.43",
    create: () => ({ HostConfig: { Annotations: { "org.test.a": "b" } } }),
  },
  "log-options": {
    covers: "--log-driver, --log-opt",
    create: () => ({
      HostConfig: {
        LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
      },
    }),
  },
  "log-local": {
    covers: "--log-driver local",
    create: () => ({ HostConfig: { LogConfig: { Type: "local", Config: {} } } }),
  },
  "log-none": {
    covers: "--log-driver none",
    create: () => ({ HostConfig: { LogConfig: { Type: "none", Config: {} } } }),
  },
};
