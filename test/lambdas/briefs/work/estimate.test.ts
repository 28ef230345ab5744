import { expect, test } from 'vitest';
import { estimateOf } from '../../../../lambdas/briefs/work/estimate.ts';
import { settingsOf } from '../stores/walk-of-a-brief.ts';

const order = { keywords: ['a', 'b'], limit: 1000, fromDay: '2026-11-01', toDay: '2026-11-30' };

test('an estimate counts all pages of all keywords, by platform', () => {
  const settings = settingsOf({}, { redbook: { driver: 'gateway', pricePerCall: 0.001, budgetPerBrief: 0.05 } });

  expect(estimateOf([{ ...order, platforms: ['weibo', 'redbook'] }], settings)).toEqual({
    calls: 300,
    detail_calls: 0,
    cost_usd: 0.1,
    over_budget: true,
    by_platform: {
      weibo: { calls: 200, detail_calls: 0, cost_usd: 0, over_budget: false },
      redbook: { calls: 100, detail_calls: 0, cost_usd: 0.1, over_budget: true },
    },
  });
});

test('pages are counted as the driver has them: the gateway’s of weixin hold twenty articles', () => {
  const estimated = (driver: 'native' | 'gateway') =>
    estimateOf([{ ...order, platforms: ['weixin'] }], settingsOf({}, { weixin: { driver, pricePerCall: 0.001 } }));

  expect([estimated('native'), estimated('gateway')].map(({ calls, cost_usd }) => [calls, cost_usd])).toEqual([
    [200, 0.2],
    [100, 0.1],
  ]);
});

test('a platform that is off makes no calls', () => {
  const settings = settingsOf({}, { weibo: { driver: 'off', pricePerCall: 1 } });

  expect(estimateOf([{ ...order, platforms: ['weibo'] }], settings)).toMatchObject({ calls: 0, cost_usd: 0 });
});
