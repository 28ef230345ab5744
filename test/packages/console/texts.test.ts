import { expect, test } from 'vitest';
import en from '../../../packages/console/src/texts/en.json' with { type: 'json' };
import zhCn from '../../../packages/console/src/texts/zh-CN.json' with { type: 'json' };

/** Texts that are the same in every language. */
const names: readonly string[] = [];

const han = /\p{Script=Han}/u;
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

test('every language has the same texts', () => {
  expect(Object.keys(zhCn)).toEqual(Object.keys(en));
});

test('every text of 简体中文 holds Han characters', () => {
  const without = Object.entries(zhCn).filter(([key, text]) => !han.test(text) && !names.includes(key));

  expect(without).toEqual([]);
});

test('a translation has the same places to fill', () => {
  const differing = Object.entries(en).filter(
    ([key, text]) => holes(text).join() !== holes(zhCn[key as keyof typeof zhCn]).join(),
  );

  expect(differing.map(([key]) => key)).toEqual([]);
});

test('no English text has slipped into another language’s characters', () => {
  expect(Object.entries(en).filter(([, text]) => han.test(text))).toEqual([]);
});
