import { object, TEXT, TEXT_OR_NULL, timeOrNull } from "./json-schema.ts";

/** What several documents have. */

export const ENGINE = object({
  id: { ...TEXT, description: "What the engine calls itself in GET /info." },
  name: { ...TEXT, description: "engine.name, else the host's name." },
  apiVersion: { ...TEXT, description: "The negotiated version of its API." },
});

export const RUNNING = object({
  id: { ...TEXT, description: "Of the image that runs." },
  createdAt: timeOrNull("When it was built; null where the engine does not know it any more."),
});

export const NEWEST = object({
  id: { ...TEXT, description: "Of the image that should run." },
  tag: { ...TEXT, description: "The tag by which it is the newest." },
  createdAt: timeOrNull("When it was built, as far as the image tells the truth."),
  revision: { ...TEXT_OR_NULL, description: "Its label org.opencontainers.image.revision." },
});

export const CONTAINER_NAME = { ...TEXT, description: "The container's name, as found." };
export const PROJECT = { ...TEXT_OR_NULL, description: "Of Compose, or the stack of Swarm." };
export const SERVICE = { ...TEXT_OR_NULL, description: "Of Compose or Swarm." };
export const REFERENCE = { ...TEXT_OR_NULL, description: "The image name that it follows." };
