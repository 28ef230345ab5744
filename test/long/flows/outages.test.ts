import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodCells } from '../../flows/good-cells.ts';
import { type DisturbedFlow, expectInOnce, startDisturbedFlow } from '../../flows/outages.ts';

/**
 * The database and the bucket go away in the middle of a run. The outages here are short and few; those of a minute, and
 * in every state, are in test/long/outages.test.ts.
 */

const letters = ['A', 'F', 'W'];
const outageMs = 4000;
let disturbed: DisturbedFlow;

beforeAll(async () => {
  disturbed = await startDisturbedFlow({ PRESALE_COUNTIES: letters.join(','), PRESALE_RETRY_SECONDS: '1' });
}, 600_000);

afterAll(() => disturbed?.stop());

test.for([
  ['Plan the run', '2026-05-01'],
  ['Load', '2026-05-21'],
  ['Send the report', '2026-06-21'],
] as const)(
  'the database goes away in "%s": the run waits and ends once',
  { timeout: 600_000 },
  async ([state, date]) => {
    const { flow, database } = disturbed;
    flow.site.setToday(date);
    const entered = flow.next(state);
    const name = await flow.start({ publication_date: date });
    await entered;
    await database.begin();
    await sleep(outageMs);
    await database.end();

    expect(await flow.ended(name), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
    await expectInOnce(flow, date, letters);
  },
);

test.for([
  ['s3', 'Fetch and back up', '2026-07-01'],
  ['sqs', 'Send the report', '2026-08-01'],
] as const)(
  '%s answers 503 in "%s": the run tries again and ends once',
  { timeout: 600_000 },
  async ([service, state, date]) => {
    const { flow } = disturbed;
    flow.site.setToday(date);
    const entered = flow.next(state);
    const name = await flow.start({ publication_date: date });
    await entered;
    flow.running.stack.refuse(service, outageMs);

    expect(await flow.ended(name), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
    await expectInOnce(flow, date, letters);
  },
);

test('an outage that no retry outlasts is in the ledger with its reason, and a replay succeeds after it', {
  timeout: 600_000,
}, async () => {
  const { flow } = disturbed;
  const date = '2026-07-21';
  flow.site.setToday(date);
  const entered = flow.next('Is it loaded?');
  const name = await flow.start({ publication_date: date });
  await entered;
  flow.running.stack.refuse('s3', 600_000);
  expect(await flow.ended(name), flow.running.printed()).toMatchObject({ status: 'FAILED', error: 'GaveUp' });
  flow.running.stack.refuse('s3', 0);
  const { reason } = await flow.told(date);
  expect(reason).toContain('S3 answered 503');

  const failure = () =>
    flow.rows<{ id: number; state: string; reason: string; message: string }>(
      "select id, state, reason, message from platform.failures where source_kind = 'state-machine' and input like '%' || $1 || '%'",
      date,
    );
  await expect
    .poll(failure, { timeout: 600_000 })
    .toMatchObject([{ state: 'open', reason: 'GaveUp', message: expect.stringContaining('gave up: S3 answered 503') }]);
  const [{ id } = { id: 0 }] = await failure();
  expect(await flow.ask(`/platform/failures/${id}/replay`, { method: 'POST', body: '{}' })).toMatchObject({
    status: 202,
  });

  expect(await flow.ended(`replay-${id}`), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, date, letters);
  await expect
    .poll(failure, { timeout: 600_000 })
    .toMatchObject([{ state: expect.stringMatching(/replayed|resolved/) }]);
});

test('mails, corrections and dead letters that come in an outage are done once after it', {
  timeout: 600_000,
}, async () => {
  const { flow, database } = disturbed;
  const date = '2026-05-01';
  const rows = JSON.parse(String(await flow.stored(`presale/problems/${date}/F.json`))) as Record<string, unknown>[];
  const { stack, directory } = flow.running;
  await database.begin();
  stack.refuse('ses', 600_000);
  const sqs = new SQSClient({
    region,
    credentials: stack.services.credentials,
    endpoint: stack.services.storage.sqsUrl,
  });
  const send = (queue: string, mail: object) =>
    sqs.send(
      new SendMessageCommand({ QueueUrl: stack.services.storage.queueUrl(queue), MessageBody: JSON.stringify(mail) }),
    );
  await send('millrace-dev-platform-send-mail', { id: 'outage', subject: 'after the outage', text: 'x' });
  await send('millrace-dev-platform-send-mail-dead', { subject: 'never', text: 'x' });
  const s3 = new S3Client({ region, credentials: stack.services.credentials, endpoint: stack.services.storage.s3Url });
  const Body = JSON.stringify(rows.map((row, index) => ({ ...row, ...goodCells, 編號: `RPOUTAGE0000${index}` })));
  await s3.send(new PutObjectCommand({ Bucket: 'millrace-raw-bucket', Key: `presale/corrected/${date}/F.json`, Body }));
  const failed = async (handler: string) => {
    const lines = (await readFile(path.join(directory, 'log', 'stack.jsonl'), 'utf8')).split('\n');
    return lines.some((line) => line.includes('goes back to its queue') && line.includes(`"${handler}"`));
  };
  for (const handler of ['platform/send-mail', 'platform/record-failures', 'presale/load-corrections'])
    await expect.poll(() => failed(handler), { timeout: 600_000, message: handler }).toBe(true);

  await database.end();
  // What is held comes again after minutes; a restart gives it back at once.
  await disturbed.restart();

  const counted = (statement: string) => async () =>
    (await disturbed.flow.rows<{ count: number }>(statement))[0]?.count;
  const patience = { timeout: 300_000, interval: 200 };
  const mails = async () =>
    (await disturbed.flow.running.stack.services.mail.mails()).filter(({ subject }) => subject === 'after the outage');
  await expect.poll(mails, patience).toHaveLength(1);
  await expect
    .poll(counted("select count(*)::int from platform.failures where source_name = 'send-mail'"), patience)
    .toBe(1);
  await expect
    .poll(counted("select count(*)::int from presale.deals where serial_number like 'RPOUTAGE%'"), patience)
    .toBe(rows.length);
  expect(await counted('select count(*)::int from presale.corrections')()).toBe(rows.length);
});
