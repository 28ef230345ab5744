import { describe, expect, test } from 'vitest';
import { behaviorEvent, trackedEvent } from '../../../../lambdas/recommender/behavior/event.ts';
import { newExperiment } from '../../../../lambdas/recommender/experiments/experiment.ts';
import { itemsIn, sentItem } from '../../../../lambdas/recommender/items/item-message.ts';
import { recommendBody } from '../../../../lambdas/recommender/serving/parameters.ts';

const event = {
  event_id: 'e1',
  tenant_id: 't1',
  scenario_id: 's1',
  user_id: 'u1',
  item_id: 'i1',
  action_type: 'click',
  timestamp: Date.UTC(2026, 10, 30),
};
const read = (change: object) => behaviorEvent.safeParse({ ...event, ...change });
const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

describe('numbers of an event', () => {
  test('may be their texts', () => {
    expect(
      read({ timestamp: ' 1795996800000 ', position: '3', duration: '1.5', completion_rate: '0.25' }).data,
    ).toMatchObject({
      timestamp: 1_795_996_800_000,
      position: 3,
      duration: 1.5,
      completion_rate: 0.25,
    });
  });

  // Each would be 0 or 1 where a language makes numbers of anything.
  test.each([null, '', ' ', true, false, [], [5], {}, 'x', '0x10', '1e3', Number.NaN])('are not %j', (odd) => {
    expect(read({ timestamp: odd }).success).toBe(false);
    for (const name of ['position', 'duration', 'completion_rate'])
      expect(read({ [name]: odd }).success, name).toBe(odd === null);
  });

  test('stay within what can be', () => {
    for (const change of [
      { timestamp: -1 },
      { timestamp: 1.5 },
      { timestamp: 1e18 },
      { position: -1 },
      { position: 1.5 },
      { position: 1e9 },
      { duration: -1 },
      { completion_rate: 1.01 },
    ])
      expect(read(change).success, JSON.stringify(change)).toBe(false);
  });
});

test('what is nested too deeply is refused where it stands, and holds no other back', () => {
  expect(trackedEvent.safeParse({ ...event, extra: { deep } }).error?.issues[0]?.path).toEqual(['extra']);
  expect(recommendBody.safeParse({ scenario_id: 's1', context: { deep } }).success).toBe(false);
  const { good, error } = itemsIn({
    tenant_id: 't',
    scenario_id: 's',
    items: [{ item_id: 'a', metadata: { deep } }, { item_id: 'b' }],
  });
  expect(good.map(({ item_id }) => item_id)).toEqual(['b']);
  expect(error?.message).toContain('more than 200 levels');
});

test('characters that the database has no place for are replaced in what is free, and refused in what names something', () => {
  const config = { rerank: { 'a\0': 'x\ud800' } };
  const variants = ['a', 'b'].map((name) => ({ name, traffic: 50, config }));
  const experiment = { experiment_id: 'e', scenario_id: 's', name: 'n', variants };

  expect(sentItem.parse({ item_id: 'a', metadata: { title: 'x\0' } }).metadata).toEqual({ title: 'x\ufffd' });
  expect(newExperiment.parse(experiment).variants[0]?.config).toEqual({ rerank: { 'a\ufffd': 'x\ufffd' } });
  for (const filters of [{ category: 'a\0' }, { tags: ['a\0'] }, { exclude_items: ['a\0'] }])
    expect(recommendBody.safeParse({ scenario_id: 's1', filters }).success, JSON.stringify(filters)).toBe(false);
});
