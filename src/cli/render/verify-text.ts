import { formatSpan } from "../../domain/duration.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import {
  isVerified,
  serviceName,
  type ProvenReplica,
  type ProvenService,
  type VerifyRequest,
} from "../../domain/verify/services.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import { iso } from "../../status/documents/times.ts";
import type { TextStyle } from "./style.ts";
import { renderTable } from "./table.ts";

export interface VerifyTextOptions {
  readonly engine: string;
  readonly request: VerifyRequest;
  readonly services: readonly ProvenService[];
  readonly waited: Milliseconds;
  /** Characters a line. */
  readonly width: number;
  readonly style: TextStyle;
}

const COLUMNS = [
  { title: "SERVICE", max: 24 },
  { title: "CONTAINER", max: 24 },
  { title: "VERIFIED", max: 8 },
  { title: "WHY", max: 100 },
];

export function verifyText({ engine, request, services, waited, width, style }: VerifyTextOptions) {
  const rows = services.flatMap(serviceRows);
  const paint = (text: string, row: number, column: number): string => {
    if (column !== 2) return text;
    return rows[row]?.[2] === "yes" ? style.fresh(text) : style.stale(text);
  };
  const head = isVerified(services)
    ? `${style.fresh("verified")} after ${formatSpan(waited)}`
    : `${style.stale("not verified")} after ${formatSpan(waited)}`;
  const nothing = `nothing of ${asked(request)} is there`;
  return [
    `${terminal(engine)}: ${head}`,
    "",
    ...(rows.length === 0 ? [terminal(nothing)] : renderTable(COLUMNS, rows, width, paint)),
    "",
  ].join("\n");
}

function asked({ project, services }: VerifyRequest): string {
  return [...(project === null ? [] : [`project ${project}`]), ...services].join(" ");
}

function serviceRows(one: ProvenService): string[][] {
  const name = terminal(serviceName(one));
  const own = one.fault === null ? [] : [[name, "-", "no", terminal(one.fault.text)]];
  return [...own, ...one.replicas.map((replica) => [name, ...replicaCells(replica)])];
}

function replicaCells({ container, reading, judgement, fault }: ProvenReplica): string[] {
  const name = terminal(container.name);
  if (fault !== null) return [name, "no", terminal(fault.text)];
  const newest = judgement !== null && "newest" in judgement ? judgement.newest.tag : "";
  const health = reading?.health === "healthy" ? ", healthy" : "";
  const created = iso(reading?.createdAt ?? container.createdAt);
  return [name, "yes", terminal(`created ${created}, runs the newest ${newest}${health}`)];
}
