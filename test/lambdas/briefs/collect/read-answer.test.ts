import { expect, test } from 'vitest';
import { longestContent } from '../../../../lambdas/briefs/article/draft.ts';
import { readAnswers } from '../../../../lambdas/briefs/collect/read-answer.ts';
import type { PlatformName } from '../../../../lambdas/briefs/platforms/names.ts';
import type { AnswerPorts } from '../../../../lambdas/briefs/ports.ts';
import type { AnsweredDetail, CallEnd } from '../../../../lambdas/briefs/stores/answer-store.ts';
import type { OpenCall } from '../../../../lambdas/briefs/stores/calls/open-call-store.ts';

const now = new Date('2026-11-29T02:00:00Z');
const task = { uuid: 't', keyword: '陈皮', pages: 9, fromDay: '2016-01-01', toDay: '2026-11-30' };
const open: OpenCall = {
  id: 1,
  attempt: 1,
  tries: 1,
  kind: 'search',
  platform: 'redbook',
  page: 2,
  cursor: undefined,
  subject: undefined,
  stageUuid: 's',
  briefUuid: 'b',
  task,
};

const answered = {
  call: 1,
  attempt: 1,
  asked_at: now.toISOString(),
  raw_key: 'k',
  status: 200,
  content_type: 'application/json',
  url: 'http://x/',
};

/** What reading needs, with what it told. */
function reading(over: Partial<AnswerPorts>) {
  const ends: CallEnd[] = [];
  const ended: (readonly [number, CallEnd['state']])[] = [];
  const details: AnsweredDetail[] = [];
  const ports: AnswerPorts = {
    driverOf: () => 'gateway',
    open: async () => [open],
    dropAnswer: async () => undefined,
    writeFates: async (_page, decide) => {
      const fates = decide({ room: 100, known: new Set() });
      return { fates: fates.map((fate) => ({ ...fate, reason: null })), roomLeft: 99 };
    },
    endDetails: async (answered) => {
      details.push(...answered);
      return { toExport: [] };
    },
    end: async (call, { end }) => {
      ends.push(end);
      ended.push([call.id, end.state]);
      return { toExport: [], changed: undefined, wakeAt: undefined };
    },
    raw: async () => '',
    send: async () => undefined,
    exportStages: async () => undefined,
    wakeAlerts: async () => undefined,
    dispatch: async () => undefined,
    wakeAt: async () => undefined,
    clock: () => now,
    random: () => 0,
    ...over,
  };
  return { ports, ends, ended, details };
}

/** Reads one answer of a call; resolves to how it ended. */
async function read(call: Partial<OpenCall>, body: unknown, driver: 'native' | 'gateway' = 'gateway') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { ports, ends, details } = reading({
    driverOf: () => driver,
    open: async () => [{ ...open, ...call }],
    raw: async () => text,
  });
  const [done] = await readAnswers([answered], ports);
  return { done, end: ends[0], detail: details[0]?.detail };
}

const gateway = (data: unknown) => ({ code: 200, data });
const notes = (ids: object) =>
  gateway({ ...ids, items: [{ note: { id: '67ff2df8000000001b03ebc7', title: '陈皮', timestamp: 1744776696 } }] });
const first = { search_id: 's1', search_session_id: 't1' };

test.each([
  ['none', {}],
  ['others', { search_id: 's2', search_session_id: 't2' }],
])('redbook goes on with the ids of its first page where a later one answers %s', async (_what, ids) => {
  expect((await read({ cursor: first }, notes(ids))).end).toEqual({
    state: 'answered',
    next: { page: 3, cursor: first },
  });
});

test('douyin goes on with the cursor of the page that was read', async () => {
  const aweme_info = { aweme_id: '7584769166932233472', desc: '猫', create_time: 1744776696 };
  const page = gateway({ status_code: 0, data: [{ aweme_info }], cursor: 40, has_more: 1 });

  expect((await read({ platform: 'douyin', cursor: { cursor: 20 } }, page)).end).toMatchObject({
    next: { page: 3, cursor: { cursor: 40 } },
  });
});

test('an answer that no driver was made for is of an unknown shape, and none of a platform that is away', async () => {
  const { done, end } = await read({}, gateway({ items: 'none' }));

  expect(done?.status).toBe('fulfilled');
  expect(end).toMatchObject({ state: 'waiting', reason: expect.stringMatching(/^unknown-shape: /) });
});

test('an answer that is deeper than the engine’s own stack is read', async () => {
  const deep = `{"code":200,"data":{"id":1234567890123456789,"items":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}}`;

  expect((await read({}, deep)).end).toEqual({ state: 'answered', next: undefined });
});

test.each<[PlatformName, 'native' | 'gateway', unknown]>([
  ['weibo', 'native', { ok: 1, data: { longTextContent: '字'.repeat(300_000) } }],
  ['redbook', 'gateway', gateway({ id: 'n', desc: '字'.repeat(300_000) })],
])('an endless text of %s is kept up to a bound', async (platform, driver, body) => {
  const { detail } = await read(
    { platform, kind: 'note', subject: 'n', task: undefined, page: undefined },
    body,
    driver,
  );

  expect(detail?.content).toHaveLength(longestContent);
});

test('the answers of one message are read each for itself; it comes again where one of them could not be used', async () => {
  const texts = { 1: { user: { nickname: 'a', follower_count: 5 } }, 2: {}, 3: { user: { nickname: 'c' } } };
  const { ports, ended, details } = reading({
    open: async (calls) =>
      calls.map(({ call }) => ({
        ...open,
        id: call,
        kind: 'user' as const,
        platform: 'douyin',
        subject: `${call}`,
        task: undefined,
        page: undefined,
      })),
  });
  const answers = Object.entries(texts).map(([call, data]) => ({
    ...answered,
    call: Number(call),
    text: JSON.stringify(gateway(data)),
  }));
  const outcomes = await readAnswers([{ answers }, { wake: 'dispatch' }], ports);

  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(details.map(({ call, detail }) => [call.id, detail.user_fans])).toEqual([
    [1, 5],
    [3, null],
  ]);
  // The platform says no more of the second one: that is its end.
  expect(ended).toEqual([[2, 'waiting']]);
  const broken = { ...ports, end: async () => Promise.reject(new Error('no database')) };
  expect((await readAnswers([{ answers }, { wake: 'dispatch' }], broken)).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
  ]);
});
