import { expect, test } from 'vitest';
import { type CallPorts, callPlatform } from '../../../../lambdas/briefs/collect/call-platform.ts';
import { dispatchedCalls } from '../../../../lambdas/briefs/collect/dispatch.ts';
import {
  type AnswersMessage,
  answersIn,
  callsIn,
  callsMessage,
  readMessage,
} from '../../../../lambdas/briefs/collect/messages.ts';
import type { TakenCall } from '../../../../lambdas/briefs/stores/dispatch-store.ts';
import { settingsOf } from '../stores/walk-of-a-brief.ts';

const now = new Date('2026-11-29T02:00:00Z');
const settings = settingsOf({ driver: 'gateway' });

const taken = (id: number, over: Partial<TakenCall> = {}): TakenCall => ({
  id,
  attempt: 1,
  briefUuid: 'b',
  platform: 'redbook',
  kind: 'user',
  keyword: undefined,
  page: undefined,
  cursor: undefined,
  subject: `u${id}`,
  fromDay: undefined,
  toDay: undefined,
  turnAt: new Date(now.getTime() + id * 100),
  turnId: id,
  begins: false,
  ...over,
});
const page = {
  kind: 'search',
  keyword: '茶',
  page: 1,
  subject: undefined,
  fromDay: '2026-01-01',
  toDay: '2026-01-02',
} as const;
const together = (calls: readonly TakenCall[]) =>
  dispatchedCalls(calls, settings, now).map(({ message }) => callsIn(message).map(({ call }) => call));

test('details of a platform share a message, ten at most, and pages go alone', () => {
  const ids = Array.from({ length: 12 }, (_, index) => index);

  expect(together(ids.map((id) => taken(id, { turnAt: now })))).toEqual([ids.slice(0, 10), ids.slice(10)]);
  expect(together([taken(1), taken(2, page), taken(3, { kind: 'note' }), taken(4, page)])).toEqual([[1, 3], [2], [4]]);
  expect(together([taken(1), taken(2, { platform: 'douyin' }), taken(3), taken(4, { briefUuid: 'c' })])).toEqual([
    [1, 3, 4],
    [2],
  ]);
});

test('turns of a message lie within a second, the first one first, and the queue holds it back for that one', () => {
  const calls = [taken(40), taken(5), taken(15), taken(16), taken(41)];

  expect(together(calls)).toEqual([[5, 15], [16], [40, 41]]);
  expect(dispatchedCalls(calls, settings, now).map(({ delaySeconds }) => delaySeconds)).toEqual([0, 1, 4]);
});

/** A worker over a bucket in memory, and a platform that answers by the subject that it is asked for. */
function worker(answerOf: (subject: string) => string | Error) {
  const objects = new Map<string, string>();
  const asked: string[] = [];
  const sent: AnswersMessage[] = [];
  const sleeps: number[] = [];
  let time = now.getTime();
  const ports: CallPorts = {
    settings,
    credentialOf: async () => ({ token: 'secret' }),
    exchange: async ({ url }) => {
      const subject = new URL(url).searchParams.get('user_id') ?? '';
      asked.push(subject);
      const answer = answerOf(subject);
      if (answer instanceof Error) throw answer;
      return { status: 200, contentType: 'application/json', url, text: answer };
    },
    claim: async (key) => !objects.has(key) && Boolean(objects.set(key, '')),
    keep: async (key, text) => void objects.set(key, text),
    sendOn: async (message) => void sent.push(message),
    clock: () => new Date(time),
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      await new Promise(setImmediate);
      time += milliseconds;
    },
  };
  return { ports, objects, asked, sent, sleeps };
}

const messageOf = (...calls: readonly TakenCall[]) => {
  const [first] = dispatchedCalls(calls, settings, now);
  if (!first) throw new Error('No message');
  // As it comes out of its queue.
  return callsMessage.parse(JSON.parse(JSON.stringify(first.message)));
};

test('the calls of a message are made once, and their answers kept and told together', async () => {
  const { ports, objects, asked, sent } = worker((subject) => `{"of":"${subject}"}`);
  const message = messageOf(taken(0), taken(1), taken(2));
  await callPlatform(message, ports);
  await callPlatform(message, ports);

  expect(asked).toEqual(['u0', 'u1', 'u2']);
  expect(sent).toHaveLength(1);
  const answers = sent.flatMap((one) => answersIn(readMessage.parse(JSON.parse(JSON.stringify(one)))));
  const raw_key = 'briefs/raw/b/redbook/0-1';
  expect(answers).toMatchObject(
    [0, 1, 2].map((call) => ({ call, attempt: 1, raw_key, status: 200, text: `{"of":"u${call}"}` })),
  );
  expect([...objects.keys()]).toEqual([`${raw_key}.asked`, raw_key]);
  expect(JSON.parse(objects.get(raw_key) ?? '')).toMatchObject({ 0: { text: '{"of":"u0"}' }, 2: { status: 200 } });
  expect(JSON.stringify([sent, [...objects]])).not.toContain('secret');
});

test('what is large is kept by itself, what fails is told, and what is alone stays as it was received', async () => {
  const { ports, objects, sent } = worker((subject) => {
    if (subject === 'u1') return 'x'.repeat(20_000);
    return subject === 'u2' ? new Error('no answer') : 'y';
  });
  await callPlatform(messageOf(taken(0), taken(1), taken(2), taken(3)), ports);
  await callPlatform(messageOf(taken(7)), ports);
  const told = sent.flatMap(answersIn);

  expect(told.map((one) => ('fault' in one ? one.message : [one.raw_key.split('/').at(-1), one.text]))).toEqual([
    ['0-1', 'y'],
    ['1-1', undefined],
    'no answer',
    ['0-1', 'y'],
    ['7-1', 'y'],
  ]);
  expect(objects.get('briefs/raw/b/redbook/1-1')).toBe('x'.repeat(20_000));
  expect(objects.get('briefs/raw/b/redbook/7-1')).toBe('y');
});

test('answers of two briefs in one message are kept apart: each is deleted with its brief', async () => {
  const { ports, objects, sent } = worker((subject) => subject);
  const others = { briefUuid: 'c' };
  await callPlatform(
    messageOf(taken(0), taken(1, others), taken(2), taken(3, others), taken(4, { briefUuid: 'd' })),
    ports,
  );

  expect(sent.flatMap(answersIn).map((one) => 'raw_key' in one && one.raw_key)).toEqual([
    'briefs/raw/b/redbook/0-1',
    'briefs/raw/c/redbook/1-1',
    'briefs/raw/b/redbook/0-1',
    'briefs/raw/c/redbook/1-1',
    'briefs/raw/d/redbook/4-1',
  ]);
  const kept = (key: string) => objects.get(key) ?? '';
  expect(Object.keys(JSON.parse(kept('briefs/raw/b/redbook/0-1')))).toEqual(['0', '2']);
  expect(Object.keys(JSON.parse(kept('briefs/raw/c/redbook/1-1')))).toEqual(['1', '3']);
  expect(kept('briefs/raw/d/redbook/4-1')).toBe('u4');
});

test('the texts of a message stay far below what a queue takes', async () => {
  const { ports, sent } = worker(() => '"'.repeat(16_000));
  await callPlatform(messageOf(...Array.from({ length: 10 }, (_, id) => taken(id))), ports);

  expect(sent.flatMap(answersIn)).toHaveLength(10);
  expect(sent.flatMap(answersIn).filter((one) => !('fault' in one) && one.text !== undefined)).toHaveLength(8);
  expect(Buffer.byteLength(JSON.stringify(sent[0]))).toBeLessThan(512 * 1024);
});

test('each call waits for its turn', async () => {
  const { ports, sleeps, sent } = worker(() => 'y');
  await callPlatform(messageOf(taken(3), taken(5)), ports);

  expect(sleeps.reduce((sum, one) => sum + one, 0)).toBe(500);
  const times = sent.flatMap(answersIn).map(({ asked_at }) => new Date(asked_at).getTime() - now.getTime());
  expect(times).toEqual([300, 500]);
});
