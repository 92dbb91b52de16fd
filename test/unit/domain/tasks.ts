import { container, type ContainerSketch, type SketchedContainer } from "./builders.ts";

/** A task of a Swarm service as its container shows it: `web.1.x7f`. Its other labels go on top. */
export function task(name: string, sketch: ContainerSketch = {}): SketchedContainer {
  return container(taskSketch(name, sketch));
}

export function taskSketch(name: string, sketch: ContainerSketch = {}): ContainerSketch {
  const [service = "", , id = ""] = name.split(".");
  return {
    compose: null,
    name,
    ...sketch,
    labels: {
      "com.docker.swarm.task": "",
      "com.docker.swarm.task.id": id,
      "com.docker.swarm.task.name": name,
      "com.docker.swarm.service.id": `${service}-id`,
      "com.docker.swarm.service.name": service,
      ...sketch.labels,
    },
  };
}
