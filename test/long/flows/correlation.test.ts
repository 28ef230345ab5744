import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Flow, startFlow } from '../../flows/flow.ts';

/** One request sets a whole run going: its id must stand wherever the run leaves a trace. */

let flow: Flow;
const id = 'audit-2026.11:flow';
const publication = '2026-09-11';

beforeAll(async () => {
  flow = await startFlow();
  flow.site.setToday(publication);
});

afterAll(async () => {
  await flow?.stop();
});

interface Line {
  readonly source: string;
  readonly message?: unknown;
  readonly correlation_id?: string;
  readonly correlation_ids?: readonly string[];
  readonly _aws?: unknown;
}

async function lines(): Promise<Line[]> {
  const text = await readFile(path.join(flow.running.directory, 'log', 'stack.jsonl'), 'utf8');
  const all = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return all.filter(({ source, _aws }) => source.includes('/') && _aws === undefined);
}

/** Which functions left a line about that work. */
async function functionsThatSaid(work: string): Promise<string[]> {
  const about = (await lines()).filter(
    ({ correlation_id, correlation_ids }) => correlation_id === work || correlation_ids?.includes(work),
  );
  return [...new Set(about.map(({ source }) => source))].sort();
}

test('the id of the request that began a run stands in every function’s log, to the mail', async () => {
  const { status, headers, body } = await flow.ask('/presale/runs', {
    method: 'POST',
    headers: { 'x-correlation-id': id },
    body: JSON.stringify({ publication_date: publication, counties: ['A', 'W'] }),
  });
  expect(status, JSON.stringify(body)).toBe(202);
  expect(headers.get('x-correlation-id')).toBe(id);
  expect(headers.get('x-request-id')).toMatch(/./);

  const { run_id } = (body as { result: { run_id: string } }).result;
  expect((await flow.ended(run_id)).status).toBe('SUCCEEDED');

  await vi.waitFor(
    async () =>
      expect(await functionsThatSaid(id)).toEqual(
        expect.arrayContaining([
          'platform/send-mail',
          'presale/check-publication',
          'presale/check-run',
          'presale/fetch-county',
          'presale/load-county',
          'presale/plan-run',
          'presale/refresh-statistics',
          'presale/start-run',
          'presale/write-report',
        ]),
      ),
    { timeout: 600_000 },
  );
});

test('no function’s line is without an id', async () => {
  const without = (await lines()).filter(({ correlation_id }) => correlation_id === undefined);

  expect(without).toEqual([]);
});

test('the objects a run wrote say which work they came from', async () => {
  const [row] = await flow.rows<{ source_key: string }>('select source_key from presale.deals limit 1');
  const s3 = new S3Client({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.s3Url,
  });
  const object = await s3.send(new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key: row?.source_key ?? '' }));

  expect(object.Metadata).toEqual({ 'correlation-id': id });
});

test('the mail and the ledger say it, too', async () => {
  // A run ends before its mail and its problem rows have gone through their queues.
  const mails = async () => (await flow.running.stack.services.mail.mails()).map(({ text }) => text).join();
  await expect.poll(mails).toContain(`correlation_id ${id}`);
  const failures = () =>
    flow.rows<{ id: string | null }>("select distinct attributes ->> 'correlation_id' as id from platform.failures");
  await expect.poll(failures).toEqual([{ id }]);
});

test('a request that names no id gets its own, and the run has that', async () => {
  const { status, headers } = await flow.ask('/presale/runs', {
    method: 'POST',
    body: JSON.stringify({ publication_date: publication, counties: ['W'] }),
  });
  const own = headers.get('x-correlation-id') ?? '';

  expect(status).toBe(202);
  expect(own).toBe(headers.get('x-request-id'));
  await vi.waitFor(async () => expect(await functionsThatSaid(own)).toContain('presale/load-county'), {
    timeout: 600_000,
  });
});
