import { buildContext, type ImageContent } from "./build-context.ts";
import { dockerfileOf, type ImageDefinition } from "./dockerfile.ts";
import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { HarnessError } from "./harness-error.ts";
import type { FetchOptions } from "./packages.ts";

export interface BuildOptions extends ImageDefinition, ImageContent, Pick<FetchOptions, "signal"> {
  /** "app:1", or null for an image without a name. */
  readonly tag: string | null;
  /** Also builds anew what has been built before: the same content under another ID. */
  readonly noCache?: boolean | undefined;
}

/** What the cache led to, another test may have removed in that very moment. */
const CACHE_IS_GONE = /unable to find image "sha256:|getting top layer info: layer not known/;

/** Builds an image as `docker build` does, from nothing but a busybox; returns its ID. */
export async function buildImage(engine: EngineConnection, options: BuildOptions): Promise<string> {
  try {
    return await build(engine, options);
  } catch (error) {
    if (!CACHE_IS_GONE.test(String(error))) throw error;
    return build(engine, { ...options, noCache: true });
  }
}

async function build(engine: EngineConnection, options: BuildOptions): Promise<string> {
  const dockerfile = dockerfileOf(options, { [TEST_LABEL]: engine.runId });
  const context = await buildContext(dockerfile, options.files ?? {}, { signal: options.signal });
  const answer = await engine.docker.buildImage(context, {
    ...(options.tag === null ? {} : { t: options.tag }),
    nocache: options.noCache ?? false,
    // The classic builder: the only one that every engine has without plugins.
    version: "1",
    ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
  });
  return idOfBuild(options.tag ?? "an image", await readMessages(answer));
}

/** One line of the answer of a build. */
interface BuildMessage {
  readonly stream?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly ID?: string };
}

/** One JSON object a line; the network cuts them anywhere. */
async function readMessages(answer: NodeJS.ReadableStream): Promise<BuildMessage[]> {
  let text = "";
  answer.setEncoding("utf8");
  for await (const chunk of answer) text += String(chunk);
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as BuildMessage);
}

/** A build that fails still answers 200: its end is in the messages. */
function idOfBuild(what: string, messages: readonly BuildMessage[]): string {
  const failure = messages.find((message) => message.errorDetail !== undefined);
  if (failure !== undefined) {
    const log = messages.map((message) => message.stream ?? "").join("");
    const reason = failure.errorDetail?.message ?? "no reason given";
    throw new HarnessError(`building ${what} failed: ${reason}\n${log}`);
  }
  const id = messages.findLast((message) => message.aux?.ID !== undefined)?.aux?.ID;
  if (id === undefined) throw new HarnessError(`building ${what} gave no image`);
  return id;
}

/** Gives an image one more name, taking it from the image that had it. */
export async function tagImage(
  engine: EngineConnection,
  image: string,
  tag: string,
): Promise<void> {
  const { repo, name } = splitTag(tag);
  await naming(() => engine.docker.getImage(image).tag({ repo, tag: name }));
}

/** Takes a name away. The image stays if it has another name or a container uses it. */
export async function untagImage(engine: EngineConnection, tag: string): Promise<void> {
  await naming(() => engine.docker.getImage(tag).remove());
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time: of two names that an image gets at once Podman 4.3 keeps only one. */
function naming<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work);
  last = done.catch(() => undefined);
  return done;
}

/** Takes all of an image's names away, and removes it unless a running container uses it. */
export async function removeImage(engine: EngineConnection, image: string): Promise<void> {
  await engine.docker.getImage(image).remove({ force: true });
}

/** The last colon is a tag's unless a slash follows: "host:5000/app" has none. */
function splitTag(tag: string): { repo: string; name: string } {
  const colon = tag.lastIndexOf(":");
  if (colon <= tag.lastIndexOf("/")) return { repo: tag, name: "latest" };
  return { repo: tag.slice(0, colon), name: tag.slice(colon + 1) };
}
