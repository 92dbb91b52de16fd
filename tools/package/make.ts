import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { ROOT } from "../bundle.ts";
import { ARCHITECTURES, CONFFILES, controlFile } from "./control.ts";
import { makeExecutable } from "./executable.ts";
import { layOutImage } from "./image.ts";
import { layOut } from "./layout.ts";

const SCRIPTS = ["postinst", "prerm", "postrm"];

/** What `output` holds afterwards, by its paths. */
export interface Package {
  /** One file for a host without Node. */
  readonly executable: string;
  /** All files as they lie on a host, for deploy/install.sh. */
  readonly root: string;
  readonly debian: string;
  /** What deploy/Dockerfile is built from. */
  readonly image: string;
}

/** Makes everything aside and puts it in place at the end: whoever uses the last one meanwhile has it whole. */
export async function makePackage(
  output: string,
  tell: (what: string) => void = () => undefined,
): Promise<Package> {
  const work = join(output, `.${String(process.pid)}`);
  mkdirSync(work, { recursive: true });
  try {
    const architecture = debianArchitecture();
    const executable = join(work, "stalewatch");
    tell("the executable");
    await makeExecutable(executable, join(work, "bundle"));
    tell("what a host gets");
    const root = join(work, "root");
    layOut(root, { executable, version: packageJson.version, date: date() });
    tell("what a container gets");
    layOutImage(join(work, "image"), executable);
    tell("the Debian package");
    const archive = `stalewatch_${packageJson.version}_${architecture}.deb`;
    pack(root, work, archive, architecture);
    return putInPlace(work, output, archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function putInPlace(work: string, output: string, archive: string): Package {
  for (const folder of ["root", "image"])
    rmSync(join(output, folder), { recursive: true, force: true });
  const put = (name: string): string => {
    renameSync(join(work, name), join(output, name));
    return join(output, name);
  };
  return {
    executable: put("stalewatch"),
    root: put("root"),
    debian: put(archive),
    image: put("image"),
  };
}

function debianArchitecture(): string {
  const known = ARCHITECTURES[process.arch];
  if (known === undefined) throw new Error(`no package is made for ${process.arch}`);
  return known;
}

/** As the tools for reproducible builds have it. */
function date(): Date {
  const epoch = process.env["SOURCE_DATE_EPOCH"] ?? "";
  return epoch === "" ? new Date() : new Date(Number(epoch) * 1000);
}

/** dpkg's own tool: its archive is one that dpkg takes. Its files belong to root, whoever packs. */
function pack(root: string, work: string, archive: string, architecture: string): void {
  const debian = join(work, "debian");
  execFileSync("cp", ["-al", root, debian]);
  const control = join(debian, "DEBIAN");
  mkdirSync(control);
  const { version } = packageJson;
  const installedKilobytes = Math.ceil(bytesIn(root) / 1024);
  writeFileSync(
    join(control, "control"),
    controlFile({ version, architecture, installedKilobytes }),
  );
  writeFileSync(join(control, "conffiles"), `${CONFFILES.join("\n")}\n`);
  for (const script of SCRIPTS)
    execFileSync("install", ["-m755", join(ROOT, "deploy/debian", script), join(control, script)]);
  // Every dpkg reads zstd where systemd is new enough for the units; it takes a quarter of the time of xz.
  const options = ["--root-owner-group", "-Zzstd", "-z9", "--build"];
  execFileSync("dpkg-deb", [...options, debian, join(work, archive)], { stdio: "ignore" });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
