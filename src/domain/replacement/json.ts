/** What an engine sends and takes. Inspects and create requests stay raw JSON all the way, so that fields which this
 *  program has never heard of survive a heal. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}
