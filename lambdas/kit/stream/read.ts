import type * as z from 'zod';
import { PermanentError } from '../errors.ts';
import { readJsonAs } from '../text/json.ts';
import type { StreamRecord } from './event.ts';

// A byte order mark is not part of a JSON text, but many a producer sends one.
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A record's value as text. Throws {@link PermanentError} for tombstones and for what is no UTF-8. */
export function textOf({ value }: StreamRecord): string {
  if (value === undefined) throw new PermanentError('The record has no value');
  try {
    return utf8.decode(value);
  } catch (cause) {
    throw new PermanentError('The value is not UTF-8', { cause });
  }
}

/** How a record becomes a message. Throws {@link PermanentError} for one that never can. */
export interface Form<M> {
  readonly read: (record: StreamRecord) => M;
}

/** Values are JSON of a schema; what isn't is told with every wrong field. */
export function jsonOf<M extends z.ZodType>(schema: M): Form<z.output<M>> {
  return {
    read: (record) => readJsonAs(schema, textOf(record), 'The value'),
  };
}
