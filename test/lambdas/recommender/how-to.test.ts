import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { actions } from '../../../lambdas/recommender/behavior/actions.ts';
import { trackedEvent } from '../../../lambdas/recommender/behavior/event.ts';
import { contentOf } from '../../../lambdas/recommender/items/item-content.ts';
import { itemMessage, itemsIn } from '../../../lambdas/recommender/items/item-message.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/how-to/send-items-and-behavior.md'), 'utf8');
const [message, ...events] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text));

test('the message of the how-to is one that is taken, with all of its content used', () => {
  const { good, error } = itemsIn(itemMessage.parse(message));

  expect(error).toBeUndefined();
  const [item] = good;
  const content = contentOf(item?.metadata ?? {});
  expect(Object.entries(content).filter(([, value]) => value === null || value === undefined)).toEqual([]);
});

test('the events of the how-to are ones that are taken and used', () => {
  expect(events).toHaveLength(2);
  for (const event of events) expect(actions).toContain(trackedEvent.parse(event).action_type);
});
