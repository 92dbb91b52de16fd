import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import type { EngineConnection } from "../../harness/engine.ts";

/** What all samples of a run share. */
export interface World {
  readonly engine: EngineConnection;
  /** Name of a network with subnet 10.213.71.0/24, and its ID. */
  readonly front: string;
  readonly frontId: string;
  /** Name of a network with subnet 10.213.72.0/24. */
  readonly back: string;
  /** Name and ID of a running container on the default bridge, with a shareable IPC namespace, the file `/shared/note`
   *  in a named volume and `/data/peer` in an anonymous one. */
  readonly peer: string;
  readonly peerId: string;
  /** Name of a running container in `front`. */
  readonly neighbour: string;
  /** A folder on the engine's host, with the files `file` and `other`. */
  readonly folder: string;
  /** Labels by which what the tests make is found again. */
  readonly marks: Readonly<Record<string, string>>;
  /** Name of an empty volume that is the sample's own. */
  volume(name: string): string;
}

/** A container in the words of `POST /containers/create`, and what must be so of its replacement. */
export interface Sample {
  /** Why it is in the corpus: the options of `docker run` that it covers. */
  readonly covers: string;
  /** Which of the images it runs. Default: `served`, with an entrypoint and a command. */
  readonly image?: "served" | "commanded" | undefined;
  /** Body of the request, without `Image`. */
  readonly create: (world: World) => JsonObject;
  /** Networks that it is connected to after it was created. */
  readonly connect?: (world: World) => readonly { network: string; endpoint: JsonObject }[];
  /** Network that it is disconnected from after it was started. */
  readonly disconnect?: (world: World) => string;
  /** Version of the API from which on the engine has it. */
  readonly since?: string | undefined;
  /** Places of volumes that keep nothing from one container to the next. */
  readonly volatile?: readonly string[] | undefined;
  /** Commands that are run in the old container, for data that must still be there. */
  readonly before?: readonly string[] | undefined;
  /** Shell commands in the replacement, and what each must print. */
  readonly inside?: Readonly<Record<string, string | RegExp>> | undefined;
  /** What must be so of the replacement's inspect. */
  readonly outside?: ((inspect: JsonObject, world: World) => void) | undefined;
}
