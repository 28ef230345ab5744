import { expect, test } from 'vitest';
import { countyLetters } from '../../../../lambdas/presale/publication/counties.ts';
import { runStanding } from '../../../../lambdas/presale/publication/run-standing.ts';

test.each([
  [[['loaded', null]], undefined, 'complete'],
  [[['empty', null]], undefined, 'complete'],
  [
    [
      ['loaded', null],
      ['failed', 'x'],
    ],
    undefined,
    'partial',
  ],
  [
    [
      ['empty', null],
      ['failed', 'x'],
    ],
    undefined,
    'partial',
  ],
  [
    [
      ['failed', 'x'],
      [null, null],
    ],
    undefined,
    'failed',
  ],
  [[['loaded', null]], 'statistics', 'partial'],
  [
    [
      ['empty', null],
      ['failed', 'x'],
    ],
    'gave up',
    'failed',
  ],
  [[['loaded', 'not verified']], 'gave up', 'partial'],
  [
    [
      ['unchanged', 'x'],
      ['loaded', null],
    ],
    'gave up',
    'partial',
  ],
] as const)('%j, given up: %s, is %s', (states, gaveUp, expected) => {
  const standings = states.map(([state, reason], place) => ({ letter: countyLetters[place] ?? 'A', state, reason }));

  expect(runStanding(standings, gaveUp).state).toBe(expected);
});
