import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { type Announcement, filesClient } from '../../support/files-client.ts';
import { running } from './stack.ts';

const mebi = 1024 * 1024;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function announcement(bytes: Uint8Array, given: Partial<Announcement> = {}): Announcement {
  return { name: '../../etc/内容 "1".txt', size: bytes.length, content_type: 'text/plain', ...given };
}

test('a small file goes up in one piece, and comes back under its name', async () => {
  const client = filesClient(running);
  const bytes = Buffer.from('一 二\n');
  const { file, upload } = await client.announce(announcement(bytes, { sha256: sha256(bytes) }));
  const early = await client.complete(file.file_id);
  const sent = await client.send(upload, bytes);
  const done = await client.complete(file.file_id);
  const found = await client.find(file.file_id);
  const read = await fetch(found.download?.url ?? '');

  expect(early.status).toBe(409);
  expect(sent.status).toBe(200);
  expect([done.status, done.file?.state, found.file.argument]).toEqual([200, 'ready', `file:${file.file_id}`]);
  expect(await read.text()).toBe('一 二\n');
  expect(read.headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''..%2F..%2Fetc%2F%E5%86%85%E5%AE%B9%20%221%22.txt",
  );
  // Complete is complete, and a file that is there is never another one.
  expect((await running.api(`/api/v1/files/${file.file_id}/complete`, { method: 'POST' })).status).toBe(200);
  expect((await client.send(upload, bytes)).status).toBe(412);
});

test('bytes that were not announced are refused by the bucket itself', async () => {
  const client = filesClient(running);
  const bytes = Buffer.from('abc');
  const { upload } = await client.announce(announcement(bytes, { sha256: sha256(bytes) }));

  expect((await client.send(upload, Buffer.from('abd'))).status).toBe(400);
  expect((await client.send(upload, Buffer.from('abcd'))).status).toBe(403);
});

test('a large file goes up in parts, in any order, and its hash is compared', async () => {
  const client = filesClient(running);
  const bytes = randomBytes(101 * 1000 * 1000);
  const { file, upload } = await client.announce(announcement(bytes, { sha256: sha256(bytes) }));
  if (upload.kind !== 'multipart') throw new Error('It is large');
  const parts = upload.parts.toReversed();
  const etags = new Map<number, string>();
  for (const { part_number, size, url } of parts.slice(0, -1)) {
    const at = (part_number - 1) * upload.part_bytes;
    const sent = await fetch(url, { method: 'PUT', body: bytes.subarray(at, at + size) });
    etags.set(part_number, sent.headers.get('etag') ?? '');
  }
  const incomplete = await client.complete(file.file_id);
  const page = await client.parts(file.file_id, 'from=1&count=2');
  const first = page.parts.find(({ part_number }) => part_number === 1);
  await fetch(first?.url ?? '', { method: 'PUT', body: bytes.subarray(0, first?.size) });
  const done = await client.complete(file.file_id);
  const settled = await client.settled(file.file_id);
  const { download } = await client.find(file.file_id);
  const read = Buffer.from(await (await fetch(download?.url ?? '')).arrayBuffer());

  expect([upload.part_bytes, upload.part_count, upload.next_from]).toEqual([16 * mebi, 7, null]);
  expect(incomplete.status).toBe(409);
  // What has arrived is told, so that an upload that broke can go on.
  expect(page.received).toEqual([{ part_number: 2, size: 16 * mebi, etag: etags.get(2) }]);
  expect(page.next_from).toBe(3);
  expect([done.status, settled.state]).toEqual([200, 'ready']);
  expect(read.equals(bytes)).toBe(true);
});

test('a file in parts with another hash is refused, and its content is gone', async () => {
  const client = filesClient(running);
  const bytes = Buffer.alloc(100_000_001, 'x');
  const { file, upload } = await client.announce(announcement(bytes, { sha256: sha256(Buffer.from('other')) }));
  await client.send(upload, bytes);
  const { received } = await client.parts(file.file_id, 'from=1&count=10');
  const parts = received.map(({ part_number, etag }) => ({ part_number, etag }));
  const lacking = await client.complete(file.file_id, { parts: parts.slice(1) });
  const doubled = await client.complete(file.file_id, { parts: [...parts, ...parts.slice(0, 1)] });
  const wrongTag = await client.complete(file.file_id, { parts: parts.map((part) => ({ ...part, etag: '"x"' })) });
  const before = await client.find(file.file_id);
  const done = await client.complete(file.file_id, { parts: parts.toReversed() });
  const settled = await client.settled(file.file_id);

  // A wrong list costs nothing: what was uploaded waits for the right one.
  expect([lacking.status, doubled.status, wrongTag.status, before.file.state]).toEqual([409, 422, 422, 'uploading']);
  expect(done.file?.state).toMatch(/verifying|refused/);
  expect(settled.state).toBe('refused');
  expect(settled.reason).toContain(sha256(bytes));
  expect((await client.find(file.file_id)).download).toBeNull();
  expect((await client.complete(file.file_id)).status).toBe(409);
});

test('what is no file, and no request of here, is told apart', async () => {
  const client = filesClient(running);
  const bytes = Buffer.from('abc');
  const { file } = await client.announce(announcement(bytes));

  expect((await client.ask('/api/v1/files/7')).status).toBeGreaterThanOrEqual(400);
  expect((await client.ask('/api/v1/files/00000000-0000-4000-8000-000000000000')).status).toBe(404);
  // In one piece: there are no parts.
  expect((await client.ask(`/api/v1/files/${file.file_id}/parts`)).status).toBe(404);
  for (const [wrong, told] of [
    [{ size: -1 }, 'Field "size": Too small: expected number to be >=0'],
    [{ size: 1.5 }, 'Field "size" should be integer.'],
    [{ size: '3' }, 'Field "size" should be integer.'],
    [{ size: 30e9 }, 'Field "size": Not above 20000000000 bytes, the most that a file has here.'],
    [{ name: '' }, 'Field "name": Too small: expected string to have >=1 characters'],
    [{ name: 'a\nb' }, 'Field "name" should have no control characters.'],
    [{ content_type: 'x' }, 'Field "content_type" should be a media type, such as text/plain.'],
    [{ sha256: 'ff' }, 'Field "sha256" should be 64 hexadecimal digits.'],
  ] as const) {
    const { body } = await running.api('/api/v1/files', {
      method: 'POST',
      body: JSON.stringify({ ...announcement(bytes), ...wrong }),
    });
    expect(body).toEqual({ code: 2001, msg: `字段类型错误\n${told}`, data: {} });
  }
});

/** Everything of the database, as its owner. */
async function query(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: running.stack.services.postgres.url('postgres', 'millrace') });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}

test('what nobody completed in time, and what has had its days, is removed and told as expired', async () => {
  const client = filesClient(running);
  const bytes = Buffer.from('abc');
  const kept = await client.announce(announcement(bytes));
  const old = await client.announce(announcement(bytes));
  const begun = await client.announce(announcement(bytes, { size: 100_000_001 }));
  for (const { file, upload } of [kept, old]) {
    await client.send(upload, bytes);
    await client.complete(file.file_id);
  }
  if (begun.upload.kind !== 'multipart') throw new Error('It is large');
  const [part] = begun.upload.parts;
  await fetch(part?.url ?? '', { method: 'PUT', body: Buffer.alloc(part?.size ?? 0) });
  const { download } = await client.find(old.file.file_id);
  const overdue = [old.file.file_id, begun.file.file_id];
  await query(`update tasks.files set expires_at = now() - interval '1 second' where id = any($1)`, [overdue]);
  const gone = [await client.announce(announcement(bytes)), await client.announce(announcement(bytes))];
  for (const [index, { file }] of gone.entries())
    await query(`update tasks.files set state = 'expired', expires_at = now() - $2 * interval '1 day' where id = $1`, [
      file.file_id,
      [89, 91][index],
    ]);

  const { functions } = running.stack;
  const swept = await functions.invoke(functions.model('tasks/sweep-files')?.arn ?? '', {
    scheduledTime: new Date().toISOString(),
  });

  expect(swept).toMatchObject({ ok: true, payload: { expired: 2, forgotten: 1 } });
  expect((await client.find(kept.file.file_id)).file.state).toBe('ready');
  for (const id of overdue) {
    const found = await client.find(id);
    expect([found.file.state, found.download]).toEqual(['expired', null]);
    expect((await client.complete(id)).status).toBe(409);
  }
  expect((await client.find(old.file.file_id)).file.reason).toContain('It was kept until');
  expect((await client.find(begun.file.file_id)).file.reason).toContain('Its upload was not complete by');
  // Whose file is long gone is told so for ninety days, and then that there was none.
  const statuses = gone.map(({ file }) => running.api(`/api/v1/files/${file.file_id}`).then(({ status }) => status));
  expect(await Promise.all(statuses)).toEqual([200, 404]);
  // The addresses that were given out before lead nowhere.
  expect((await fetch(download?.url ?? '')).status).toBe(404);
  expect((await fetch(part?.url ?? '', { method: 'PUT', body: Buffer.alloc(part?.size ?? 0) })).status).toBe(404);
});

test('our own fault is 500 with an id that finds it in the log, and tells nothing of the database', async () => {
  await query('alter table tasks.files rename to files_away');
  try {
    const answer = await running.api('/api/v1/files/00000000-0000-4000-8000-000000000000');

    const data = { request_id: expect.stringMatching(/^[\w-]+$/) as unknown };
    expect(answer).toEqual({
      status: 500,
      body: { code: 500, msg: expect.stringMatching(/^未知错误\nRequest /), data },
    });
    const log = await readFile(path.join(running.directory, 'log', 'stack.jsonl'), 'utf8');
    expect(log).toContain((answer.body as { data: { request_id: string } }).data.request_id);
  } finally {
    await query('alter table tasks.files_away rename to files');
  }
});
