import type { ImageId } from "../ids.ts";
export type A = ImageId;
