import { expect, test } from 'vitest';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';

const told = { url: 'https://example.com/a', article_key: 'a', post_time: '2026-11-30T00:00:00Z' };

test('what is looked up by an index is never too long for it, and stays apart', () => {
  const long = '😀'.repeat(3000);
  const one = articleOf({ ...told, article_key: long, user_id: long, user_name: long, platform_id: long }, {});
  const other = articleOf({ ...told, article_key: `${long}!` }, {});

  for (const text of [one.article_key, one.user_id, one.user_name, one.platform_id]) {
    expect(Buffer.byteLength(text ?? '')).toBeLessThan(2000);
    expect(text?.isWellFormed()).toBe(true);
  }
  expect(other.article_key).not.toBe(one.article_key);
  expect(articleOf({ ...told, article_key: long }, {}).article_key).toBe(one.article_key);
});

test('ids as platforms have them stay as they are', () => {
  const { article_key, user_id, user_name } = articleOf({ ...told, user_id: '42', user_name: '小明' }, {});

  expect({ article_key, user_id, user_name }).toEqual({ article_key: 'a', user_id: '42', user_name: '小明' });
});
