import { expect, test } from 'vitest';
import { TransientError } from '../../../../lambdas/kit/errors.ts';
import { lineWatch } from '../../../../lambdas/presale/file/line-watch.ts';

const header = '鄉鎮市區,交易標的,編號\n';

/** Shows the text in pieces of so many bytes. */
function watched(text: string, size = 7): void {
  const watch = lineWatch();
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) watch.see(bytes.subarray(start, start + size));
  watch.end();
}

test.each([
  ['with a line end', `${header}a,b,c\nd,e,f\n`],
  ['with the other line end', `${header}a,b,c\r\nd,e,f\r\n`],
  ['after a row with a field too few', `${header}a,b\n`],
  ['in an empty file', ''],
])('a file that ends %s is whole', (_name, text) => {
  for (const size of [1, 3, 1000]) expect(() => watched(text, size)).not.toThrow();
});

test.each([`${header}a,b,c\nd,e,f`, `${header}a,b,c\nd,e`, `${header}a,b,c\nd`, `${header}a`])(
  '%j ends in the middle of a row',
  (text) => {
    for (const size of [1, 3, 1000])
      expect(() => watched(text, size)).toThrow(
        new TransientError('The file ends in the middle of a row', { fault: 'TruncatedFile' }),
      );
  },
);

test('lines that end with CR alone are told as such', () => {
  for (const size of [1, 3, 1000])
    expect(() => watched(`${header}a,b,c\n`.replaceAll('\n', '\r'), size)).toThrow('end with CR alone');
});

test('a line of a megabyte is still a line, a longer one has no end', () => {
  expect(() => watched(`${header}${'x'.repeat(1024 * 1024)}\n`, 64 * 1024)).not.toThrow();
  expect(() => watched(`${header}${'x'.repeat(1024 * 1024 + 1)}`, 64 * 1024)).toThrow('A line of the file has no end');
});

test('a file without any line end is not held either', () => {
  expect(() => watched('0'.repeat(2 * 1024 * 1024), 64 * 1024)).toThrow(TransientError);
});
