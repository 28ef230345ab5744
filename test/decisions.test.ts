import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decisionIndex, decisionOf, decisions } from '../bin/decision-index.ts';

test('every decision has its number, a date and a status, and the index lists it', () => {
  const all = decisions();

  expect(all.length).toBeGreaterThan(40);
  expect(new Set(all.map(({ number }) => number)).size).toBe(all.length);
  expect(readFileSync('docs/decisions/README.md', 'utf8'), 'run npm run inventory').toBe(decisionIndex(all));
});

test('a status is read with what it refers to', () => {
  const text =
    '# 6. Two secrets\n\nDate: 2026-11-21. Status: accepted; superseded in part by [36](0036-users.md). A word.\n';

  expect(decisionOf('0006-secrets.md', text)).toEqual({
    file: '0006-secrets.md',
    number: 6,
    title: 'Two secrets',
    date: '2026-11-21',
    status: 'accepted; superseded in part by [36](0036-users.md)',
  });
});

test.each([
  ['no date', '# 7. A title\n\n## Context\n', /its title is not followed/],
  ['no status', '# 7. A title\n\nDate: 2026-11-21.\n', /its title is not followed/],
  ['a date of another kind', '# 7. A title\n\nDate: 21.11.2026. Status: accepted.\n', /its title is not followed/],
  [
    'a status without an end',
    '# 7. A title\n\nDate: 2026-11-21. Status: accepted\n\n## Context\nA word.\n',
    /its title is not/,
  ],
  ['another number', '# 8. A title\n\nDate: 2026-11-21. Status: accepted.\n', /another number/],
])('a page with %s is refused', (_fault, text, message) => {
  expect(() => decisionOf('0007-a-title.md', text)).toThrow(message);
});

test('the index says which numbers have no page', () => {
  const page = (number: number) => ({
    file: `${number}.md`,
    number,
    title: 'A title',
    date: '2026-11-21',
    status: 'accepted',
  });

  expect(decisionIndex([1, 3, 7, 8].map(page))).toContain('There is no page of the numbers 2, 4 to 6:');
});
