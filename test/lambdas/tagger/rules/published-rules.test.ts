import { beforeEach, expect, test } from 'vitest';
import { ConflictError, PermanentError } from '../../../../lambdas/kit/errors.ts';
import { shippedRules } from '../../../../lambdas/tagger/rules/default-rules.ts';
import {
  publishRules,
  type RulesShelf,
  rulesNow,
  withdrawRules,
} from '../../../../lambdas/tagger/rules/published-rules.ts';

let texts: string[];
let shelf: RulesShelf;

beforeEach(() => {
  texts = [];
  let current: string | undefined;
  const etag = () => (current === undefined ? null : `"${texts.length}"`);
  shelf = {
    read: async () =>
      current === undefined ? { state: 'absent' } : { state: 'changed', etag: `"${texts.length}"`, text: current },
    publish: async (text, seen) => {
      if (seen !== etag()) return false;
      current = text;
      texts.push(text);
      return true;
    },
    withdraw: async (seen) => {
      if (seen !== etag()) return false;
      current = undefined;
      return true;
    },
    versions: async () => [],
    readVersion: async () => '',
    shipped: shippedRules,
  };
});

const rules = (version: string) => JSON.stringify({ version, tags: { Rates: { score: 1, keywords: ['降息'] } } });

test('the shipped rules count until others are published, and again when those are withdrawn', async () => {
  expect(await rulesNow(shelf)).toEqual({ etag: null, text: shippedRules() });

  const first = await publishRules(shelf, rules('1'), null);
  expect(first).toEqual({ etag: '"1"', text: rules('1') });
  const second = await publishRules(shelf, rules('2'), first.etag);
  expect(second.text).toBe(rules('2'));
  expect((await withdrawRules(shelf, second.etag)).etag).toBeNull();
});

test('whoever has not seen the newest changes nothing', async () => {
  await publishRules(shelf, rules('1'), null);

  await expect(publishRules(shelf, rules('2'), null)).rejects.toThrow(ConflictError);
  await expect(withdrawRules(shelf, '"0"')).rejects.toThrow(ConflictError);
  expect(texts).toEqual([rules('1')]);
});

test('of many who publish at once one is heard, and the others are told', async () => {
  const many = Array.from({ length: 5 }, (_, at) => publishRules(shelf, rules(`${at}`), null));

  const refused = (await Promise.allSettled(many)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused).toHaveLength(4);
  expect(refused.every((reason) => reason instanceof ConflictError)).toBe(true);
  expect(texts).toHaveLength(1);
});

test('rules that were published between the look and the withdrawal are not withdrawn', async () => {
  const first = await publishRules(shelf, rules('1'), null);
  const { withdraw } = shelf;
  shelf = {
    ...shelf,
    withdraw: async (seen) => {
      await publishRules(shelf, rules('2'), first.etag);
      return withdraw(seen);
    },
  };

  await expect(withdrawRules(shelf, first.etag)).rejects.toThrow(ConflictError);
  expect((await rulesNow(shelf)).text).toBe(rules('2'));
  await expect(withdrawRules(shelf, null)).rejects.toThrow(ConflictError);
});

test.for([
  ['{', /no JSON/],
  ['{"version":"1"}', /tags/],
  ['{"version":"1","tags":{"A":{"score":2,"keywords":["x"]}}}', /score/],
  ['{"version":"1","tags":{"A":{"score":1}}}', /no keyword and no pattern/],
  ['{"version":"1","tags":{"A":{"score":1,"patterns":[{"pattern":"(?=x)","when":["x"]}]}}}', /RE2/],
] as const)('wrong rules are refused with the field, and nothing is published: %s', async ([text, reason]) => {
  await expect(publishRules(shelf, text, null)).rejects.toThrow(PermanentError);
  await expect(publishRules(shelf, text, null)).rejects.toThrow(reason);
  expect(texts).toEqual([]);
});
