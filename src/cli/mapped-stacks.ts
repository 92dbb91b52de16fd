import { SourceMap } from "node:module";
import { getAsset } from "node:sea";

/** The map's name among the executable's assets. */
export const STACK_MAP = "stalewatch.js.map";

/** Where a frame is: `stalewatch.js:LINE:COLUMN`, both from 1. */
const PLACE = /\bstalewatch\.js:(\d+):(\d+)/;

/** Lets stack traces name the files of the source: Node itself maps none in a single executable. The map is read only
 *  when a stack is first looked at. */
export function mapStacks(): void {
  let map: SourceMap | null = null;
  Error.prepareStackTrace = (error, frames) => {
    map ??= new SourceMap(JSON.parse(getAsset(STACK_MAP, "utf8")) as SourceMapDocument);
    const known = map;
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a frame does write itself, its type is silent on it
    const lines = frames.map((frame) => `    at ${mappedFrame(frame.toString(), known)}`);
    return [headOf(error), ...lines].join("\n");
  };
}

type SourceMapDocument = ConstructorParameters<typeof SourceMap>[0];

export function mappedFrame(frame: string, map: SourceMap): string {
  return frame.replace(PLACE, (place, line: string, column: string) => {
    const origin = map.findOrigin(Number(line), Number(column));
    return "fileName" in origin
      ? `${origin.fileName}:${String(origin.lineNumber)}:${String(origin.columnNumber)}`
      : place;
  });
}

/** An error can be so odd that it does not say what it is. */
function headOf(error: Error): string {
  try {
    return String(error);
  } catch {
    return "an error that cannot be shown";
  }
}
