import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { type Analysed, StageAnalysis } from '../../../../lambdas/briefs/export/analysis.ts';
import { contentText } from '../../../../lambdas/briefs/export/words/content-text.ts';
import { keyWordsOf, wordFilter } from '../../../../lambdas/briefs/export/words/content-words.ts';
import { analysisWorkbook } from '../../../../lambdas/briefs/export/workbook/analysis-workbook.ts';
import { segmentMany } from '../../../../lambdas/language/names.ts';
import { hasOpenpyxl, readByOpenpyxl } from './other-readers.ts';

const article = (over: Partial<Analysed> = {}): Analysed => ({
  user_id: 'u1',
  user_name: '小梅',
  user_fans_level: '底部kol',
  post_time: new Date('2026-11-28T10:00:00Z'),
  tags: [],
  ...over,
});

describe('what is counted', () => {
  test('accounts are counted once, at the highest level that is known of them, each platform by itself', () => {
    const analysis = new StageAnalysis();
    analysis.add('weibo', article({ user_fans_level: '未知' }), []);
    analysis.add('weibo', article({ user_fans_level: '头部kol' }), []);
    analysis.add('weibo', article({ user_fans_level: '腰部kol' }), []);
    analysis.add('bili', article(), []);
    analysis.add('bili', article({ user_id: null, user_name: '阿丽' }), []);
    analysis.add('bili', article({ user_id: null, user_name: '阿丽' }), []);
    analysis.add('bili', article({ user_id: null, user_name: null }), []);

    expect(analysis.levels().map(({ level, of }) => [level, of(), of('weibo'), of('bili')])).toEqual([
      ['头部kol', 1, 1, 0],
      ['底部kol', 2, 0, 2],
    ]);
    expect(analysis.accounts().map(({ platform, name, id, count }) => [platform, name, id, count])).toEqual([
      ['weibo', '小梅', 'u1', 3],
      ['bili', '阿丽', '', 2],
      ['bili', '小梅', 'u1', 1],
    ]);
  });

  test('days are those of Shanghai, and days without a post count nothing', () => {
    const analysis = new StageAnalysis();
    for (const at of ['2026-10-30T16:00:00Z', '2026-10-30T15:59:59Z', '2026-11-01T17:00:00Z'])
      analysis.add('weibo', article({ post_time: new Date(at) }), []);

    expect(analysis.days()).toEqual([
      { word: '2026-10-30', count: 1 },
      { word: '2026-10-31', count: 1 },
      { word: '2026-11-01', count: 0 },
      { word: '2026-11-02', count: 1 },
    ]);
    expect(analysis.months()).toEqual([
      { word: '2026-10', count: 2 },
      { word: '2026-11', count: 1 },
    ]);
  });

  test('a tag counts once an article, without its signs; words as often as they are there', () => {
    const analysis = new StageAnalysis();
    analysis.add('weibo', article({ tags: ['#护肤#', '护肤', ' '] }), ['皮肤', '皮肤', '精华']);
    analysis.add('bili', article({ tags: ['护肤', 'vlog'] }), ['精华', '精华']);

    expect(analysis.topTags(500)).toEqual([
      { word: '护肤', count: 2 },
      { word: 'vlog', count: 1 },
    ]);
    expect(analysis.topWords(1)).toEqual([{ word: '精华', count: 3 }]);
    expect(analysis.topWords(500, 'weibo')).toEqual([
      { word: '皮肤', count: 2 },
      { word: '精华', count: 1 },
    ]);
  });
});

describe('words', () => {
  test('are cut together as they are cut alone', () => {
    const texts = ['我来到北京清华大学', '', '小明\n硕士\r\n毕业', '\ud800他说', 'iPhone 17 Pro', '\n', '最后'];

    expect(segmentMany(texts)).toEqual(texts.map((text) => segmentMany([text])[0]));
    expect(segmentMany(['我来到北京清华大学'])).toEqual([['我', '来到', '北京', '清华大学']]);
    expect(segmentMany([])).toEqual([]);
    expect(segmentMany(texts).length).toBe(texts.length);
    const many = Array.from({ length: 500 }, (_, index) => `第${index}篇：今天天气很好，我们去公园玩。`.repeat(5));
    expect(segmentMany(many)[499]).toEqual(segmentMany([many[499] ?? ''])[0]);
  });

  test('that say nothing are left out: stop words, single signs, numbers, and those that an environment names', () => {
    const counts = wordFilter(['品牌', 'SALE']);

    expect(['我们', '的', '好', '2026', '全文', 'http', '品牌', 'Sale', 'The'].filter(counts)).toEqual([]);
    expect(['护肤', 'iPhone', '精华水'].filter(counts)).toEqual(['护肤', 'iPhone', '精华水']);
  });

  test('are those of title and text, without addresses, mentions and pictures', () => {
    expect(contentText({ title: '好物', content: '看https://t.cn/A6x这个 @小梅 的[笑cry]' })).toBe(
      '好物\n看 这个   的 ',
    );
    expect(contentText({ title: '好物', content: '好物分享' })).toBe('好物分享');
    expect(contentText({ title: null, content: null })).toBe('');
  });

  test('that a note has most often are its key words, five at most', () => {
    expect(keyWordsOf(['精华', '皮肤', '精华', '面霜', '防晒霜', '口红', '香水', '皮肤', '精华'])).toEqual([
      '精华',
      '皮肤',
      '防晒霜',
      '口红',
      '面霜',
    ]);
  });
});

describe('keyword_analysis.xlsx', () => {
  function counted(): StageAnalysis {
    const analysis = new StageAnalysis();
    for (let index = 0; index < 600; index += 1)
      analysis.add('weibo', article({ user_id: `u${index}`, user_name: `=用户${index}`, tags: [`标签${index}`] }), [
        `词${String(index).padStart(3, '0')}`,
        ...(index === 7 ? ['\u0001坏\ud800词'] : []),
      ]);
    return analysis;
  }

  test('has five sheets with what was counted, 500 words at most, and a chart on each', async () => {
    const { sheets } = await readXlsx(await analysisWorkbook(counted(), ['weibo']));

    expect(sheets.map(({ name, rows, charts }) => [name, rows.length - 1, charts?.length])).toEqual([
      ['kol级别分布', 1, 1],
      ['发文趋势', 1, 2],
      ['发文频次', 600, 1],
      ['内容词频', 500, 1],
      ['标签词频', 500, 1],
    ]);
    expect(sheets[0]?.rows).toEqual([
      ['kol级别', '用户数', '微博'],
      ['底部kol', 600, 600],
    ]);
    expect(sheets[2]?.rows[1]).toEqual(['=用户0', 1, '微博', 'u0', '底部kol']);
  });

  test('of nothing says so on each sheet, without charts', async () => {
    const { sheets } = await readXlsx(await analysisWorkbook(new StageAnalysis(), ['weibo']));

    expect(sheets.map(({ rows, charts }) => [rows.at(-1)?.[0], charts?.length ?? 0])).toEqual(
      Array.from({ length: 5 }, () => ['本阶段没有采到文章', 0]),
    );
  });

  test('has the same bytes for the same counts', async () => {
    const [one, other] = [await analysisWorkbook(counted(), ['weibo']), await analysisWorkbook(counted(), ['weibo'])];

    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
  });

  test.skipIf(!hasOpenpyxl)('is read by openpyxl (skipped where Python has none)', async () => {
    const sheets = await readByOpenpyxl(await analysisWorkbook(counted(), ['weibo']));

    expect(sheets.map(({ rows, formulas, charts }) => [rows.length, formulas, charts])).toEqual([
      [2, 0, 1],
      [2, 0, 2],
      [601, 0, 1],
      [501, 0, 1],
      [501, 0, 1],
    ]);
    expect(sheets[2]?.rows[1]?.[0]).toBe('=用户0');
    expect(sheets[3]?.rows.flat()).toContain('坏\ufffd词');
  });
});
