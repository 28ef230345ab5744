import { expect, test } from 'vitest';
import { AlreadyRunningError } from '../../src/lock.ts';
import { SettingError } from '../../src/settings.ts';
import { UsageError } from '../../src/terminal/command-line.ts';
import { wordsOf } from '../../src/terminal/words-of.ts';

test.each([
  ['Node.js', 'ENOSPC: no space left on device, write'],
  [
    'PostgreSQL',
    'PostgreSQL did not start in /data:\nFATAL:  could not write lock file "postmaster.pid": No space left on device',
  ],
  ['SQLite', 'database or disk is full'],
])('a full disk is one line, as %s says it', (_who, message) => {
  expect(wordsOf(new Error(message))).toMatch(/^The disk is full: [^\n]+\. Make room, and start again: .+$/);
});

test.each([new AlreadyRunningError('It runs'), new SettingError('--port is no port'), new UsageError('Usage')])(
  'what a person can mend comes without a stack: %s',
  (error) => {
    expect(wordsOf(error)).toBe(error.message);
  },
);

test('anything else comes with where it arose', () => {
  expect(wordsOf(new Error('odd'))).toMatch(/^Error: odd\n +at /);
  expect(wordsOf('odd')).toBe('odd');
});
