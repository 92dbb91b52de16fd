/** What dpkg is told of the package. */
export interface ControlOptions {
  readonly version: string;
  /** As Debian calls it: `amd64`. */
  readonly architecture: string;
  readonly installedKilobytes: number;
}

/** Debian's names for the machines that Node is packaged for. */
export const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = {
  x64: "amd64",
  arm64: "arm64",
};

/** The libraries are those that Node's program is linked with; glibc's version is the one that it was built against.
 *  The engine is only suggested: it may be another packager's, or none of this host's. */
export function controlFile({ version, architecture, installedKilobytes }: ControlOptions): string {
  return `Package: stalewatch
Version: ${version}
Architecture: ${architecture}
Maintainer: The stalewatch authors <stalewatch@localhost>
Installed-Size: ${installedKilobytes}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6, libatomic1, passwd, systemd | systemd-sysusers
Suggests: docker.io | docker-ce
Section: admin
Priority: optional
Description: tells or heals when a container does not run the image last built
 On a host that builds its own images, a build can succeed while the container
 goes on running the old image. stalewatch finds such containers, waits out a
 grace period, and then alerts or recreates them. It asks only the local engine.
`;
}

/** Kept on an upgrade where an administrator has changed them. */
export const CONFFILES = ["/etc/stalewatch/stalewatch.yaml"];
