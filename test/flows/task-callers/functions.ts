import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { filesClient } from '../../support/files-client.ts';
import { running } from './stack.ts';

interface Told {
  readonly status: string;
  readonly result: unknown;
  readonly error: string | null;
  readonly traceback: string | null;
}

async function submit(name: string, kwargs: object): Promise<string> {
  const { data } = await filesClient(running).post('/api/v1/tasks/submit', { name, kwargs });
  return (data as { readonly task_id: string }).task_id;
}

async function told(id: string, ...statuses: readonly string[]): Promise<Told> {
  for (const until = Date.now() + 300_000; ; await sleep(100)) {
    const task = (await filesClient(running).ask(`/api/v1/task/${id}/result`)).data as Told;
    if (statuses.includes(task.status)) return task;
    if (Date.now() > until) throw new Error(`The task ${id} is ${task.status}: ${running.printed().slice(-3000)}`);
  }
}

const ended = ['SUCCESS', 'FAILURE', 'REVOKED'];
const run = async (name: string, kwargs: object) => told(await submit(name, kwargs), ...ended);

async function uploaded(text: string): Promise<string> {
  const client = filesClient(running);
  const bytes = Buffer.from(text);
  const { file, upload } = await client.announce({ name: 'a.txt', size: bytes.length, content_type: 'text/plain' });
  await client.send(upload, bytes);
  await client.complete(file.file_id);
  return file.argument;
}

const text = 'the cat　the dog\n猫 __proto__ 7 the';
const counts = new Map(Object.entries({ the: 3, cat: 1, dog: 1, 猫: 1, 7: 1 })).set('__proto__', 1);

test('the words of a text, of a file and on Spark are the same', { timeout: 600_000 }, async () => {
  const file = await uploaded(text);
  const [ofText, ofFile, onSpark] = await Promise.all([
    run('tasks.general.example:word_count', { content: text }),
    run('tasks.general.example:file_word_count', { file }),
    run('tasks.general.example:spark_word_count', { file }),
  ]);
  const asMap = (given: unknown) => new Map(Object.entries(given as object));

  expect([ofText.error, ofFile.error, onSpark.error, onSpark.traceback]).toEqual([null, null, null, null]);
  expect(asMap(ofText.result)).toEqual(counts);
  expect(asMap(ofFile.result)).toEqual(counts);
  const result = onSpark.result as { readonly counts: object; readonly file: string };
  expect(asMap(result.counts)).toEqual(counts);
  // One machine has no Spark, and says so.
  expect(result).toMatchObject({ engine: 'streamed', words: 8, distinct: 6 });
  const { download } = await filesClient(running).find(result.file.replace('file:', ''));
  expect((await (await fetch(download?.url ?? '')).text()).trim().split('\n').sort()).toEqual(
    [...counts].map((pair) => JSON.stringify(pair)).sort(),
  );
});

test('a file that is none of the caller’s, or no text, fails the task with the reason', {
  timeout: 600_000,
}, async () => {
  const client = filesClient(running);
  const bytes = Buffer.from([0x61, 0x20, 0xff, 0x20]);
  const { file, upload } = await client.announce({ name: 'b', size: bytes.length, content_type: 'a/b' });
  const early = await run('tasks.general.example:file_word_count', { file: file.argument });
  await client.send(upload, bytes);
  await client.complete(file.file_id);
  const broken = await run('tasks.general.example:file_word_count', { file: file.argument });
  const none = await run('tasks.general.example:spark_word_count', {
    file: 'file:00000000-0000-4000-8000-000000000000',
  });

  expect([early.status, early.error]).toEqual(['FAILURE', 'NotFoundError']);
  expect([broken.status, broken.traceback?.includes('no UTF-8 text')]).toEqual(['FAILURE', true]);
  expect([none.status, none.error]).toEqual(['FAILURE', 'NotFoundError']);
});

test('terminating a task on Spark cancels its job', { timeout: 600_000 }, async () => {
  // Large enough to be at work when it is told to end.
  const file = await uploaded('some words that go on and on\n'.repeat(3_000_000));
  const id = await submit('tasks.general.example:spark_word_count', { file });
  const jobs = async () =>
    (await running.stack.machines.list({ limit: 100 })).executions
      .filter(({ name }) => name === id)
      .map(({ status }) => status);
  while ((await jobs()).length === 0) await sleep(50);
  await sleep(1000);
  const answer = await filesClient(running).post(`/api/v1/task/${id}/terminate`, {});

  expect(answer.status).toBe(200);
  expect((await told(id, ...ended)).status).toBe('REVOKED');
  expect(await jobs()).not.toContain('RUNNING');
});

test('what the tagger sees in a text can be asked for', { timeout: 600_000 }, async () => {
  const news = '央行宣布下调存款准备金率，A股三大指数集体上涨，银行板块领涨。';
  const [words, keywords, tags] = await Promise.all([
    run('tasks.text:segment', { text: news }),
    run('tasks.text:keywords', { text: news }),
    run('tasks.text:tag', { text: news }),
  ]);

  expect((words.result as string[]).join('')).toBe(news);
  expect(words.result).toContain('央行');
  expect((keywords.result as { word: string }[]).map(({ word }) => word)).toContain('准备金率');
  expect(tags.result).toMatchObject({
    tags: expect.arrayContaining([expect.objectContaining({ source: 'model' })]),
    version: { model: expect.any(String), rules: expect.any(String) },
  });
});

test('the statistics of presale are computed anew by its own step', { timeout: 600_000 }, async () => {
  const done = await run('tasks.presale:statistics', { counties: ['A'] });

  expect([done.status, done.result]).toEqual(['SUCCESS', { groups: 0, new_project_groups: 0 }]);
});
