import { expect, test } from 'vitest';
import { reasonText } from '../../../packages/console/src/pages/presale/reason-text.ts';
import en from '../../../packages/console/src/texts/en.json' with { type: 'json' };
import type { Tell } from '../../../packages/console/src/texts/tell.ts';
import zhCn from '../../../packages/console/src/texts/zh-CN.json' with { type: 'json' };

const tellIn =
  (texts: Readonly<Record<string, string>>): Tell =>
  (key, values = {}) =>
    (texts[key] ?? '').replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

// One of each sentence that lambdas/presale says of a row or a cell.
const said = [
  'is empty',
  'is missing',
  'is more than one line',
  'is that of another row of this publication',
  'is that of line 12 with other values',
  'repeats the header: two files may stand in one',
  'has 30 fields where the header has 31',
  'is longer than 500 characters',
  '1234567890 is longer than 9 digits',
  'a is not a whole number is not a whole number',
  'abc is not a number',
  '1150230 is not a date',
  '!! is not a serial number',
  '-1 is negative',
  '33 is 10 or above',
  '99999999999 is larger than 2147483647',
  '1911-01-01 is before 1970-01-01',
  '2030-01-01 is after the file’s own 2026-11-21',
];

test.each(said)('%s is said in Chinese with the same figures, and stays as it is in English', (reason) => {
  const chinese = reasonText(tellIn(zhCn), reason);

  expect(reasonText(tellIn(en), reason)).toBe(reason);
  expect(chinese).toMatch(/\p{Script=Han}/u);
  for (const figure of reason.match(/\d+/g) ?? []) expect(chinese).toContain(figure);
});

test('what nobody has translated, and what only looks alike, stays as it was said', () => {
  for (const reason of ['has gone', 'is empty of sense', '']) expect(reasonText(tellIn(zhCn), reason)).toBe(reason);
});
