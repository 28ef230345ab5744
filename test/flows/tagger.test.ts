import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import { freePort } from 'one-machine/services/free-port.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import batch from '../fixtures/events/sqs-batch.json' with { type: 'json' };
import { type Flow, startFlow } from './flow.ts';
import { hostilePages, incompressible, type PagesSite, sentence, startPagesSite } from './pages-site.ts';
import { producerTo, type Reading, readTopic } from './topics.ts';

/** From one topic to the other through the whole local stack, with clients and a site of our own. */

let flow: Flow;
let site: PagesSite;
let closedHost: string;
let producer: ReturnType<typeof producerTo>;
let tagged: Reading;

beforeAll(async () => {
  site = await startPagesSite();
  closedHost = `127.0.0.1:${await freePort(0)}`;
  flow = await startFlow({
    PAGE_ALLOWED: `${site.host},${closedHost}`,
    // A busy machine answers by then; the page that never answers takes so long.
    PAGE_TIMEOUT_MS: '10000',
    PAGE_MAX_BYTES: '1000000',
    PAGE_KEPT_BYTES: '700000',
    PAGE_GAP_MS: '10',
    RULES_FRESH_MS: '500',
  });
  const { kafka } = flow.running.stack.services;
  if (!kafka) throw new Error('No broker runs');
  producer = producerTo(kafka.brokers);
  tagged = await readTopic(kafka.brokers, 'wx.messages.tagged');
});

afterAll(async () => {
  await tagged?.stop();
  await producer?.close();
  await flow?.stop();
  await site?.stop();
});

const patience = { timeout: 300_000, interval: 100 };

let made = 0;

/** Produces one message into partition 1, with a number of its own by which its output is found. */
async function produce(fields: Readonly<Record<string, unknown>> | string) {
  made += 1;
  const id = `m${made}`;
  const value = typeof fields === 'string' ? fields : JSON.stringify({ id, ...fields });
  const headers = new Map([[Buffer.from('trace'), Buffer.from([103, 228, 0])]]);
  const [place] = await producer.send([
    { topic: 'wx.messages', partition: 1, key: Buffer.from(id), value: Buffer.from(value), headers },
  ]);
  return { id, value, partition: 1, offset: place?.offset ?? -1 };
}

async function outputOf({ id }: { readonly id: string }) {
  const find = () => tagged.records.find(({ key }) => key === id);
  await expect.poll(find, patience).toBeDefined();
  const record = find();
  if (!record) throw new Error(`${id} was not tagged`);
  return { ...record, message: JSON.parse(record.value.toString()) as Record<string, unknown> };
}

async function failureAt({ partition, offset }: { readonly partition: number; readonly offset: number }) {
  const find = async () =>
    (
      await flow.rows<{ reason: string; input: string }>(
        `select reason, input from platform.failures where workload = 'tagger' and natural_key ~ $1`,
        `:wx\\.messages:${partition}:${offset}(:|$)`,
      )
    )[0];
  await expect.poll(find, patience).toBeDefined();
  return find();
}

test('a message without a page is tagged on its text and keeps its bytes, key, headers and partition', async () => {
  const raw =
    '{ "id":"m1", "big": 9007199254740993123, "text": "国足主场两球取胜，联赛积分升至第一", "deep": [{"a": 1e400}] }';
  const place = await produce(raw);
  const { value, partition, headers, message } = await outputOf(place);

  expect(value.toString().startsWith(raw.slice(0, raw.lastIndexOf('}')).trimEnd())).toBe(true);
  expect(partition).toBe(1);
  expect(headers).toEqual([
    ['trace', Buffer.from([103, 228, 0]).toString('latin1')],
    ['millrace-source-topic', 'wx.messages'],
    ['millrace-source-partition', '1'],
    ['millrace-source-offset', String(place.offset)],
  ]);
  expect(message).toMatchObject({ tags: [{ tag: 'sports', source: 'model' }], keywords: expect.any(Array) });
  expect(message).not.toHaveProperty('content');
});

test('a message with a page is tagged on text and page', async () => {
  const { message } = await outputOf(await produce({ type: 3, url: `${site.url}/good`, text: '短讯' }));

  expect(message.content).toContain(sentence);
  expect(message.content).not.toContain('首页');
  expect(message.contentHtml).toContain('<nav>');
  expect(message.webCrawlConsume).toBeGreaterThanOrEqual(0);
  expect(message.tags).not.toEqual([]);
});

test.each([
  ['Timeout', () => `${site.url}/slow`],
  ['ConnectionRefused', () => `http://${closedHost}/`],
  ['DnsError', () => 'http://nowhere.invalid/'],
  ['HttpError', () => `${site.url}/missing`],
  ['NotText', () => `${site.url}/binary`],
  ['TooLarge', () => `${site.url}/large`],
  ['ForbiddenAddress', () => 'http://169.254.169.254/latest/meta-data/'],
  ['ForbiddenAddress', () => `${site.url}/inward`],
  ['EmptyPage', () => `${site.url}/empty`],
  ['NetworkError', () => `${site.url}/upgrade`],
  ['BadEncoding', () => `${site.url}/liar`],
])('a page that fails by %s leaves the text, and an alert with the reason', async (reason, url) => {
  const place = await produce({ type: 3, url: url(), text: '央行下调存款准备金率，股市收高' });
  const { message } = await outputOf(place);

  expect(message).toMatchObject({ content: '', contentHtml: '', webCrawlConsume: 0, tags: expect.any(Array) });
  const failure = await failureAt(place);
  expect(failure?.reason).toBe(reason);
  expect(JSON.parse(failure?.input ?? '')).toEqual({ Exception: reason, raw_json: JSON.parse(place.value) });
});

test('a page that makes its message larger than its topic takes leaves the text, and an alert with the reason', async () => {
  // Compressed to three quarters: 0.68 MB and the page's 0.53 MB are more than the MiB of a batch, and each alone is not.
  const place = await produce({ type: 3, url: `${site.url}/random`, text: incompressible(900_000) });
  const { message } = await outputOf(place);

  expect(message).toMatchObject({ content: '', contentHtml: '', webCrawlConsume: 0, tags: expect.any(Array) });
  expect(message.text).toBe(JSON.parse(place.value).text);
  expect((await failureAt(place))?.reason).toBe('TooLarge');
});

test('pages that were made to stop their reader come out with their text, and stop nobody behind them', async () => {
  const paths = [...Object.keys(hostilePages), 'good?behind'];
  const places = [];
  for (const path of paths) places.push(await produce({ type: 3, url: `${site.url}/${path}`, text: '短讯' }));
  const outputs = await Promise.all(places.map(outputOf));

  for (const [index, { message }] of outputs.entries()) expect(message.content, paths[index]).toContain(sentence);
});

test.each([
  { type: 3, text: 'no url at all' },
  { type: 3, url: '', text: 'an empty url' },
  { type: 1, url: 'http://127.0.0.1:1/', text: 'another type' },
])('nothing is fetched for %o', async (fields) => {
  const before = site.asked.length;
  const { message } = await outputOf(await produce(fields));

  expect(message).not.toHaveProperty('content');
  expect(site.asked).toHaveLength(before);
});

test('one page in many messages is fetched once', async () => {
  const places = await Promise.all(
    Array.from({ length: 20 }, () => produce({ type: 3, url: `${site.url}/shared`, text: '同一页' })),
  );
  for (const place of places) expect((await outputOf(place)).message.content).toContain(sentence);

  expect(site.asked.filter((path) => path === '/shared')).toHaveLength(1);
});

test.each([
  ['NotJson', 'no json at all'],
  ['NotAnObject', '[1, 2]'],
  ['TextMissing', '{"text": 7}'],
])('%s goes to the ledger with its bytes, and the partition goes on', async (reason, raw) => {
  const poison = await produce(raw);
  const { message } = await outputOf(await produce({ text: 'the one behind' }));

  expect(message.text).toBe('the one behind');
  const failure = await failureAt(poison);
  expect(failure?.reason).toBe(reason);
  const { records } = JSON.parse(failure?.input ?? '') as { records: Record<string, { value: string }[]> };
  expect(Buffer.from(records['wx.messages-1']?.[0]?.value ?? '', 'base64').toString()).toBe(raw);
});

interface ServiceLine {
  readonly service: string;
  readonly lag: number;
  readonly counts: Readonly<Record<'in' | 'out' | 'waiting' | 'failed', number>>;
  readonly unaccounted: number;
  readonly model: string;
}

async function services(): Promise<readonly ServiceLine[]> {
  const { status, body } = await flow.ask('/tagger/services');
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { result: ServiceLine[] }).result;
}

test('the counts of a service add up, and nothing lags', async () => {
  await expect
    .poll(async () => (await services())[0], patience)
    .toMatchObject({
      service: 'wx',
      lag: 0,
      unaccounted: 0,
      counts: { in: made, out: made - 3, waiting: 0, failed: 3 },
      model: expect.stringMatching(/^2\d{3}-\d\d-\d\d/),
    });
});

test('failures are told in the words of the existing alerts', async () => {
  const { body } = await flow.ask('/tagger/failures?reason=Timeout');

  const { result } = body as { result: { total: number; data: { Exception: string; raw_json: { text: string } }[] } };
  expect(result.total).toBe(1);
  expect(result.data[0]).toMatchObject({ Exception: 'Timeout', raw_json: { text: expect.stringContaining('央行') } });
});

test('they come as one mail, by reason and with their counts', async () => {
  const { functions, model, services: parts } = flow.running.stack;
  const mailer = model.functions.find(({ handler }) => handler === 'platform/send-alerts');
  const Records = batch.Records.slice(0, 1).map((record) => ({
    ...record,
    body: JSON.stringify({ workload: 'tagger' }),
  }));
  const tell = async () => expect(await functions.invoke(mailer?.arn ?? '', { Records })).toMatchObject({ ok: true });
  // What came since may wait for a day, which passes here; not within the last mail's minute, which is a mail's id.
  const aDayLater = async () => {
    const moved = await flow.rows(`update platform.alert_mails a set claimed_at = claimed_at - interval '1 day'
      where workload = 'tagger' and not exists (select from platform.alert_mails m
        where m.workload = a.workload and m.minute >= date_trunc('minute', now())) returning id`);
    if (moved.length > 0) await tell();
  };
  await tell();

  const told = () =>
    flow.rows<{ text: string | null; title: string; count: number }>(
      `select m.mail->>'text' as text, f.reason || ' in ' || f.source_name as title, count(*)::int as count
       from platform.failures f left join platform.alert_mails m on m.id = f.told_in
       where f.workload = 'tagger' group by 1, 2`,
    );
  const mails = async () => (await parts.mail.mails()).filter(({ subject }) => subject.includes('tagger')).length;
  // A failure that comes only now is in a mail of its own: what is written and what is sent are looked at together.
  const unsent = async () => {
    const texts = new Set((await told()).map(({ text }) => text));
    if (texts.has(null)) await aDayLater();
    return texts.size - (await mails());
  };
  await expect.poll(unsent, patience).toBe(0);
  const all = await told();
  for (const { text, title, count } of all)
    expect(text, title).toContain(`${title}\n  ${count === 1 ? 'once, at' : `${count} times, from`}`);
  const titles = all.map(({ title }) => title.split(' ')[0]);
  for (const reason of ['Timeout', 'DnsError', 'EmptyPage', 'ForbiddenAddress', 'NotJson'])
    expect(titles).toContain(reason);
  expect(new Set(all.map(({ text }) => text)).size).toBeLessThanOrEqual(3);
});

const attempt = (body: unknown) => flow.ask('/tagger/try', { method: 'POST', body: JSON.stringify(body) });

test('a text and its page can be tried, and nothing is published', async () => {
  const before = tagged.records.length;
  const { status, body } = await attempt({ text: '短讯', url: `${site.url}/tried` });

  expect(status).toBe(200);
  expect(body).toMatchObject({ result: { content: expect.stringContaining(sentence), tags: expect.any(Array) } });
  expect((await attempt({ text: 'x', url: 'http://10.0.0.1/' })).body).toMatchObject({
    result: { exception: 'ForbiddenAddress', content: '' },
  });
  expect((await attempt({ url: 'http://example.com/' })).status).toBe(400);
  expect((await attempt({ text: '\ufffd\0', url: `${site.url}/charset-header?tried` })).status).toBe(200);
  expect((await attempt({ text: '', url: 'http://%zz/\ufffd' })).body).toMatchObject({
    result: { exception: 'InvalidUrl' },
  });
  expect(tagged.records).toHaveLength(before);
});

test('rules in the bucket count without a deployment, and broken ones leave those before them', {
  timeout: 600_000,
}, async () => {
  const s3 = new S3Client({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.s3Url,
  });
  const put = (Body: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'millrace-raw-bucket', Key: 'tagger/rules.json', Body }));
  const tagsOf = async () => JSON.stringify((await outputOf(await produce({ text: 'a gyroscope' }))).message.tags);
  const looks = { timeout: 300_000, interval: 500 };

  await put(JSON.stringify({ version: 'ours-1', tags: { instruments: { score: 1, keywords: ['gyroscope'] } } }));
  await expect.poll(tagsOf, looks).toContain('instruments');
  await put('{"version": "ours-2", "tags": {"broken": {}}}');
  const tagsAndLog = async () => `${await tagsOf()} ${flow.running.printed()}`;
  await expect.poll(tagsAndLog, looks).toContain('The rules are refused');
  expect(await tagsOf()).toContain('instruments');

  // For functions that start from now on.
  const kept = new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key: 'tagger/kept-rules/rules.json' });
  expect(await (await s3.send(kept)).Body?.transformToString()).toContain('ours-1');
});
