import type { EngineEvent } from "../domain/engine-event.ts";
import type { EpochMs } from "../domain/ids.ts";
import { labels, object, text } from "./json.ts";
import { badAnswer } from "./wire.ts";

/** One line of `GET /events`; null for what happened to something else than a container or an image. */
export function readEvent(line: string): EngineEvent | null {
  const event = object(parsed(line));
  const kind = text(event["Type"]);
  if (kind !== "container" && kind !== "image") return null;
  const attributes = labels(object(event["Actor"])["Attributes"]);
  return {
    kind,
    action: text(event["Action"]),
    name: attributes["name"] ?? "",
    image: attributes["image"] ?? "",
    // A container's are among them.
    labels: attributes,
    at: momentOf(event["timeNano"]),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw badAnswer("GET /events", Buffer.from(line));
  }
}

function momentOf(nanoseconds: unknown): EpochMs | null {
  return typeof nanoseconds === "number" ? Math.floor(nanoseconds / 1e6) : null;
}
