import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import type pg from 'pg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../local/callers/console-token.ts';
import { startControl } from '../../../local/console/control.ts';
import { buildConsole } from '../../../packages/console/build/build.ts';
import { openPool } from '../../../packages/one-machine/test/support/pool.ts';
import { browserPath, startBrowser } from '../../support/browser.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** What failed for good ends in the ledger, from each kind of edge the stack has. */

let running: TestStack;
let pool: pg.Pool;
let sqs: SQSClient;

beforeAll(async () => {
  running = await startTestStack({ PRESALE_COUNTIES: 'W', PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '1' });
  pool = openPool(running.stack.services.postgres.url('postgres', 'millrace'));
  sqs = new SQSClient({
    region,
    credentials: running.stack.services.credentials,
    endpoint: running.stack.services.storage.sqsUrl,
  });
});

afterAll(async () => {
  sqs?.destroy();
  await pool?.end();
  await running?.stop();
});

interface Kept {
  readonly id: string;
  readonly source_kind: string;
  readonly reason: string;
  readonly input: string;
  readonly state: string;
  readonly changed_by: string | null;
}

const queueUrl = (name: string) => running.stack.services.storage.queueUrl(name);

async function kept(source: string): Promise<Kept[]> {
  const statement = `select id, source_kind, reason, input, door, message, attempts, state, changed_by from platform.failures
    where workload || '/' || source_name = $1 order by id`;
  return (await pool.query<Kept>(statement, [source])).rows;
}

/** Nothing waits and nothing is held: the record was acknowledged. */
async function messagesIn(name: string): Promise<number> {
  const asked = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl(name), AttributeNames: [...asked] });
  const { Attributes = {} } = await sqs.send(command);
  return asked.reduce((sum, attribute) => sum + Number(Attributes[attribute]), 0);
}

test('a dead mail is in the ledger, word for word, and gone from the dead letters', { timeout: 600_000 }, async () => {
  const body = JSON.stringify({ subject: 'never', text: '文字' });
  // Five tries three minutes apart are too long for a test: put where the redrive would put it.
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl('millrace-dev-platform-send-mail-dead'), MessageBody: body }),
  );

  await expect
    .poll(() => kept('platform/send-mail'), { timeout: 300_000, interval: 200 })
    .toMatchObject([{ source_kind: 'mail', reason: 'RetriesExhausted', input: body }]);
  await expect.poll(() => messagesIn('millrace-dev-platform-send-mail-dead'), { timeout: 600_000 }).toBe(0);

  const [{ id } = { id: '' }] = await kept('platform/send-mail');
  const replay = { method: 'POST', body: '{}' };
  expect(await running.api(`/platform/failures/${id}/replay`, replay)).toMatchObject({ status: 202 });
  await expect
    .poll(() => running.stack.services.mail.mails(), { timeout: 300_000, interval: 200 })
    // Beside the mails that tell of failures.
    .toContainEqual(expect.objectContaining({ subject: 'never', text: expect.stringContaining('文字') }));
});

test('a message that can never be done is in the ledger at its first try, says why, and can be mended', {
  timeout: 600_000,
}, async () => {
  const body = JSON.stringify({ subject: 'mended', text: 5 });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('millrace-dev-platform-send-mail'), MessageBody: body }));
  const find = async () => (await kept('platform/send-mail')).find(({ input }) => input === body);

  await expect.poll(find, { timeout: 300_000, interval: 200 }).toMatchObject({
    source_kind: 'mail',
    reason: 'PermanentError',
    message: expect.stringContaining('text: Invalid input'),
    attempts: 1,
    door: expect.stringMatching(/:millrace-dev-platform-send-mail$/),
  });
  for (const queue of ['send-mail', 'send-mail-dead'])
    await expect.poll(() => messagesIn(`millrace-dev-platform-${queue}`), { timeout: 600_000 }).toBe(0);

  const input = JSON.stringify({ subject: 'mended', text: 'now a text' });
  const replay = { method: 'POST', body: JSON.stringify({ input }) };
  expect(await running.api(`/platform/failures/${(await find())?.id}/replay`, replay)).toMatchObject({ status: 202 });
  await expect
    .poll(() => running.stack.services.mail.mails(), { timeout: 300_000, interval: 200 })
    .toContainEqual(expect.objectContaining({ subject: 'mended' }));
});

test('an execution that fails is in the ledger with its input and its cause', { timeout: 600_000 }, async () => {
  const { stateMachines } = running.stack.model;
  await running.stack.machines.start({
    stateMachineArn: stateMachines[0]?.arn ?? '',
    name: 'wrong',
    input: { publication_date: 'never' },
  });

  await expect
    .poll(() => kept('presale/run'), { timeout: 300_000, interval: 200 })
    .toMatchObject([{ source_kind: 'state-machine', reason: 'GaveUp', input: '{"publication_date":"never"}' }]);
  const { status, body } = await running.api('/platform/failures?source=run&state=open');
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { result: { total: 1, groups: [{ reason: 'GaveUp' }] } },
  });
});

test('a slot that its function failed on is in the ledger', { timeout: 600_000 }, async () => {
  running.stack.faults.set({ duplicate: false, crashBefore: 1, crashAfter: 0 });
  const slot = new Date('2026-11-01T02:00:00Z');
  await running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', slot);
  running.stack.faults.set({ duplicate: false, crashBefore: 0, crashAfter: 0 });

  await expect
    .poll(() => kept('presale/start-publication'), { timeout: 300_000, interval: 200 })
    .toMatchObject([
      {
        source_kind: 'function',
        input: '{"scheduledTime":"2026-11-01T02:00:00Z","schedule":"presale/start-publication"}',
        attempts: 3,
      },
    ]);
});

describe.skipIf(browserPath === undefined)('in a browser (skipped where there is no Chromium)', () => {
  let control: Awaited<ReturnType<typeof startControl>>;
  let browser: Browser;

  beforeAll(async () => {
    await buildConsole();
    control = await startControl(running.stack);
    browser = await startBrowser();
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    await control?.stop();
  });

  test('a person finds a failure by its reason, edits its input and replays it', { timeout: 600_000 }, async () => {
    const input = JSON.stringify({ subject: '<b>by hand</b>', text: 7 });
    const page = await browser.newPage({ locale: 'en-US' });
    page.setDefaultTimeout(300_000);
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl('millrace-dev-platform-send-mail'), MessageBody: input }),
    );
    const find = async () => (await kept('platform/send-mail')).find((failure) => failure.input === input);
    await expect.poll(find, { timeout: 300_000, interval: 200 }).toBeDefined();

    const id = (await find())?.id;
    await page.goto(`${control.url}/console#token=${tokenOf(running.stack.services)}`);
    await page.getByRole('row', { name: 'send-mail' }).getByRole('link', { name: 'PermanentError' }).click();
    await page.getByRole('link', { name: String(id), exact: true }).click();
    const editor = page.locator('.cm-content').first();
    // The editor shows JSON in lines; what is sent is what is read.
    const shown = async () => JSON.parse((await editor.textContent()) || 'null');
    await expect.poll(shown, { timeout: 300_000 }).toEqual(JSON.parse(input));
    await editor.fill(input.replace('7', '"mended"'));
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('This would be sent').waitFor();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText(`Failure ${id} was sent again.`).waitFor();

    await expect
      .poll(() => running.stack.services.mail.mails(), { timeout: 300_000, interval: 200 })
      .toContainEqual(expect.objectContaining({ subject: '<b>by hand</b>' }));
    await expect.poll(find, { timeout: 300_000, interval: 200 }).toMatchObject({
      state: expect.stringMatching(/^(replayed|resolved)$/),
      changed_by: expect.stringContaining('admin'),
    });
  });
});
