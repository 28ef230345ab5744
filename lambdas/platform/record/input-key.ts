import { createHash } from 'node:crypto';

/** Where the input of a failure lies that its row doesn't hold: told twice, it is one object. */
export function inputKeyOf(naturalKey: string): string {
  return `platform/failures/${createHash('sha256').update(naturalKey).digest('hex')}`;
}
