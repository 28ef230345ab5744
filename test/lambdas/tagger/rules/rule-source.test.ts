import { expect, test } from 'vitest';
import { readRules } from '../../../../lambdas/tagger/rules/rule-book.ts';
import { type RuleObject, ruleSource } from '../../../../lambdas/tagger/rules/rule-source.ts';

const text = (version: string) => JSON.stringify({ version, tags: {} });

function source(answers: readonly (RuleObject | Error)[], before?: string) {
  let now = 0;
  const asked: (string | undefined)[] = [];
  const refused: string[] = [];
  let kept = before;
  const rules = ruleSource(readRules(text('shipped')), 1000, {
    readRules: async (etag) => {
      const answer = answers[asked.length] ?? { state: 'unchanged' as const };
      asked.push(etag);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    readKept: async () => kept,
    keep: async (text) => {
      kept = text;
    },
    clock: () => new Date(now),
    refused: ({ message }) => refused.push(message),
  });
  const at = async (ms: number) => {
    now = ms;
    return (await rules()).version;
  };
  return { at, asked, refused, kept: () => kept };
}

test('new rules come into force within the time, and are asked for by their ETag', async () => {
  const { at, asked } = source([
    { state: 'absent' },
    { state: 'changed', etag: 'e1', text: text('a') },
    { state: 'unchanged' },
  ]);

  expect([await at(0), await at(999), await at(1000), await at(2000)]).toEqual(['shipped', 'shipped', 'a', 'a']);
  expect(asked).toEqual([undefined, undefined, 'e1']);
});

test('broken rules are refused once, and the old ones stay', async () => {
  const { at, refused } = source([
    { state: 'changed', etag: 'e1', text: text('a') },
    { state: 'changed', etag: 'e2', text: '{' },
    { state: 'unchanged' },
    { state: 'changed', etag: 'e3', text: text('b') },
  ]);

  expect([await at(0), await at(1000), await at(2000), await at(3000)]).toEqual(['a', 'a', 'a', 'b']);
  expect(refused).toEqual([expect.stringContaining('no JSON')]);
});

test('a store that is away leaves the rules as they are', async () => {
  const { at, refused } = source([{ state: 'changed', etag: 'e1', text: text('a') }, new Error('S3 is away')]);

  expect([await at(0), await at(1000), await at(2000)]).toEqual(['a', 'a', 'a']);
  expect(refused).toEqual(['S3 is away']);
});

test('rules that are taken away leave those that were shipped', async () => {
  const { at } = source([{ state: 'changed', etag: 'e1', text: text('a') }, { state: 'absent' }]);

  expect([await at(0), await at(1000)]).toEqual(['a', 'shipped']);
});

test('who starts while the newest rules are broken has the last that were good', async () => {
  const running = source([{ state: 'changed', etag: 'e1', text: text('a') }]);
  await running.at(0);
  const { at, refused } = source([{ state: 'changed', etag: 'e2', text: '{' }], running.kept());

  expect([await at(0), await at(1000)]).toEqual(['a', 'a']);
  expect(refused).toEqual([expect.stringContaining('no JSON')]);
});

test('without any that were good, and after they were taken away, the shipped ones count', async () => {
  const broken: RuleObject = { state: 'changed', etag: 'e2', text: '{' };
  const taken = source([{ state: 'changed', etag: 'e1', text: text('a') }, { state: 'absent' }]);
  await taken.at(0);
  await taken.at(1000);

  expect(await source([broken]).at(0)).toBe('shipped');
  expect(await source([broken], taken.kept()).at(0)).toBe('shipped');
});
