import { objectInJson } from '#kit/text/json.ts';
/** A JSON value of unknown shape; missing members read as `undefined`. */
export type Json = { readonly [name: string]: Json } | undefined;

/** The object in a JSON text; `undefined` when it is no JSON or no object. */
export function jsonOf(text: string): Json {
  return objectInJson(text) as Json;
}

/** A value that should be a text; `undefined` when it is none, or empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
