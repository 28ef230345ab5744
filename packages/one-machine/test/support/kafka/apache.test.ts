import { expect, test } from 'vitest';
import { clusterId } from './apache.ts';

test('the id of a cluster is no option of the command that it is given to, whatever chance says', () => {
  for (let byte = 0; byte < 256; byte++) expect(clusterId(Buffer.alloc(16, byte))).toMatch(/^\w[\w-]{21}$/);
});
