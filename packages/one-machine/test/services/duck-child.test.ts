import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { DuckChild } from '../../src/services/athena/duck-child.ts';

const { execPath } = process;

afterEach(() => {
  process.execPath = execPath;
});

test('a question for which no process can be started fails, and takes nothing else down', async () => {
  process.execPath = path.join(tmpdir(), 'no-such-program');

  const asked = new DuckChild().ask({ sql: 'SELECT 1', folder: tmpdir(), views: [] }, new AbortController().signal);

  await expect(asked).rejects.toThrow(/could not be started/);
});
