import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { NotFoundError } from '#kit/errors.ts';
import { callbackMessage } from '../../../../lambdas/tasks/contract.ts';
import { sendCallback } from '../../../../lambdas/tasks/steps/send-callback.ts';

const id = '0f0e0d0c-0b0a-4908-8706-050403020100';
const composed = { url: 'https://caller.example/done', body: '{"status":"SUCCESS"}' };
const objects = new Map([[`tasks/callbacks/${id}.json`, JSON.stringify(composed)]]);

async function sent(message: object, keys: readonly string[] = ['k']) {
  const posts: { url: string; body: string; headers: Readonly<Record<string, string>> }[] = [];
  await sendCallback(callbackMessage.parse(message), {
    post: async (url, body, headers) => void posts.push({ url, body, headers }),
    readText: async (key) => {
      const text = objects.get(key);
      if (text === undefined) throw new NotFoundError(key);
      return text;
    },
    keys: async () => keys,
    clock: () => new Date('2026-11-29T00:00:00Z'),
  });
  return posts;
}

test('what the stack composed is what is signed and sent, whatever the message says beside the task', async () => {
  const time = Date.parse('2026-11-29T00:00:00Z') / 1000;
  const signature = createHmac('sha256', 'k').update(`${time}.${composed.body}`).digest('hex');
  const headers = { 'millrace-task-id': id, 'millrace-signature': `t=${time},v1=${signature}` };

  expect(await sent({ task_id: id, url: 'https://other.example', body: '{"forged":true}' })).toEqual([
    { ...composed, headers },
  ]);
  expect(await sent({ task_id: id.toUpperCase() })).toEqual([{ ...composed, headers }]);
});

test('while the key is rotated both sign, so that a receiver of either finds its own', async () => {
  const time = Date.parse('2026-11-29T00:00:00Z') / 1000;
  const by = (key: string) => createHmac('sha256', key).update(`${time}.${composed.body}`).digest('hex');
  const [post] = await sent({ task_id: id }, ['new', 'old']);

  expect(post?.headers['millrace-signature']).toBe(`t=${time},v1=${by('new')},v1=${by('old')}`);
});

test('of a task for which nothing was composed nothing is signed', async () => {
  await expect(sent({ task_id: id.replace('0f', '1f'), ...composed })).rejects.toThrow(NotFoundError);
});

test('a message that names no task names no object either', async () => {
  await expect(sent({ task_id: '../results/x' })).rejects.toThrow('Invalid');
});
