import { describe, expect, test } from 'vitest';
import { BriefRefusedError } from '../../../../lambdas/briefs/work/codes.ts';
import { readJobContent } from '../../../../lambdas/briefs/work/job-content.ts';
import { articlesAskedFor, tasksOf } from '../../../../lambdas/briefs/work/plan.ts';
import { settingsOf } from '../stores/walk-of-a-brief.ts';

const entry = (over: object = {}) => ({
  platform: '2/3',
  keywords: 'a/b/c',
  limitnum: 1000,
  starttime: 20190101,
  endtime: 20200417,
  ...over,
});
const content = (...entries: unknown[]) => ({ job_content: entries });

function codeOf(name: string, description: unknown): number | undefined {
  try {
    readJobContent(name, description);
  } catch (error) {
    if (error instanceof BriefRefusedError) return error.code;
    throw error;
  }
  return undefined;
}

test.each([
  ['an object', content(entry())],
  ['its text', JSON.stringify(content(entry()))],
])('a brief is read from %s', (_, description) => {
  expect(readJobContent('秋季', description)).toEqual([
    {
      platforms: ['weibo', 'redbook'],
      keywords: ['a', 'b', 'c'],
      limit: 1000,
      fromDay: '2019-01-01',
      toDay: '2020-04-17',
    },
  ]);
});

test('platforms and keywords stand once, without blanks and empty parts', () => {
  expect(
    readJobContent('x', content(entry({ platform: ' 2 /3//2', keywords: '精华水/ 抗老 /精华水/' })))[0],
  ).toMatchObject({
    platforms: ['weibo', 'redbook'],
    keywords: ['精华水', '抗老'],
  });
});

describe('refused are', () => {
  test.each([
    ['a name of 21 characters', '一'.repeat(21), content(entry()), 2003],
    ['content that is no list', 'x', { job_content: 'x' }, 2004],
    ['text that is no JSON', 'x', '{', 2004],
    ['a list in place of the object', 'x', [entry()], 2004],
    ['nothing', 'x', undefined, 2004],
    ['six entries', 'x', content(...Array(6).fill(entry())), 2005],
    ['no entry', 'x', content(), 2006],
    ['an entry without keywords', 'x', content(entry({ keywords: undefined })), 2006],
    ['keywords of slashes alone', 'x', content(entry({ keywords: '//' })), 2006],
    ['an empty platform', 'x', content(entry({ platform: '' })), 2006],
    ['an entry that is null', 'x', content(null), 2006],
    ['no name', ' ', content(entry()), 2006],
    ['platform 6', 'x', content(entry({ platform: '1/6' })), 2007],
    ['a platform by its name', 'x', content(entry({ platform: 'weibo' })), 2007],
    ['a day that no calendar has', 'x', content(entry({ starttime: 20190230 })), 2008],
    ['a day of the year 0', 'x', content(entry({ starttime: '00000101' })), 2008],
    ['an end before the start', 'x', content(entry({ starttime: 20200418 })), 2008],
    ['words for a day', 'x', content(entry({ endtime: 'today' })), 2008],
    ['limit 0', 'x', content(entry({ limitnum: 0 })), 2009],
    ['limit 10001', 'x', content(entry({ limitnum: 10_001 })), 2009],
    ['half an article', 'x', content(entry({ limitnum: 1.5 })), 2009],
  ])('%s', (_, name, description, code) => {
    expect(codeOf(name, description)).toBe(code);
  });

  test('first what stands first in the table, whichever entry it is in', () => {
    const wrong = [entry({ limitnum: 0 }), entry({ endtime: 1 }), entry({ platform: '9' })];

    expect(codeOf('x', content(...wrong, entry({ keywords: '' })))).toBe(2006);
    expect(codeOf('x', content(...wrong))).toBe(2007);
    expect(codeOf('x', content(...wrong.slice(0, 2)))).toBe(2008);
    expect(codeOf('一'.repeat(21), 'x')).toBe(2003);
  });

  test('no names of 20 characters, however many code units an emoji takes', () => {
    expect(codeOf('👨‍👩‍👧'.repeat(20), content(entry()))).toBeUndefined();
  });
});

test('each platform is asked for each keyword, page by page up to the limit', () => {
  const [stage] = readJobContent('x', content(entry()));
  if (!stage) throw new Error('no stage');

  expect(tasksOf(stage, settingsOf()).map(({ platform, keyword, pages }) => [platform, keyword, pages])).toEqual([
    ['weibo', 'a', 100],
    ['weibo', 'b', 100],
    ['weibo', 'c', 100],
    ['redbook', 'a', 50],
    ['redbook', 'b', 50],
    ['redbook', 'c', 50],
  ]);
  expect(articlesAskedFor([stage])).toBe(6000);
  expect(tasksOf({ ...stage, platforms: ['bili'], limit: 15 }, settingsOf())[0]?.pages).toBe(1);
  // The gateway's pages of weixin hold twenty articles, the platform's own ten.
  const weixin = { ...stage, platforms: ['weixin'] as const, limit: 95 };
  const pagesBy = (driver: 'native' | 'gateway' | 'off') =>
    tasksOf(weixin, settingsOf({}, { weixin: { driver } }))[0]?.pages;
  expect([pagesBy('native'), pagesBy('gateway'), pagesBy('off')]).toEqual([10, 5, 10]);
});
