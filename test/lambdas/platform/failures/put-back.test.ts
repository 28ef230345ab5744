import { beforeEach, expect, test } from 'vitest';
import { NotFoundError, PermanentError } from '../../../../lambdas/kit/errors.ts';
import type { NewFailure } from '../../../../lambdas/kit/ledger/failure.ts';
import type { ReplayMessage } from '../../../../lambdas/platform/contract.ts';
import { withReplayed } from '../../../../lambdas/platform/failures/lineage.ts';
import { type PutBackPorts, putBack } from '../../../../lambdas/platform/failures/replays/put-back.ts';
import { letter } from './letters.ts';

const objects = new Map<string, string>();
const delivered: Parameters<PutBackPorts['deliver']>[0][] = [];
const told: NewFailure[] = [];
let trouble: Error | undefined;

const ports: PutBackPorts = {
  async deliver(delivery) {
    if (trouble) throw trouble;
    delivered.push(delivery);
    return delivery.door.includes(':lambda:') ? { requestId: 'r-9' } : {};
  },
  bucket: {
    put: async (key, text) => void objects.set(key, text),
    async putNew(key, text) {
      if (objects.has(key)) return false;
      objects.set(key, text);
      return true;
    },
    async readText(key) {
      const text = objects.get(key);
      if (text === undefined) throw new NotFoundError(key);
      return text;
    },
  },
  executionInput: async (arn) => `input of ${arn}`,
  tell: async (failures) => void told.push(...failures),
};

beforeEach(() => {
  objects.clear();
  delivered.length = 0;
  told.length = 0;
  trouble = undefined;
});

const door = 'arn:aws:sqs:r:0:millrace-dev-platform-send-mail';
const message: ReplayMessage = { name: 'replay-7', failure_id: 7, door, attributes: { trace: 't' }, input: '{"a":1}' };
const come = (messageId: string, changes: Partial<ReplayMessage> = {}, again?: string) =>
  putBack(
    letter({
      messageId,
      body: JSON.stringify({ ...message, ...changes }),
      messageAttributes: again === undefined ? {} : { 'millrace-replay-of': { stringValue: again } },
    }),
    ports,
  );

test('a replay goes to its door with its attributes and the failure it replays', async () => {
  expect(await come('m-1')).toBe('delivered');
  expect(delivered).toEqual([
    { door, name: 'replay-7', input: '{"a":1}', attributes: { trace: 't', 'millrace-replay-of': '7' } },
  ]);
});

test('what is sent twice is delivered once, and so is one message that comes twice', async () => {
  expect([await come('m-1'), await come('m-2'), await come('m-1')]).toEqual(['delivered', 'again', 'again']);
  expect(delivered).toHaveLength(1);
});

test('a message whose delivery failed is delivered when it comes again, and no other in its place', async () => {
  trouble = new Error('away');
  await expect(come('m-1')).rejects.toThrow('away');
  trouble = undefined;

  expect([await come('m-2'), await come('m-1')]).toEqual(['again', 'delivered']);
});

test('a replay of a replay that ended in the dead letters is delivered', async () => {
  trouble = new Error('away');
  await expect(come('m-1')).rejects.toThrow('away');
  trouble = undefined;

  expect(await come('m-5', {}, '9')).toBe('delivered');
});

test('a large input is read where it lies', async () => {
  objects.set('platform/failures/x', 'large');
  await come('m-1', { input: undefined, input_key: 'platform/failures/x' });
  await come('m-2', { name: 'replay-8', input: undefined, input_execution: 'arn:e' });

  expect(delivered.map(({ input }) => input)).toEqual(['large', 'input of arn:e']);
});

test('a record of a topic is told which failure it replays, and keeps all else to the byte', async () => {
  const records = { 'wx.messages-0': [{ topic: 'wx.messages', offset: 5, value: 'eA==' }] };
  const input = JSON.stringify({ eventSource: 'aws:kafka', replay: true, records });
  await come('m-1', { door: 'arn:aws:lambda:r:0:function:f', input });
  await come('m-2', { name: 'replay-8', input });

  expect(delivered.map((one) => JSON.parse(one.input))).toEqual([
    { eventSource: 'aws:kafka', replay: true, records, replayOf: 7 },
    { eventSource: 'aws:kafka', replay: true, records },
  ]);
});

test.each(['{"replay":true}', 'no JSON "replay":true', '[{"replay":true}]', '"replay"'])(
  'an input that only looks like one goes as it is: %s',
  async (input) => {
    await come('m-1', { door: 'arn:aws:lambda:r:0:function:f', input });

    expect(delivered[0]?.input).toBe(input);
  },
);

test('what can never be delivered is told at once and not tried again', async () => {
  trouble = new PermanentError('The input has 2 MB');

  expect(await come('m-1')).toBe('refused');
  expect(told).toMatchObject([
    { naturalKey: 'replay:m-1', replayOf: 7, reason: 'PermanentError', message: expect.stringContaining('2 MB') },
  ]);
});

test('a message of no known shape fails', async () => {
  await expect(putBack(letter({ body: '{"door":"x"}' }), ports)).rejects.toThrow(PermanentError);
});

test('an invocation that replays is known by its request id when it fails again', async () => {
  await come('m-1', { door: 'arn:aws:lambda:r:0:function:f' });
  const failure = (id: string): NewFailure => ({
    naturalKey: `invocation:${id}`,
    workload: 'presale',
    sourceKind: 'function',
    sourceName: 'start',
    reason: 'r',
    message: 'm',
    input: '',
    attributes: {},
    occurredAt: new Date(0),
  });

  expect((await withReplayed(failure('r-9'), ports.bucket.readText)).replayOf).toBe(7);
  expect((await withReplayed(failure('r-8'), ports.bucket.readText)).replayOf).toBeUndefined();
});

const tasksDoor = 'arn:aws:sqs:r:0:millrace-dev-tasks-run-tasks';

test.each([
  ['in the message', { input: '{"task_id":"a"}' }],
  ['in the bucket', { input_key: 'platform/failures/a' }],
  ['with its execution', { input_execution: 'arn:a' }],
])(
  'an edited input is held against the original %s, and goes in nowhere when it is not of what failed',
  async (_where, original) => {
    objects.set('platform/failures/a', '{"task_id":"a"}');
    const edited = { source: 'tasks/run-tasks', original };
    const input = (task_id: string) => JSON.stringify({ task_id, input: { n: 2 } });

    expect(await come('m-1', { door: tasksDoor, input: input('b'), edited })).toBe('refused');
    expect(delivered).toEqual([]);
    expect(told).toMatchObject([{ replayOf: 7, message: expect.stringMatching(/task_id|no JSON/) }]);

    const known = !('input_execution' in original);
    expect(await come('m-2', { name: 'replay-8', door: tasksDoor, input: input('a'), edited })).toBe(
      known ? 'delivered' : 'refused',
    );
    expect(delivered.map((one) => one.input)).toEqual(known ? [input('a')] : []);
  },
);

test('an edit of what a source does not name goes in nowhere', async () => {
  const edited = { source: 'tasks/send-callbacks', original: { input: '{"task_id":"a"}' } };

  expect(await come('m-1', { input: '{"task_id":"b"}', edited })).toBe('refused');
  expect(delivered).toEqual([]);
});
