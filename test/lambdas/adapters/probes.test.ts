import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMail } from 'one-machine/services/mail.ts';
import { startSchedules } from 'one-machine/services/schedules.ts';
import { startSecrets } from 'one-machine/services/secrets.ts';
import { startStorage } from 'one-machine/services/storage.ts';
import type { ScheduleModel } from 'one-machine/template/model.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeBucket } from '../../../lambdas/adapters/probes/bucket.ts';
import { probeDatabase } from '../../../lambdas/adapters/probes/database.ts';
import { probeMail } from '../../../lambdas/adapters/probes/mail.ts';
import { probeQueue } from '../../../lambdas/adapters/probes/queue.ts';
import { probeSchedule } from '../../../lambdas/adapters/probes/schedule.ts';
import { probeSecret } from '../../../lambdas/adapters/probes/secret.ts';
import { probeSite } from '../../../lambdas/adapters/probes/site.ts';
import { UnavailableError } from '../../../lambdas/kit/errors.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

/** Each probe against the service it looks at: what is there, and what isn't. */

let directory: string;
let stops: (() => Promise<unknown>)[] = [];
const signal = () => AbortSignal.timeout(10_000);

const schedule = (name: string, enabled: boolean): ScheduleModel => ({
  name,
  expression: 'cron(0 10 1 * ? *)',
  timeZone: 'Asia/Taipei',
  enabled,
  target: 'arn',
  input: undefined,
  retries: 0,
  deadLetter: undefined,
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-probes-'));
  const storage = await startStorage({
    credentials: [testCredentials],
    directory: join(directory, 'storage'),
    // Names of queues are looked up in the region that asks.
    region: 'ap-northeast-1',
    buckets: [{ name: 'raw', versioned: false }],
    queues: [
      {
        name: 'mails',
        visibilityTimeoutSeconds: 30,
        delaySeconds: 0,
        retentionSeconds: 60,
        maximumMessageBytes: 1000,
        fifo: false,
        deadLetter: undefined,
      },
    ],
  });
  const mail = await startMail({
    credentials: [testCredentials],
    directory: join(directory, 'mails'),
    identities: ['a@example.com'],
  });
  const schedules = await startSchedules({
    credentials: [testCredentials],
    schedules: [schedule('on', true), schedule('off', false)],
    file: join(directory, 'schedules.json'),
  });
  const secrets = await startSecrets({
    credentials: [testCredentials],
    file: join(directory, 'secrets.json'),
    secrets: [{ id: 'Token', arn: 'arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:Token-local0' }],
  });
  stops = [storage, mail, schedules, secrets].map((service) => () => service.stop());
  useLocalAws({
    AWS_ENDPOINT_URL_S3: storage.s3Url,
    AWS_ENDPOINT_URL_SQS: storage.sqsUrl,
    AWS_ENDPOINT_URL_SES: mail.url,
    AWS_ENDPOINT_URL_SCHEDULER: schedules.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  });
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await rm(directory, { recursive: true, force: true });
});

test('a bucket and a queue that are there, and some that are not', async () => {
  expect(await probeBucket('raw', signal())).toEqual({});
  await expect(probeBucket('other', signal())).rejects.toThrow();
  expect(await probeQueue('mails', signal())).toEqual({ note: '0 waiting, 0 being worked on' });
  await expect(probeQueue('other', signal())).rejects.toThrow();
});

test('a sender is good only when SES has confirmed the address', async () => {
  expect(await probeMail('a@example.com', signal())).toEqual({ note: 'the sender is confirmed' });
  await expect(probeMail('b@example.com', signal())).rejects.toThrow('not confirmed');
});

test('a site is there whatever it says of its first page, but for one in trouble or away', async () => {
  const answers = [200, 404, 503];
  const server = createHttpServer((_request, response) => response.writeHead(answers.shift() ?? 500).end('<html>'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  expect(await probeSite(url)).toEqual({ note: url });
  expect(await probeSite(url)).toEqual({ note: url });
  await expect(probeSite(url)).rejects.toThrow(`${url} answers 503`);
  await new Promise((resolve) => server.close(resolve));
  await expect(probeSite(url)).rejects.toMatchObject({ name: expect.stringMatching(/^(NoConnection|CutOff)$/) });
});

test('a schedule tells when it runs, or that it is switched off', async () => {
  expect(await probeSchedule('group/on', signal())).toEqual({ note: 'cron(0 10 1 * ? *) Asia/Taipei' });
  expect(await probeSchedule('group/off', signal())).toEqual({
    note: 'switched off; cron(0 10 1 * ? *) Asia/Taipei',
  });
  await expect(probeSchedule('group/none', signal())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a secret tells the day of its last change, and nothing else', async () => {
  const arn = 'arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:Token-local0';

  expect(await probeSecret(arn, signal())).toEqual({ version: expect.stringMatching(/^of \d{4}-\d\d-\d\d$/) });
  await expect(probeSecret('nothing', signal())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a database that takes the connection and stays silent is given up', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as AddressInfo;
  const began = performance.now();
  try {
    const url = `postgresql://nobody@127.0.0.1:${port}/none`;
    await expect(probeDatabase(url)).rejects.toThrow(UnavailableError);
  } finally {
    silent.close();
  }
  // A function's own connection waits for 40 s.
  expect(performance.now() - began).toBeLessThan(39_000);
});
