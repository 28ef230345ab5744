import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sql } from 'kysely';
import { startStorage } from 'one-machine/services/storage.ts';
import { expect, test } from 'vitest';
import { raiseAlert, wakeAlerts, wakingWorkloads } from '#record/alert-book.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase } from '../../../support/database.ts';

test('an alert raised twice is one row, and one that is rolled back none', async () => {
  const database = await startTestDatabase<unknown>();
  const drift = {
    naturalKey: 'drift:1',
    workload: 'presale',
    severity: 'low',
    name: 'presale-drift',
    message: 'A new column\0',
  } as const;
  try {
    expect(await raiseAlert(database.app.query, drift)).toBe('new');
    expect(await raiseAlert(database.app.query, { ...drift, message: 'again' })).toBe('known');
    const broken = database.app.transaction(async ({ query }) => {
      await raiseAlert(query, { ...drift, naturalKey: 'drift:2' });
      throw new Error('the rest failed');
    });
    await expect(broken).rejects.toThrow('the rest failed');

    const { rows } = await sql`SELECT natural_key, message, told_in FROM platform.alerts`.execute(database.app.query);
    expect(rows).toEqual([{ natural_key: 'drift:1', message: 'A new column\u{FFFD}', told_in: null }]);
  } finally {
    await database.stop();
  }
});

test('any number of wakes within half a minute are one message for each workload', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const wakes = {
    name: 'Wakes.fifo',
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 3600,
    maximumMessageBytes: 1024,
    fifo: true,
  };
  const storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues: [wakes] });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  const QueueUrl = storage.queueUrl('Wakes.fifo');
  const names = Array.from({ length: 11 }, (_, number) => `workload${number}`);
  let now = Date.UTC(2026, 10, 21, 12, 0, 0);
  try {
    const wake = wakeAlerts(QueueUrl, () => now);
    await wake([...names, 'workload0']);
    now = Date.UTC(2026, 10, 21, 12, 0, 29);
    await wake(names);
    now = Date.UTC(2026, 10, 21, 12, 0, 30);
    await wake(['workload0']);
    await wake([]);

    const received: string[] = [];
    const sqs = new SQSClient({});
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      if (Messages.length === 0) break;
      for (const { Body = '', ReceiptHandle } of Messages) {
        received.push((JSON.parse(Body) as { workload: string }).workload);
        // The next message of a group comes after the one before is gone.
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    expect(received.toSorted()).toEqual([...names, 'workload0'].toSorted());
  } finally {
    await storage.stop();
    await rm(directory, { recursive: true, force: true });
  }
});

test('a failure of sending mails does not wake the mailer', () => {
  const failed = [
    { workload: 'platform', sourceName: 'send-mail' },
    { workload: 'presale', sourceName: 'load-county' },
    { workload: 'presale', sourceName: 'run' },
  ];

  expect([...wakingWorkloads(failed)]).toEqual(['presale']);
  expect([...wakingWorkloads([...failed, { workload: 'platform', sourceName: 'migrate' }])]).toContain('platform');
});
