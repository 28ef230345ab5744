import { createHash } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesClient } from '../support/files-client.ts';
import { lengths } from '../support/lengths.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** A file of up to 2 GiB goes up in parts over HTTP, is compared with its hash, and its words are counted as a stream. */

const mebi = 1024 * 1024;
const blocks = lengths.uploadMebibytes;
const mostMegabytes = 512;

/** A MiB of text that begins and ends within a word: wherever the stream is cut, some word is cut, too. */
function block(): Buffer {
  const some = ['the', 'of', 'naïve', '北京', '新聞', 'x'.repeat(200), 'zebra\u3000', 'The', '42', '__proto__'];
  let text = 'end ';
  for (let number = 0; Buffer.byteLength(text) < mebi - 8000; number += 50)
    text += Array.from(
      { length: 50 },
      (_, at) => `${some[(number + at) % some.length]} w${(number * 31 + at * 7) % 9973}`,
    ).join('\n');
  const room = mebi - Buffer.byteLength(text);
  return Buffer.from(`${text} ${'long'.repeat(room).slice(0, room - 1)}`);
}

/** By another way than the project's: JavaScript's own white space, which this text doesn't differ from. */
function count(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.split(/\s+/)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Of the block so many times: each further one adds what a second one adds. */
function expected(bytes: Buffer): Map<string, number> {
  const one = count(bytes.toString());
  const two = count(bytes.toString().repeat(2));
  const words = new Set([...one.keys(), ...two.keys()]);
  const counts = [...words].map((word) => {
    const first = one.get(word) ?? 0;
    return [word, first + (blocks - 1) * ((two.get(word) ?? 0) - first)] as const;
  });
  return new Map(counts.filter(([, times]) => times > 0));
}

const { bavail, bsize } = await statfs(tmpdir());
// Its parts, and the whole of them.
const needed = 2.5 * blocks * mebi;
const roomy = bavail * bsize > needed;

let under: TestStack;

beforeAll(async () => {
  if (roomy) under = await startTestStack();
});

afterAll(() => under?.stop());

/** The most memory that any instance of a function had, in megabytes. */
async function memoryOf(handler: string): Promise<number[]> {
  const log = await readFile(path.join(under.directory, 'log', 'stack.jsonl'), 'utf8');
  const line = new RegExp(`${handler}: [\\w.]+ in \\d+ ms, (\\d+) MB`, 'g');
  return [...log.matchAll(line)].map(([, megabytes]) => Number(megabytes));
}

test.skipIf(!roomy)(
  `${blocks} MiB go up in parts and are counted in less than ${mostMegabytes} MB${roomy ? '' : ` (skipped: less than ${needed / mebi} MiB of disk are free)`}`,
  { timeout: 900_000 },
  async () => {
    const client = filesClient(under);
    const bytes = block();
    const hash = createHash('sha256');
    for (let number = 0; number < blocks; number++) hash.update(bytes);

    const { file, upload } = await client.announce({
      name: 'large.txt',
      size: blocks * mebi,
      content_type: 'text/plain',
      sha256: hash.digest('hex'),
    });
    if (upload.kind !== 'multipart') throw new Error('It is large');
    const part = Buffer.concat(Array.from({ length: upload.part_bytes / mebi }, () => bytes));
    for (let from: number | null = 1; from !== null; ) {
      const page = await client.parts(file.file_id, `from=${from}&count=50`);
      for (const { url, size } of page.parts)
        expect((await fetch(url, { method: 'PUT', body: part.subarray(0, size) })).status).toBe(200);
      from = page.next_from;
    }
    expect((await client.complete(file.file_id)).status).toBe(200);
    const ready = await client.settled(file.file_id);
    expect([ready.state, ready.reason]).toEqual(['ready', null]);

    const submitted = await client.post('/api/v1/tasks/submit', {
      name: 'tasks.general.example:file_word_count',
      kwargs: { file: file.argument },
    });
    const { task_id } = submitted.data as { readonly task_id: string };
    let info = { status: '', result: {}, traceback: null };
    do {
      await sleep(500);
      info = (await client.ask(`/api/v1/task/${task_id}/result`)).data as typeof info;
    } while (['PENDING', 'STARTED', 'RETRY'].includes(info.status));

    expect([info.status, info.traceback]).toEqual(['SUCCESS', null]);
    expect(new Map(Object.entries(info.result))).toEqual(expected(bytes));
    for (const handler of ['tasks/run-turn', 'tasks/verify-files', 'tasks/files-api']) {
      const used = await memoryOf(handler);
      expect(used.length, handler).toBeGreaterThan(0);
      expect(Math.max(...used), `${handler}, in MB`).toBeLessThan(mostMegabytes);
    }
  },
);
